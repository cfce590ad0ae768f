"""Compare what two trees do on the same recorded calls. Pure: it reads observations, it runs nothing."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from profiling.behaviour.replay import FunctionState, Observation, Replayed
from profiling.model import FunctionKey

DIFFERENCES_SHOWN = 10
LEAST_SHARE = 0.1
"""Of the recorded calls that must be comparable for "the same" to mean something; our choice."""
_PRIVATE = re.compile(r"\._\w+")
_GLOBAL = re.compile(r"global (\w+)$")
_REASONS_SHOWN = 4

Line = tuple[str, str]
"""Place and text."""


class Outcome(StrEnum):
    """Of the comparison: no difference was found, one was, or too little could be compared to say so."""

    SAME = "same"
    DIFFERENT = "different"
    TOO_LITTLE = "too_little"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One call that does something else.

    Attributes:
        function: whose; call: `pass.index` in the recording, "" where the function itself differs.
        place: path into what was observed (`result['a'][3].x`); before, after: what is there.
    """

    function: FunctionKey
    call: str
    place: str
    before: str
    after: str

    @property
    def text(self) -> str:
        """Return it as a sentence."""
        which = f", call {self.call}" if self.call else ""
        return f"{self.function.place} {self.function.qualname}{which}: {self.place}: {self.before} != {self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviourReport:
    """What the comparison of two trees found.

    Attributes:
        calls: recorded; compared: of these, those that could be compared.
        excluded: of the others, how many for which reason.
        differences: the first ones (10); differing: how many calls and functions differ in all.
        without_calls: functions of which no call was recorded.
        uncompared: functions with recorded calls of which none could be compared.
        notes: what else must be known to judge it.
    """

    calls: int
    compared: int
    excluded: Mapping[str, int] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    differing: int = 0
    without_calls: tuple[FunctionKey, ...] = ()
    uncompared: tuple[FunctionKey, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Return what follows: too little is compared when a function has none, or under a tenth of all calls is."""
        if self.differing:
            return Outcome.DIFFERENT
        lacking = bool(self.without_calls or self.uncompared or not self.compared)
        return Outcome.TOO_LITTLE if lacking or self.compared < LEAST_SHARE * self.calls else Outcome.SAME

    @property
    def text(self) -> str:
        """Return it in a line."""
        said = f"behaviour: {self.compared} of {self.calls} calls comparable"
        reasons = sorted(self.excluded.items(), key=lambda item: (-item[1], item[0]))[:_REASONS_SHOWN]
        if reasons:
            said += f" ({', '.join(f'{count} {reason}' for reason, count in reasons)})"
        if self.differing:
            return f"{said}: {self.differing} differ, the first at {self.differences[0].text}"
        lacking = [key.qualname for key in (*self.without_calls, *self.uncompared)]
        return f"{said}: no difference" + (f"; none of {', '.join(lacking[:5])}" if lacking else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The three runs that are compared: the base, the base once more, and the change."""

    base: Replayed
    again: Replayed
    change: Replayed


def compare(
    sides: Sides, keys: Sequence[FunctionKey], functions: Mapping[str, str], *, shown: int = DIFFERENCES_SHOWN
) -> BehaviourReport:
    """Return what differs.

    The base is its own oracle: what it does not do twice alike, what reaches outside the process and what could not be
    looked at is excluded and counted. All else must be the same line by line. A call that the change does not end, an
    argument it can't take, a parameter it lost are differences. New private attributes and globals are not.

    Args:
        sides: the runs.
        keys: the recorded functions; their ids are their places here.
        functions: id of its function by each recorded call's index.
        shown: how many differences are kept.
    """
    excluded: Counter[str] = Counter()
    compared: Counter[str] = Counter()
    differences = [each for number, key in enumerate(keys) for each in _of_function(sides, str(number), key)]
    broken = {each.function for each in differences}
    for index, function in functions.items():
        key = keys[int(function)]
        reason = _exclusion(sides, f"0.{index}")
        if reason is not None:
            excluded[reason] += 1
            continue
        compared[function] += 1
        first = next(_of_call(sides, index, key, function), None)
        if first is not None and key not in broken:
            differences.append(first)
    recorded = set(functions.values())
    return BehaviourReport(
        calls=len(functions),
        compared=sum(compared.values()),
        excluded=dict(excluded),
        differences=tuple(differences[:shown]),
        differing=len(differences),
        without_calls=tuple(key for number, key in enumerate(keys) if str(number) not in recorded),
        uncompared=tuple(
            key for number, key in enumerate(keys) if str(number) in recorded and not compared[str(number)]
        ),
        notes=tuple(dict.fromkeys((*sides.base.notes, *sides.again.notes, *sides.change.notes))),
    )


def _of_function(sides: Sides, function: str, key: FunctionKey) -> Iterator[Difference]:
    """Yield how a function itself differs: gone, wrapped otherwise, with other parameters."""
    base, change = sides.base.functions.get(function), sides.change.functions.get(function)
    if base is None or base.problem is not None:
        return
    if change is None or change.problem is not None:
        problem = "it was not reached" if change is None else change.problem
        yield Difference(function=key, call="", place="the function", before="can be called", after=str(problem))
        return
    if base.wrapping != change.wrapping:
        before, after = (", ".join(each.wrapping) or "none" for each in (base, change))
        yield Difference(function=key, call="", place="its decorators", before=before, after=after)
    if not _takes_the_same(base, change):
        before, after = (_parameters(each) for each in (base, change))
        yield Difference(function=key, call="", place="its parameters", before=before, after=after)


def _takes_the_same(base: FunctionState, change: FunctionState) -> bool:
    """Say whether every call that the base takes means the same to the change: further defaults may follow."""
    common = change.signature[: len(base.signature)]
    return common == base.signature and all(
        has_default or kind.startswith("VAR_") for _, kind, has_default in change.signature[len(base.signature) :]
    )


def _parameters(state: FunctionState) -> str:
    return ", ".join(f"{name}=..." if has_default else name for name, _, has_default in state.signature) or "none"


def _exclusion(sides: Sides, call: str) -> str | None:
    """Return why a call can't be compared, or None."""
    base, again = sides.base.observations.get(call), sides.again.observations.get(call)
    if base is None or again is None:
        return "not reached in time"
    problem = base.problem or again.problem
    if problem is not None:
        return problem.partition(":")[0]
    if base.outside or again.outside:
        return "reaching outside the process"
    return None if _alike(base, again) else "not the same twice"


def _alike(one: Observation, other: Observation) -> bool:
    return one.digest == other.digest and one.count == other.count


def _of_call(sides: Sides, index: str, key: FunctionKey, function: str) -> Iterator[Difference]:
    """Yield what differs in a call, over all its passes."""
    for name in (name for name in sides.base.observations if name.partition(".")[2] == index):
        base, change = sides.base.observations[name], sides.change.observations.get(name)
        if _exclusion(sides, name) is not None:
            continue
        place = _place(base, change, sides, function)
        if place is not None:
            (where, before), (_, after) = place
            yield Difference(function=key, call=name, place=where, before=before, after=after)


def _place(base: Observation, change: Observation | None, sides: Sides, function: str) -> tuple[Line, Line] | None:
    """Return the first place where two observations differ, with what is there in each."""
    done = ("the call", f"done in {base.seconds:.2g} s")
    if change is None:
        return done, ("the call", "it was not reached in time")
    if change.problem is not None:
        return done, ("the call", change.problem)
    if change.outside:
        return done, ("the call", f"it reaches outside the process: {', '.join(change.outside)}")
    if _alike(base, change):
        return None
    before = base.lines
    known = sides.base.functions[function].globals if function in sides.base.functions else ()
    after = tuple(_relevant(change.lines, before, frozenset(known)))
    for one, other in zip(before, after, strict=False):
        if one != other:
            return _named(one, other)
    if len(before) != len(after):
        return _rest(before, after)
    cut = base.count > len(base.lines) or change.count > len(change.lines)
    return (("beyond the first lines", base.digest[:12]), ("", change.digest[:12])) if cut else None


def _named(one: Line, other: Line) -> tuple[Line, Line]:
    """Return two lines that differ; where their places differ, each text says its own."""
    if one[0] == other[0]:
        return one, other
    return (one[0], one[1]), (one[0], f"{other[0]}: {other[1]}")


def _rest(before: Sequence[Line], after: Sequence[Line]) -> tuple[Line, Line]:
    if len(before) > len(after):
        place, text = before[len(after)]
        return (place, text), (place, "nothing")
    place, text = after[len(before)]
    return (place, "nothing"), (place, text)


def _relevant(lines: Sequence[Line], base: Sequence[Line], known: frozenset[str]) -> Iterator[Line]:
    """Yield the change's lines without private attributes and globals that the base does not have at all."""
    places = {place[: found.end()] for place, _ in base for found in _PRIVATE.finditer(place)}
    for place, text in lines:
        found_global = _GLOBAL.match(place)
        if found_global is not None and found_global.group(1).startswith("_") and found_global.group(1) not in known:
            continue
        if all(place[: found.end()] in places for found in _PRIVATE.finditer(place)):
            yield place, text
