"""What `optimize verify` does: choose the claims, measure them, show the table."""

import json
from collections.abc import Sequence
from pathlib import Path

from orchestrator.cli.claims import ClaimFlags, chosen, figure, setup_of, verifier_for
from orchestrator.cli.progress_line import ProgressLine
from orchestrator.cli.stopper import Stopper
from orchestrator.comparing.sides import reserved
from orchestrator.errors import Interrupted
from orchestrator.live.events import JsonValue
from orchestrator.live.plain_text import one_line
from orchestrator.policy.claims import Finding
from orchestrator.verifier import Verified
from orchestrator.workspace.repository import Repository
from profiling.comparison import Comparison

_WIDEST = 50


def verified(flags: ClaimFlags) -> tuple[Verified, ...]:
    """Measure the claims that the flags name.

    Raises:
        OptimizeError: nothing can be measured, or it was interrupted.
    """
    repository = Repository.open(Path(flags["repo"]).resolve())
    records = chosen(flags["numbers"], repository)
    setup = setup_of(repository, flags["python"])
    try:
        with Stopper(), ProgressLine() as progress, reserved(repository, "optimize verify") as layout:
            verifier = verifier_for(flags, repository, layout, setup, progress)
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
            figure(one.claimed, own=one.of_its_own_calls),
            figure(one.found, own=one.of_its_own_calls),
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
