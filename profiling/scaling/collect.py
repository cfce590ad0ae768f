"""Run the scaling test of a command."""

from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

from profiling.collect.runs import Workload
from profiling.collect.source import Source
from profiling.growth import Growth
from profiling.measure.processes import Processes
from profiling.model import Interpreter, Tree
from profiling.scaling.joined import join, settled
from profiling.scaling.rounds import Runner
from profiling.scaling.template import Template, checked_sizes

__all__ = ["collect_growth"]


def collect_growth(  # noqa: PLR0913 - the inputs of a workload, each named by the caller
    tree: Tree,
    template: Template,
    sizes: Sequence[float],
    interpreter: Interpreter,
    *,
    processes: Processes,
    scratch: Path,
    budget_s: float = 60.0,
    on_progress: Callable[[str], None],
    within: float = 0.1,
) -> Growth:
    """Run a command at several sizes and fit how its CPU, its peak and its functions grow.

    Plain runs and runs of the time pass take turns, sizes in random order, until the exponent is known well enough, the
    time is used up, or 30 rounds were made. A size whose run takes longer than a sixth of the time ends the growing.

    Args:
        tree, interpreter: what is run, and by what.
        template: the command with a place for the size.
        sizes: 2 to 16 distinct numbers above 0; 3 are needed for an exponent.
        processes: starts it.
        scratch: existing folder outside the tree; emptied by the caller.
        budget_s: wall seconds for everything.
        on_progress: told what runs now, and at the end why no more is run.
        within: half the width of the exponent's interval that is enough: 0.1 tells linear, n log n and quadratic apart.

    Raises:
        profiling.scaling.template.BadSizes: sizes that nothing can be fitted to.
        profiling.collect.runs.WorkloadError: the smallest size failed or took too long.
        FileNotFoundError: the command's program can't be found.
    """
    workloads = {
        size: Workload(tree=tree, command=template.at(size), interpreter=interpreter, processes=processes)
        for size in checked_sizes(sizes)
    }
    injection = next(iter(workloads.values())).injection("ratchet_time", {}, scratch)
    with processes.turn():
        deadline_s = monotonic() + budget_s
        runner = Runner(injection=injection, budget_s=budget_s, deadline_s=deadline_s, on_progress=on_progress)
        rounds = runner.run(workloads, lambda ran: settled(ran, within))
    return join(template.text, rounds, Source(root=tree.root))
