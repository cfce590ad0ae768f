"""Brings what the session knows into the policies' words, and their answers into the graph's state."""

from collections.abc import Iterable

from agents.model import Candidate
from orchestrator.ledger.conventions import Conventions
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.policy.past import Past
from orchestrator.policy.plateau import choose
from orchestrator.policy.situation import Bounds, Finish, FinishReason, NextStep, Recover, Situation
from orchestrator.policy.steering import is_meant, is_named_by, is_place
from orchestrator.policy.tried import Tried
from orchestrator.policy.verdict import Reason, Status
from orchestrator.services import Services
from orchestrator.state import Chosen, SessionState
from orchestrator.survey import Survey
from profiling.model import Dimension
from profiling.target import Target

_EXHAUSTED = frozenset({FinishReason.NOTHING_LICENSED, FinishReason.PLATEAU})


def next_step(state: SessionState, survey: Survey, tried: Tried, services: Services) -> NextStep:
    """Return what the policy chooses, or the lead among it; what the person or the maintainers focus on comes first."""
    if services.steering.course.is_finishing:
        return Finish(reason=FinishReason.PERSON, text="you asked for the end")
    wanted = _wanted(survey, services)
    focused = _focused(wanted, services)
    situation = _situation(state, survey, tried, services, focused or wanted)
    step = choose(situation)
    has_more = len(focused or wanted) < len(wanted)
    if has_more and isinstance(step, Finish) and step.reason in _EXHAUSTED:
        situation = _situation(state, survey, tried, services, wanted)
        step = choose(situation)
    # A fix that is to be applied again goes first: nobody is asked, and paid, for a choice that would not be taken.
    return step if is_set(state) else services.chooser.choose(state, situation, survey, step)


def is_set(state: SessionState) -> bool:
    """Say whether a fix waits to be applied again or repaired: the lead's next step is that, whatever is chosen."""
    return bool(state.get("again") or state.get("repairs"))


def has_left_focus(step: NextStep, services: Services) -> bool:
    """Say whether a step turns away from what the person wants to come first: nothing is left to try there."""
    focus = services.steering.course.focus
    return bool(focus) and not isinstance(step, Finish) and not is_meant(step.candidate, focus)


def _situation(
    state: SessionState,
    survey: Survey,
    tried: Tried,
    services: Services,
    candidates: tuple[Candidate, ...],
) -> Situation:
    settings = services.settings
    return Situation(
        targets=survey.targets,
        candidates=candidates,
        attempts=tried.attempts,
        history=history_of(state, tried),
        bounds=Bounds(
            experiments=state["recorded"],
            most_experiments=settings.max_experiments,
            spent_s=services.spent_s,
            most_s=settings.time_limit_s,
            spent_budget=services.spent_budget(),
        ),
        exhausted=frozenset(state.get("exhausted", [])),
        domain=settings.domain,
        recovery_steps=state.get("recovery_steps", 0),
        earlier=services.earlier,
        look_first=frozenset((file, qualname) for file, qualname in state.get("look_first", [])),
        # A fix that is to be applied again or repaired is the lead's, and goes first.
        workers=1 if services.crews is None or is_set(state) else services.workers,
        lead_only=frozenset(state.get("lead_only", [])),
    )


def as_update(step: NextStep, spent_s: float) -> SessionState:
    """Return a step as the state keeps it."""
    if isinstance(step, Finish):
        bounded = step.reason.is_bound
        return {"chosen": None, "finish_reason": step.text, "bounded": bounded, "spent_s": spent_s}
    update: SessionState = {
        "chosen": chosen(step.target, step.candidate),
        "finish_reason": "",
        "bounded": False,
        "spent_s": spent_s,
    }
    return {**update, "recovery_steps": step.recovery_steps} if isinstance(step, Recover) else update


def chosen(target: Target, candidate: Candidate) -> Chosen:
    """Return a target and its fix as the state keeps them."""
    return {
        "source": candidate.source,
        "domain": candidate.domain.value,
        "dimension": candidate.dimension.value,
        "file": target.key.file,
        "first_line": target.key.first_line,
        "qualname": target.key.qualname,
        "place_digest": candidate.place_digest,
        "expected_share": candidate.expected_share,
    }


def history_of(state: SessionState, tried: Tried) -> tuple[Past, ...]:
    """Return this session's experiments, and those of the one it goes on with, as the policies know them.

    What a person rejected is none: it does not say that a dimension is flat.
    """
    sessions = {state["session_id"], state.get("continues") or state["session_id"]}
    return tuple(one.past for one in tried.counting if one.session in sessions and one.reason is not Reason.REJECTED)


def recorded_in(state: SessionState, records: Iterable[ExperimentRecord]) -> int:
    """Return how many experiments the session made, those of the one it goes on with included."""
    return state.get("continued", 0) + sum(one.session == state["session_id"] for one in records)


def kept_of(state: SessionState, records: tuple[ExperimentRecord, ...]) -> tuple[ExperimentRecord, ...]:
    """Return what this session kept, in the order of its commits: a merge puts some of them after later ones."""
    mine = (record for record in records if record.session == state["session_id"])
    kept = [record for record in mine if record.verdict.status is Status.KEEP]
    on_branch, head = [], state["base_commit"]
    while (following := next((one for one in kept if one.base_commit == head), None)) is not None:
        kept.remove(following)
        on_branch.append(following)
        head = following.commit
    return (*on_branch, *kept)


def headline_dimension(kept: tuple[ExperimentRecord, ...]) -> Dimension:
    """Return the dimension in which keeps are measured together: CPU where one was about it, else the first keep's."""
    meant = [record.proposal.dimension for record in kept]
    return Dimension.CPU_S if Dimension.CPU_S in meant or not meant else meant[0]


def _wanted(survey: Survey, services: Services) -> tuple[Candidate, ...]:
    """Return the candidates without what the maintainers or the person excluded and what the session is not about."""
    excluded, avoided = services.conventions.exclusions, services.steering.course.avoided
    return tuple(
        one
        for one in survey.candidates
        if not any(is_named_by(one.key.file, pattern) for pattern in excluded)
        and not any(is_place(one.key.file, one.key.qualname, where) for where in avoided)
        and services.in_scope(survey, one.key)
    )


def _focused(wanted: tuple[Candidate, ...], services: Services) -> tuple[Candidate, ...]:
    """Return what is in focus: the person's words come before the maintainers'."""
    focus = services.steering.course.focus
    meant = tuple(one for one in wanted if focus and is_meant(one, focus))
    return meant or tuple(one for one in wanted if _is_focused(one, services.conventions))


def _is_focused(candidate: Candidate, conventions: Conventions) -> bool:
    """Say whether the maintainers named the fix's domain or file."""
    in_domain = candidate.domain in conventions.focus_domains
    return in_domain or any(is_named_by(candidate.key.file, pattern) for pattern in conventions.focus_paths)
