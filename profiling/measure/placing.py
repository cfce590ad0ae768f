"""Start a process where its pair's placement wants it, on systems that can be told."""

import functools
import resource
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from profiling.measure.placement import SHIFTS, Placement
from profiling.measure.processes import Launch

_LEAST_STACK_BYTES = 128 * 2**20
"""Linux keeps at least this much below the stack; a larger limit of the stack moves everything mapped below it."""
_PAGE_BYTES = 4096
_PROBE_S = 5.0
_OVERCOMMIT = Path("/proc/sys/vm/overcommit_memory")


def placed(launch: Launch, placement: Placement | None) -> Launch:
    """Return a launch whose process gets this placement, and so do its children.

    Without a placement, and where the system can't be told (macOS, no util-linux, a strict sandbox), the launch is
    returned as it is: the kernel then draws a layout for each process.
    """
    if placement is None or not _prefix():
        return launch
    return replace(launch, argv=(*_with_shift(_prefix(), placement.shift_pages), *launch.argv))


@functools.cache
def _prefix() -> tuple[str, ...]:
    """Return the programs that place a process, tried out once; nothing where they may not or can not do so."""
    if _addresses_are_rationed():
        return ()
    found = [shutil.which(name) for name in ("setarch", "prlimit", "true")]
    if None in found:
        return ()
    setarch, prlimit, nothing = (str(name) for name in found)
    prefix = (setarch, "-R", prlimit)
    try:
        tried = subprocess.run(
            [*_with_shift(prefix, SHIFTS - 1), nothing], capture_output=True, timeout=_PROBE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return prefix if tried.returncode == 0 else ()


def _addresses_are_rationed() -> bool:
    """Say whether the larger stacks of threads could exhaust a limit; elsewhere a thousand of them cost nothing."""
    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        return True
    try:
        return _OVERCOMMIT.read_text(encoding="ascii").strip() == "2"
    except OSError:
        return False


def _with_shift(prefix: tuple[str, ...], pages: int) -> tuple[str, ...]:
    # Only the soft limit is named: the hard one stays, and a process may raise its own soft limit up to it.
    return (*prefix, f"--stack={_LEAST_STACK_BYTES + pages * _PAGE_BYTES}:")
