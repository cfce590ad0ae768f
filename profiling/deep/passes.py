"""Run the deep tools that were asked for, one after the other."""

from collections.abc import Callable
from pathlib import Path

from profiling.collect.runs import Workload
from profiling.deep.census import census
from profiling.deep.lines import lines
from profiling.deep.memray import heap
from profiling.deep.model import DeepReport, Tool
from profiling.deep.py_spy import native
from profiling.deep.run import DeepRun
from profiling.deep.specialization import specialization
from profiling.deep.tachyon import tachyon
from profiling.model import FunctionKey
from profiling.profile import Profile


def deep(
    workload: Workload,
    profile: Profile,
    wanted: frozenset[Tool],
    *,
    line_by_line: tuple[FunctionKey, ...] = (),
    scratch: Path,
    on_progress: Callable[[str], None],
) -> DeepReport:
    """Run each wanted tool in a run of its own; one that is absent, fails or hangs costs its part and leaves a note.

    Args:
        workload: what is run.
        profile: of it: which functions are on top, and what a plain run takes.
        wanted: which tools.
        line_by_line: functions whose lines are timed; empty for those with most CPU.
        scratch: existing folder outside the tree; emptied by the caller.
        on_progress: told what runs now.

    Raises:
        FileNotFoundError: the workload's program can't be found.
        Stopped: its processes were stopped.
    """
    run = DeepRun(
        workload=workload,
        plain=profile.baseline,
        timed_out=profile.timed_out,
        functions=profile.functions,
        asked=line_by_line,
        scratch=scratch,
        on_progress=on_progress,
    )
    nothing: tuple[None, tuple[str, ...]] = (None, ())
    found_heap, heap_notes = heap(run) if Tool.MEMRAY in wanted else nothing
    found_native, native_notes = native(run) if Tool.PY_SPY in wanted else nothing
    found_lines, lines_notes = lines(run) if Tool.LINES in wanted else nothing
    found_census, census_notes = census(run) if Tool.CENSUS in wanted else nothing
    found_bytecode, bytecode_notes = specialization(run) if Tool.SPECIALIZATION in wanted else nothing
    found_samples, samples_notes = tachyon(run) if Tool.TACHYON in wanted else nothing
    return DeepReport(
        heap=found_heap,
        native=found_native,
        lines=found_lines,
        census=found_census,
        specialization=found_bytecode,
        tachyon=found_samples,
        notes=(*heap_notes, *native_notes, *lines_notes, *census_notes, *bytecode_notes, *samples_notes),
    )
