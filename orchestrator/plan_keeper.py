"""Keeps the action plan's two files: written when it is asked for, filled in after each experiment."""

from collections.abc import Sequence
from pathlib import Path

from orchestrator.errors import OptimizeError
from orchestrator.ledger import action_plan, handoff, metrics
from orchestrator.ledger.action_plan import ActionPlan
from orchestrator.ledger.atomic import write_text
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.plan_text import markdown
from orchestrator.planning import Done, filled
from orchestrator.workspace.branch import SESSION_BRANCH
from orchestrator.workspace.repository import Repository
from orchestrator.workspace.undone import undone


def json_path(layout: Layout) -> Path:
    """Return the file for programs, which the other one is made of."""
    return layout.reports / "action-plan.json"


def markdown_path(layout: Layout) -> Path:
    """Return the file for people."""
    return layout.reports / "action-plan.md"


def write(plan: ActionPlan, layout: Layout) -> None:
    """Write both files.

    Raises:
        NotWritable: the folder refuses.
    """
    action_plan.save(plan, json_path(layout))
    write_text(markdown_path(layout), markdown(plan))


def done(layout: Layout, repository: Repository, records: Sequence[ExperimentRecord], head: str | None = None) -> Done:
    """Return what is known of the work that was done.

    Args:
        layout: of the records.
        repository: that the keeps were committed to.
        records: of all experiments.
        head: up to which reverts are looked for; None means the session branch.

    Raises:
        RecordsDamaged: HANDOFF.md or the figures of the sessions can't be read.
    """
    told = handoff.load(layout.handoff)
    head = head or repository.branch_head(SESSION_BRANCH)
    return Done(
        records=records,
        undone=undone(repository, head) if head is not None and records else frozenset(),
        headline=told.headline if told is not None else "",
        points=metrics.read(layout.metrics),
    )


def refresh(layout: Layout, repository: Repository, records: Sequence[ExperimentRecord], head: str) -> str:
    """Fill the plan in where there is one; return what kept it from being, empty when nothing did.

    A plan that can't be read or written stops no session: the records that it is made of are whole.

    Args:
        layout: of the records.
        repository: that the keeps were committed to.
        records: of all experiments.
        head: of the session branch.
    """
    try:
        plan = action_plan.load(json_path(layout))
        if plan is not None:
            write(filled(plan, done(layout, repository, records, head)), layout)
    except OptimizeError as error:
        return f"the action plan was not filled in: {error}"
    return ""
