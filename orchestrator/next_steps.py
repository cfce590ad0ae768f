"""What is left for a person or a model when a session ends: hot code that no recipe helps, and what is seen there."""

from collections.abc import Iterator

from agents.scan.model import Remark
from orchestrator.state import SessionState
from orchestrator.survey import Survey
from profiling.formats.growth_lines import exponent_text, word
from profiling.growth import Growth
from profiling.model import FunctionKey
from profiling.target import Interaction, InteractionKind, Target

_SHOWN_TARGETS = 5
_SHOWN_REMARKS = 10
_SHOWN_GROWTHS = 5
_SHOWN_QUERIES = 5


def next_steps(state: SessionState, survey: Survey) -> tuple[str, ...]:
    """Say why it ended and what a person or a model could look at: targets over a threshold without a licensed fix."""
    waiting = {candidate.key for candidate in survey.waiting}
    licensed = waiting | {candidate.key for candidate in survey.candidates}
    left = [target for target in survey.targets if target.actionable and target.key not in licensed]
    steps = [f"it ended because: {state['finish_reason']}"]
    if state.get("bounded"):
        steps.append("run optimize again with a larger bound: it goes on from this branch")
    asked = [one for one in survey.interactions if one.kind is InteractionKind.REPEATED_QUERY]
    steps += [_queried(one) for one in asked[:_SHOWN_QUERIES]]
    steps += [
        f"no recipe for {target.key.qualname} ({target.key.place}): {target.cpu_share:.0%} of the CPU"
        for target in left[:_SHOWN_TARGETS]
    ]
    steps += [
        f"a fix of {_named(key)} waits for your agreement: `optimize targets` shows it, `optimize run --yes` tries it"
        for key in sorted(waiting)[:_SHOWN_TARGETS]
    ]
    steps += [one.text for one in survey.boundaries]
    shares = {target.key: target for target in survey.targets}
    steps += _growths(survey.growth) if survey.growth is not None else ()
    steps += [_remarked(remark, shares.get(remark.key)) for remark in survey.remarks[:_SHOWN_REMARKS]]
    return tuple(steps)


def _queried(one: Interaction) -> str:
    return f"{_named(one.key)}: {'; '.join(each.text for each in one.evidence)}. Instead: {one.root_fix}"


def _growths(growth: Growth) -> Iterator[str]:
    """Yield the functions, and the whole, that grow faster than linear in the last scaling test."""
    where = f"when `{growth.template}` was last scaled"
    if growth.exponent is not None and growth.exponent.is_steep:
        yield (
            f"the workload's CPU grows with its input to the power {exponent_text(growth.exponent)}"
            f" ({word(growth.exponent)}) {where}: look for another algorithm before anything else"
        )
    steep = [one for one in growth.functions if one.exponent is not None and one.exponent.is_steep]
    for function in steep[:_SHOWN_GROWTHS]:
        if function.exponent is not None:
            yield (
                f"{_named(function.key)} grows with the input to the power {exponent_text(function.exponent)}"
                f" ({word(function.exponent)}) {where}: it needs another algorithm or data structure"
            )


def _remarked(remark: Remark, target: Target | None) -> str:
    share = f", {target.cpu_share:.0%} of the CPU" if target is not None else ""
    return f"{_named(remark.key)}{share}: {remark.text}"


def _named(key: FunctionKey) -> str:
    return f"{key.qualname} ({key.place})"
