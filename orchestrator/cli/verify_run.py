"""What `optimize verify` does: choose the claims, measure them, show the table."""

import json
import random
from collections.abc import Sequence
from pathlib import Path

from agents.recipes.backend import RecipesBackend
from agents.specialists.setup import Setup, SetupImpossible, Wishes, look
from orchestrator.cli.durations import duration
from orchestrator.cli.progress_line import ProgressLine
from orchestrator.cli.stopper import Stopper
from orchestrator.cli.verify import VerifyFlags
from orchestrator.comparing.comparer import Listener
from orchestrator.comparing.sides import reserved
from orchestrator.errors import Interrupted, SetupFailed, UsageError
from orchestrator.ledger import experiment_json
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.events import JsonValue
from orchestrator.live.plain_text import one_line
from orchestrator.observer import RepositoryObserver
from orchestrator.own_calls import OwnCalls
from orchestrator.policy.claims import Finding
from orchestrator.transcripts import Transcripts
from orchestrator.verifier import Verified, Verifier, standing
from orchestrator.workspace.checkouts import PairedCheckouts
from orchestrator.workspace.repository import Repository
from profiling.comparison import Comparison
from profiling.context.commands import BadCommand
from profiling.measure.processes import Processes

_ALL = "all"
_WIDEST = 50


def verified(flags: VerifyFlags) -> tuple[Verified, ...]:
    """Measure the claims that the flags name.

    Raises:
        OptimizeError: nothing can be measured, or it was interrupted.
    """
    repository = Repository.open(Path(flags["repo"]).resolve())
    records = _chosen(flags["numbers"], repository)
    setup = _setup(repository, flags["python"])
    try:
        with Stopper(), ProgressLine() as progress, reserved(repository, "optimize verify") as layout:
            verifier = _verifier(flags, repository, layout, setup, progress)
            try:
                return tuple(verifier.verify(records))
            finally:
                verifier.observer.processes.stop()
                verifier.own_calls.transcripts.forget()
    except KeyboardInterrupt as error:
        raise Interrupted("interrupted; the worktrees are removed", hint="to verify: run it again") from error


def as_lines(seen: Sequence[Verified]) -> tuple[str, ...]:
    """Return the table and what it comes to."""
    rows = [("#", "Fix", "Commit", "Claimed", "Measured now", "")]
    rows += [
        (
            str(one.record.number),
            _short(one.record.proposal.summary),
            one.record.commit[:10],
            _figure(one.claimed, own=one.of_its_own_calls),
            _figure(one.found, own=one.of_its_own_calls),
            one.verification.finding.value,
        )
        for one in seen
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    said = [
        f"{one.record.number}: {one_line(one.verification.reason)}"
        for one in seen
        if one.verification.finding is not Finding.HOLDS
    ]
    held = sum(one.verification.finding.stands for one in seen)
    return (*table, *said, f"{held} of {len(seen)} claims hold on this machine")


def as_json(seen: Sequence[Verified]) -> str:
    """Return it for a program."""
    claims: list[JsonValue] = [
        {
            "number": one.record.number,
            "summary": one.record.proposal.summary,
            "function": one.record.proposal.key.qualname,
            "file": one.record.proposal.key.file,
            "base_commit": one.record.base_commit,
            "commit": one.record.commit,
            "workload": one.record.workload,
            "level": one.record.verdict.level.value,
            "claimed": _plain(one.claimed),
            "found": _plain(one.found),
            "finding": one.verification.finding.value,
            "stands": one.verification.finding.stands,
            "reason": one.verification.reason,
        }
        for one in seen
    ]
    return json.dumps({"schema": "ratchet.verify/1", "claims": claims}, indent=2)


def exit_code(seen: Sequence[Verified]) -> int:
    """Return 1 when a claim was not proved again, 3 when there was none that could be measured."""
    measured = [one for one in seen if one.verification.finding not in {Finding.GONE, Finding.UNMEASURED}]
    if not measured:
        return 3
    failed = any(one.verification.finding is Finding.UNMEASURED for one in seen)
    return 0 if all(one.verification.finding.stands for one in measured) and not failed else 1


def _chosen(numbers: Sequence[str], repository: Repository) -> tuple[ExperimentRecord, ...]:
    records = experiment_json.load_all(Layout(root=repository.root).experiments)
    kept = standing(records, repository)
    if not kept:
        raise UsageError(
            f"nothing that was kept is recorded in {repository.root}",
            hint="run optimize first; records of another machine are in its .codeflash/experiments/",
        )
    if not numbers or _ALL in numbers:
        return kept
    by_number = {record.number: record for record in kept}
    unknown = [number for number in numbers if not number.isdecimal() or int(number) not in by_number]
    if unknown:
        there = ", ".join(map(str, by_number))
        raise UsageError(f"{', '.join(unknown)}: no kept experiment of that number", hint=f"there are: {there}")
    return tuple(by_number[number] for number in dict.fromkeys(map(int, numbers)))


def _setup(repository: Repository, python: str | None) -> Setup:
    try:
        return look(repository.root, Wishes(python=python))
    except SetupImpossible as error:
        raise SetupFailed(str(error), hint=error.hint) from error
    except BadCommand as error:
        raise UsageError(str(error), hint="correct it in pyproject.toml") from error


def _verifier(
    flags: VerifyFlags, repository: Repository, layout: Layout, setup: Setup, progress: ProgressLine
) -> Verifier:
    processes = Processes()
    seed = flags["seed"] if flags["seed"] is not None else random.SystemRandom().randrange(2**31)
    checkouts = PairedCheckouts(repository=repository, folder=layout.work)
    checkouts.begin(repository.head_commit())
    observer = RepositoryObserver(
        layout=layout,
        checkouts=checkouts,
        processes=processes,
        backend=RecipesBackend((), ()),
        memory_budget_s=0.0,
        say=progress.say,
    )
    own_calls = OwnCalls(
        transcripts=Transcripts(observer=observer, processes=processes, seed=seed),
        seed=seed,
        max_pairs=flags["max_pairs"],
        time_budget_s=duration("measure-time", flags["measure_time"]),
        progress=progress.pair,
    )
    return Verifier(
        repository=repository,
        observer=observer,
        own_calls=own_calls,
        setup=setup,
        listener=Listener(say=progress.say, forecast=progress.forecast, pair=progress.pair),
    )


def _figure(one: Comparison | None, *, own: bool) -> str:
    if one is None:
        return "-"
    where = " own calls" if own else ""
    return f"{one.dimension.value}{where} {one.ratio:.2f}x [{one.low:.2f}, {one.high:.2f}], {one.pairs} pairs"


def _plain(one: Comparison | None) -> JsonValue:
    if one is None:
        return None
    return {
        "dimension": one.dimension.value,
        "ratio": one.ratio,
        "low": one.low,
        "high": one.high,
        "base": one.base_median,
        "change": one.change_median,
        "pairs": one.pairs,
    }


def _short(text: str) -> str:
    plain = one_line(text)
    return plain if len(plain) <= _WIDEST else f"{plain[: _WIDEST - 1]}…"
