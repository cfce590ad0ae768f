"""What `optimize compare` does: prepare, measure, render, and the exit code."""

import tempfile
from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from orchestrator.cli.compare import CompareFlags
from orchestrator.cli.durations import duration
from orchestrator.cli.progress_line import ProgressLine
from orchestrator.cli.stopper import Stopper
from orchestrator.comparing import markdown, refs, text
from orchestrator.comparing.comparer import Comparer, Listener, Wanted
from orchestrator.comparing.environments import Environments
from orchestrator.comparing.judging import Standing
from orchestrator.comparing.report import Report, to_json
from orchestrator.comparing.sides import Preparation, Sharing, reserved
from orchestrator.errors import Interrupted, NotWritable
from orchestrator.ledger.layout import Layout
from orchestrator.live.plain_text import neutral
from orchestrator.workspace.checkouts import PairedCheckouts
from orchestrator.workspace.repository import Repository
from orchestrator.workspace.turns import timed_processes
from profiling.measure.engine import Plan
from profiling.measure.processes import Processes
from profiling.model import Dimension


class Form(StrEnum):
    """How a report is shown."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


def compared(flags: CompareFlags) -> Report:
    """Compare what the flags name.

    Raises:
        OptimizeError: it can't be compared, or was interrupted; the worktrees are gone either way.
    """
    plan = Plan(
        target=Dimension(flags["dimension"]),
        max_pairs=flags["max_pairs"],
        time_budget_s=duration("measure-time", flags["measure_time"]),
        both_ways=True,
    )
    wanted = Wanted(
        workloads=flags["workload"],
        here=Path.cwd(),
        plan=plan,
        timeout_s=duration("timeout", flags["timeout"]),
        profiles=not flags["no_functions"],
        seed=flags["seed"],
    )
    repository = Repository.open(Path(flags["repo"]).resolve())
    base, head = refs.resolve_pair(repository, flags["base"], flags["head"])
    try:
        with Stopper(), ProgressLine() as progress, reserved(repository, "optimize compare") as layout:
            processes = timed_processes(progress.say)
            try:
                with tempfile.TemporaryDirectory(prefix="optimize-") as scratch:
                    comparer = Comparer(
                        repository=repository,
                        preparation=_preparation(repository, layout, flags, processes, progress),
                        processes=processes,
                        listener=Listener(say=progress.say, forecast=progress.forecast, pair=progress.pair),
                        scratch=Path(scratch),
                    )
                    return comparer.compare(base, head, wanted)
            finally:
                processes.stop()
    except KeyboardInterrupt as error:
        raise Interrupted("interrupted; the worktrees are removed", hint="to compare: run it again") from error


def rendered(report: Report, form: Form) -> str:
    """Return a report as it is shown, with its last line's end."""
    match form:
        case Form.TEXT:
            return "".join(f"{neutral(line)}\n" for line in text.lines(report))
        case Form.MARKDOWN:
            return markdown.document(report)
        case Form.JSON:
            return f"{to_json(report)}\n"
        case _:
            assert_never(form)


def write(report: Report, path: str) -> None:
    """Write a report: Markdown and text by the name's end, else JSON.

    Raises:
        NotWritable: it can't be written there.
    """
    form = {".md": Form.MARKDOWN, ".txt": Form.TEXT}.get(Path(path).suffix, Form.JSON)
    try:
        Path(path).write_text(rendered(report, form), encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        hint = "name another file; the result was printed"
        raise NotWritable(f"the result can't be written to {path}: {error.strerror or error}", hint=hint) from error


def exit_code(report: Report, fail_on: Collection[str]) -> int:
    """Return 1 when what was not to be came true, 3 when a workload could not be measured, else 0."""
    measured = [one.standing for one in report.workloads if not one.problem]
    came_true = {
        "regression": Standing.REGRESSED in measured,
        "undecided": Standing.UNDECIDED in measured,
        "no-gain": Standing.BETTER not in measured,
    }
    if any(came_true[name] for name in fail_on):
        return 1
    return 3 if report.has_problem else 0


def _preparation(
    repository: Repository, layout: Layout, flags: CompareFlags, processes: Processes, progress: ProgressLine
) -> Preparation:
    return Preparation(
        repository=repository,
        checkouts=PairedCheckouts(repository=repository, folder=layout.work),
        environments=Environments(folder=layout.cache / "environments", processes=processes, say=progress.say),
        python=flags["python"],
        sharing=Sharing(flags["environments"]),
        injected=flags["inject"],
    )
