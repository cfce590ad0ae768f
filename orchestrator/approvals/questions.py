"""What is asked about each kind of step: pure functions from what is to be done to the question."""

import json
from collections.abc import Iterator, Sequence

from agents.specialists.setup import Setup
from orchestrator.approvals.question import Question
from orchestrator.draft import Draft
from orchestrator.live.effects import measured_lines
from orchestrator.policy.asking import Kind
from orchestrator.state import Assignment
from orchestrator.workspace.repository import EXPERIMENT_TRAILER
from profiling.model import Command


def about_experiment(draft: Draft, *, worker: str) -> Question:
    """Return the question whether a fix is to be tried: its target, what speaks for it, and its diff."""
    proposal = draft.proposal
    return Question(
        kind=Kind.EXPERIMENT,
        title=f"experiment {draft.number}: {proposal.summary} in {proposal.key.qualname} ({proposal.key.place})",
        details=tuple(_evidence(draft)),
        body=draft.diff,
        experiment=draft.number,
        worker=worker,
    )


def about_commit(draft: Draft, message: str, *, worker: str) -> Question:
    """Return the question whether a proved fix is to be committed: what was measured, the diff, the message."""
    proposal = draft.proposal
    decided = f"{draft.verdict.reason.value}: {draft.verdict.explanation}" if draft.verdict is not None else ""
    return Question(
        kind=Kind.COMMIT,
        title=f"commit experiment {draft.number}: {proposal.summary} in {proposal.key.qualname}",
        details=(decided, *measured_lines(draft.measurement, draft.calls), *draft.diff.splitlines()),
        body=message.partition(f"\n\n{EXPERIMENT_TRAILER}:")[0],
        experiment=draft.number,
        worker=worker,
    )


def about_command(command: Command, what: str, setup: Setup) -> Question:
    """Return the question whether a command that was found is to be run.

    Args:
        command: exactly as it would be run.
        what: it is for: `workload`, `tests`.
        setup: of the repository.
    """
    by_whom = "an agent proposes it, nobody declared it" if setup.proposed else "found in the repository"
    candidates = [one.text for one in setup.workload_candidates if one != command]
    others = (f"others that were found: {'; '.join(candidates)}",) if what == "workload" and candidates else ()
    return Question(
        kind=Kind.COMMAND,
        title=f"run this as {what} ({by_whom})",
        details=(f"interpreter: {setup.interpreter.executable}", "in copies (worktrees) of the folder below", *others),
        body=command.text,
        folder=str(setup.tree.root),
    )


def about_worker(assignment: Assignment) -> Question:
    """Return the question whether a specialist is to be sent out: all that it is told."""
    findings = [f"read ahead: {one['antipattern']} [{one['evidence']}]" for one in assignment["findings"].values()]
    targets = [
        f"{one['qualname']} ({one['file']}:{one['first_line']}): {one['source']}, {one['dimension']},"
        f" about {one['expected_share']:.0%} of the workload"
        for one in assignment["targets"]
    ]
    return Question(
        kind=Kind.SPAWN,
        title=f"send out {assignment['worker']}, a {assignment['agent']} specialist, in worktrees of its own",
        details=(*targets, *findings),
        body=assignment_text(assignment),
        worker=assignment["worker"],
    )


def about_push(remote: str, reference: str, commits: Sequence[str]) -> Question:
    """Return the question whether the session's commits are to be pushed.

    Args:
        remote: by name; reference: on it.
        commits: `<hash> <subject>`, newest first.
    """
    return Question(
        kind=Kind.PUSH,
        title=f"push {len(commits)} commit{'s' if len(commits) != 1 else ''} to {remote}, without force",
        details=tuple(commits),
        body=f"{remote} {reference}",
    )


def assignment_text(assignment: Assignment) -> str:
    """Return what of an assignment can be edited: which targets, what to avoid, what to know."""
    shown = {
        "targets": [one["qualname"] for one in assignment["targets"]],
        "avoid": assignment["avoid"],
        "notes": assignment["notes"],
    }
    return json.dumps(shown, indent=2, ensure_ascii=False)


def _evidence(draft: Draft) -> Iterator[str]:
    proposal = draft.proposal
    yield f"why: {proposal.mechanism}"
    yield f"target: {draft.cpu_share:.0%} of the workload's CPU ({'+'.join(draft.domains)})"
    for dimension, share in proposal.expected.items():
        yield f"expected: {share:+.1%} of the workload's {dimension.value}"
    if draft.interactions:
        yield f"interaction: {', '.join(draft.interactions)}"
    yield f"risk: {proposal.risk}"
    yield f"proposed by {proposal.source}; decided by the {draft.level.value}"
    for name in ("root_cause", "other_domains", "correctness"):
        answer = getattr(proposal.checklist, name)
        if answer.text:
            yield f"{name.replace('_', ' ')}: {answer.text}" + (f" [{answer.evidence}]" if answer.evidence else "")
    if proposal.needs_approval:
        yield "it needs your agreement: it may change what can be observed"
