"""Taking a session over from its records alone: begun on another machine, or its checkpoint is gone."""

from dataclasses import dataclass

from orchestrator.errors import UsageError
from orchestrator.ledger import handoff
from orchestrator.ledger.handoff import Handoff, SessionStatus
from orchestrator.ledger.layout import Layout
from orchestrator.settings import Settings
from orchestrator.state import SessionState
from orchestrator.terms import Terms
from orchestrator.trial_book import told
from profiling.context.commands import BadCommand, parse

_CUT_OFF = frozenset({SessionStatus.RUNNING, SessionStatus.INTERRUPTED, SessionStatus.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """What a session begins with: settings, and values of its state."""

    settings: Settings
    values: SessionState


def taken_over(layout: Layout, settings: Settings, terms: Terms) -> TakenOver:
    """Return what a session takes over from HANDOFF.md.

    One that was cut off is gone on with: its workload, tests and goal where the person names none, its experiments as
    this session's own. One that ended leaves its workload where nothing else is known of the project, and what is to
    be looked at first.

    Args:
        layout: of the checkout.
        settings: what the person decided.
        terms: of the session: one that begins anew goes on with nothing, none with one of another branch.

    Raises:
        RecordsDamaged: HANDOFF.md or results.tsv can't be read.
        UsageError: the person wants to go on, and there is nothing to go on with.
    """
    written = handoff.load(layout.handoff)
    if settings.resume and written is None and not told(layout):
        raise UsageError(
            f"there is no session to go on with in {layout.root}",
            hint="begin one: optimize; one of another machine goes on with its .codeflash/HANDOFF.md and results.tsv",
        )
    if written is None or terms.begins_anew:
        return TakenOver(settings=settings, values={})
    look_first = [[one.file, one.qualname] for one in written.ceilings]
    is_ours = written.status in _CUT_OFF and written.branch == terms.branch
    if not is_ours or not _is_method_of(settings, written):
        fresh = settings if layout.setup.exists() else _with_commands_of(settings, written)
        return TakenOver(settings=fresh, values={"look_first": look_first})
    known = _with_commands_of(settings, written)
    continued = sum(one.session == written.session for one in written.trials)
    return TakenOver(
        settings=known.model_copy(update={"goal": settings.goal or written.goal}),
        values={"continues": written.session, "continued": continued, "look_first": look_first},
    )


def _is_method_of(settings: Settings, written: Handoff) -> bool:
    """Say whether the person names no other workload or tests than the session had."""
    pairs = ((settings.workload, written.workload), (settings.tests, written.tests))
    try:
        return all(wanted is None or parse(wanted).text == had for wanted, had in pairs)
    except BadCommand:
        return False


def _with_commands_of(settings: Settings, written: Handoff) -> Settings:
    commands = {"workload": settings.workload or written.workload, "tests": settings.tests or written.tests or None}
    return settings.model_copy(update={name: text or None for name, text in commands.items()})
