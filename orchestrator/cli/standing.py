"""Where a session stands, read from its records alone."""

import shlex
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from orchestrator.approvals import mailbox
from orchestrator.approvals.question import Pending
from orchestrator.errors import OptimizeError
from orchestrator.ledger import handoff, results_tsv
from orchestrator.ledger.costs import cost_data, cost_lines
from orchestrator.ledger.handoff import Handoff, SessionStatus
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.results_tsv import Row
from orchestrator.live.events import JsonValue
from orchestrator.workspace import branch, lock
from orchestrator.workspace.lock import Holder
from orchestrator.workspace.repository import Repository

_LAST = 5


class State(StrEnum):
    """How a session stands, `none` without one, `killed` when it was cut off."""

    NONE = "none"
    RUNNING = "running"
    KILLED = "killed"
    INTERRUPTED = "interrupted"
    DONE = "done"
    BOUND = "bound"
    STUCK = "stuck"
    FAILED = "failed"


_WORDS = {
    State.NONE: "has not begun",
    State.RUNNING: "is running",
    State.KILLED: "ended without a word; what it finished is recorded",
    State.INTERRUPTED: "was interrupted",
    State.DONE: "is done",
    State.BOUND: "reached a bound (experiments or time) with work left",
    State.STUCK: "found nothing more",
    State.FAILED: "failed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A session as its records show it.

    Attributes:
        root: of the checkout.
        state: by lock and HANDOFF.md together.
        holder: the process that runs it, None when none does.
        handoff: None before the first one was written.
        rows: of results.tsv, all sessions', in order.
        branch: what the session's branch is called here: a clone has it as its remote's; empty where it is not here.
        waiting: what the running session asks.
    """

    root: Path
    state: State
    holder: Holder | None
    handoff: Handoff | None
    rows: tuple[Row, ...]
    branch: str = ""
    waiting: tuple[Pending, ...] = ()


def look(root: Path) -> Standing:
    """Read the records.

    Raises:
        orchestrator.errors.RecordsDamaged: one of them can't be read.
    """
    layout = Layout(root=root)
    holder = lock.holder(layout.lock)
    written = handoff.load(layout.handoff)
    rows = results_tsv.read(layout.results)
    is_begun = layout.session_db.exists() or bool(rows)
    return Standing(
        root=root,
        state=_state(holder, written, is_begun=is_begun),
        holder=holder,
        handoff=written,
        rows=rows,
        branch=_branch_here(root, written.branch) if written is not None else "",
        waiting=_asked(layout, holder),
    )


def _asked(layout: Layout, holder: Holder | None) -> tuple[Pending, ...]:
    shown = mailbox.shown(layout.inbox) if holder is not None and not holder.is_command else None
    return shown.waiting if shown is not None and holder is not None and shown.run == holder.session else ()


def as_lines(standing: Standing) -> tuple[str, ...]:
    """Return it for a person."""
    if standing.state is State.NONE:
        return (f"no session yet in {standing.root}", f"next: {_next(standing)[0]}")
    return (
        _headline(standing),
        *(f"  {line}" for line in _facts(standing)),
        *_last(standing.rows),
        *(f"next: {line}" for line in _next(standing)),
    )


def as_dict(standing: Standing) -> dict[str, JsonValue]:
    """Return it for a program."""
    written, holder = standing.handoff, standing.holder
    session: dict[str, JsonValue] = {}
    if written is not None:
        session = {
            "session": written.session,
            "updated_at": written.updated_at,
            "branch": written.branch,
            "branch_here": standing.branch,
            "base_commit": written.base_commit,
            "head_commit": written.head_commit,
            "workload": written.workload,
            "tests": written.tests,
            "goal": written.goal,
            "experiments": written.experiments,
            "keeps": written.keeps,
            "discards": written.discards,
            "crashes": written.crashes,
            "headline": written.headline,
            "costs": dict(cost_data(written.costs)),
        }
    return {
        "root": str(standing.root),
        "state": standing.state.value,
        "pid": holder.pid if holder else None,
        "waiting": [{"id": one.id, "kind": one.question.kind.value} for one in standing.waiting],
        **session,
        "last": [
            {"status": row.status, "commit": row.commit, "what": row.description} for row in _newest(standing.rows)
        ],
        "next": list(_next(standing)),
    }


def _state(holder: Holder | None, written: Handoff | None, *, is_begun: bool) -> State:
    if holder is not None and not holder.is_command:
        return State.RUNNING
    if written is None:
        return State.KILLED if is_begun else State.NONE
    return State.KILLED if written.status is SessionStatus.RUNNING else State(written.status.value)


def _branch_here(root: Path, name: str) -> str:
    with suppress(OptimizeError):
        repository = Repository.open(root)
        if repository.branch_head(name) is not None:
            return name
        return next(iter(branch.remote_heads(repository, name)), "")
    return ""


def _headline(standing: Standing) -> str:
    written, holder = standing.handoff, standing.holder
    name = written.session if written else holder.session if holder else ""
    when = f" ({written.updated_at})" if written else ""
    return f"session {name} {_WORDS[standing.state]}{when}".replace("  ", " ")


def _facts(standing: Standing) -> list[str]:
    written, holder = standing.handoff, standing.holder
    what = f"{holder.session} runs: " if holder and holder.is_command else ""
    lines = [f"{what}pid {holder.pid} of {holder.user} on {holder.host}, since {holder.started}"] if holder else []
    if written is None:
        return lines
    outcomes = f"{written.keeps} kept, {written.discards} discarded, {written.crashes} crashed"
    lines += [
        f"branch: {written.branch}, {written.base_commit[:10]} to {written.head_commit[:10]}{_whereabouts(standing)}",
        f"workload: {written.workload}",
        f"tests: {written.tests or 'none'}",
        *([f"goal: {written.goal}"] if written.goal else []),
        f"experiments: {written.experiments} ({outcomes})",
        *([f"headline: {written.headline}"] if written.headline else []),
        *(f"models: {line}" for line in cost_lines(written.costs)),
    ]
    return lines


def _whereabouts(standing: Standing) -> str:
    """Say where the branch is, when it is not simply here."""
    if standing.handoff is None or standing.branch == standing.handoff.branch:
        return ""
    return f" (here as {standing.branch})" if standing.branch else " (not in this repository: git fetch may bring it)"


def _newest(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return rows[-_LAST:]


def _last(rows: tuple[Row, ...]) -> list[str]:
    if not rows:
        return []
    shown = [f"  {row.status:<8}{row.commit:<13} {row.description}" for row in _newest(rows)]
    return [f"last {len(shown)} of {len(rows)} experiments:", *shown]


def _next(standing: Standing) -> tuple[str, ...]:
    folder = f"-C {shlex.quote(str(standing.root))}"
    go_on = f"optimize {folder}"
    match standing.state:
        case State.NONE:
            return (go_on,)
        case State.RUNNING:
            asked = f"answer what it asks ({len(standing.waiting)} waiting): optimize approvals {folder}"
            return (asked if standing.waiting else "wait for it", f"stop it cleanly: optimize stop {folder}")
        case State.KILLED | State.INTERRUPTED:
            return (f"{go_on}   goes on from there",)
        case State.FAILED:
            return (f"optimize doctor {folder}   what is missing", f"{go_on}   tries again")
        case State.BOUND:
            return (*_taking(standing), f"{go_on}   goes on")
        case State.DONE | State.STUCK:
            return (*_taking(standing), f"{go_on} --workload …   looks at something else")
        case _:
            assert_never(standing.state)


def _taking(standing: Standing) -> tuple[str, ...]:
    written = standing.handoff
    if written is None or not written.keeps or not standing.branch:
        return ()
    between = f"{written.base_commit[:10]}..{standing.branch}"
    return (f"git log -p {between}   shows what was kept", f"git merge {standing.branch}   takes it")
