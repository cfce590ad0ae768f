"""The samples of a running process as a profile, for the forms that profiles are written in."""

import re

from profiling.attach.model import Attached
from profiling.model import Command, Interpreter, RunUsage
from profiling.profile import SCHEMA_VERSION, FunctionProfile, GcTotals, LibraryShare, Profile

_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})\.(\d{1,4})")
_SECONDS_ARE = "seconds are those of threads that ran or wanted to, sampled from outside; nothing else was measured"


def as_profile(found: Attached) -> Profile:
    """Return a profile that holds what was sampled, and nothing of what was not."""
    each_s = 1 / found.rate_hz
    busy_s = found.samples * each_s
    return Profile(
        schema_version=SCHEMA_VERSION,
        tree_id="working tree",
        command=Command(argv=tuple(found.program.split()) or (f"process {found.pid}",)),
        interpreter=Interpreter(executable="", version=_version(found.python)),
        baseline=(),
        time_pass=RunUsage(wall_s=found.seconds, cpu_s=busy_s, max_rss_mib=0.0, exit_code=0),
        memory_pass=None,
        cpu_covered_s=busy_s,
        samples=found.samples,
        functions=tuple(
            FunctionProfile(
                key=each.key,
                cpu_self_s=each.samples * each_s,
                cpu_total_s=each.samples_total * each_s,
                samples_self=each.samples,
                samples_total=each.samples_total,
            )
            for each in found.functions
        ),
        imports=(),
        libraries=tuple(LibraryShare(name=each.name, cpu_s=each.samples * each_s) for each in found.libraries),
        stacks=found.stacks,
        gc=GcTotals(),
        peak_bytes=None,
        notes=(_SECONDS_ARE, *found.notes),
        cpu_seen_s=busy_s,
    )


def _version(text: str) -> tuple[int, int, int]:
    """Return a version's three numbers, zeros where it is unknown."""
    numbers = _VERSION.match(text)
    return (int(numbers[1]), int(numbers[2]), int(numbers[3])) if numbers else (0, 0, 0)
