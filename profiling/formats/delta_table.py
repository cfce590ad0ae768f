"""Two profiles beside each other, as tables for a terminal. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import hypot
from statistics import median

from profiling.collect.delta import delta, import_delta
from profiling.collect.uncertainty import baseline_spread
from profiling.formats.changes import Change, ChangeUnit, changes
from profiling.formats.columns import NARROWEST, NOTHING, Column, table_lines
from profiling.formats.delta_lines import value_text
from profiling.formats.quantities import MIB, TOO_FEW, printable, shortened
from profiling.profile import Profile

_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whole:
    """One figure of the whole run."""

    change: Change
    unit: ChangeUnit


def delta_table(before: Profile, after: Profile, width: int) -> tuple[str, ...]:
    """Return the whole run before and after, then the largest changes of each dimension; no line wider than `width`.

    A change smaller than the errors of its two figures is called noise, and only counted among the functions.

    Args:
        before, after: of any completeness; what one of them lacks is not compared.
        width: of the terminal, in characters; below 40 it counts as 40.
    """
    lines = ["whole run:", *_table(_whole(before, after), width)]
    for each in changes(delta(before, after), import_delta(before, after)):
        shown = [_Whole(change=change, unit=each.unit) for change in each.beyond_noise[:_SHOWN]]
        lines += ["", f"{each.title}:", *(_table(shown, width) if shown else ())]
        more, noise = len(each.beyond_noise) - _SHOWN, len(each.within_noise)
        lines += [f"… {more} more"] if more > 0 else []
        lines += [f"{noise} smaller than their errors: within noise"] if noise else []
    return (*lines, *(shortened(printable(text), max(width, NARROWEST)) for text in _cautions(before, after)))


def _whole(before: Profile, after: Profile) -> list[_Whole]:
    runs = (before.baseline, after.baseline)
    found = [
        _Whole(change=_of_runs("CPU", [[usage.cpu_s for usage in side] for side in runs]), unit="seconds"),
        _Whole(change=_of_runs("wall", [[usage.wall_s for usage in side] for side in runs]), unit="seconds"),
        _Whole(
            change=_of_runs("resident peak", [[usage.max_rss_mib * MIB for usage in side] for side in runs]),
            unit="bytes",
        ),
        _Whole(change=_timed("GC", [side.gc.pause_s for side in (before, after)], before, after), unit="seconds"),
        _Whole(change=_timed("imports", [_imports_s(side) for side in (before, after)], before, after), unit="seconds"),
    ]
    if before.peak_bytes is not None and after.peak_bytes is not None:
        heap = Change(name="traced heap peak", before=before.peak_bytes, after=after.peak_bytes)
        found.insert(3, _Whole(change=heap, unit="bytes"))
    return [each for each in found if each.change.before or each.change.after]


def _of_runs(name: str, sides: Sequence[Sequence[float]]) -> Change:
    """Compare the medians of plain runs; the error of each is half their range."""
    middles = [median(side or [0.0]) for side in sides]
    ranges = [(max(side) - min(side)) / 2 if side else 0.0 for side in sides]
    return Change(name=name, before=middles[0], after=middles[1], error=hypot(*ranges))


def _timed(name: str, seconds: Sequence[float], before: Profile, after: Profile) -> Change:
    """Compare what was timed in one run: its error is the spread of the plain runs."""
    errors = [baseline_spread(side) * value for side, value in zip((before, after), seconds, strict=True)]
    return Change(name=name, before=seconds[0], after=seconds[1], error=hypot(*errors))


def _imports_s(profile: Profile) -> float:
    return sum(each.self_s for each in profile.imports)


def _table(rows: Sequence[_Whole], width: int) -> tuple[str, ...]:
    return table_lines(
        (
            Column(title="", rows=tuple(each.change.name for each in rows), align="left"),
            Column(title="before", rows=tuple(value_text(each.change.before, each.unit) for each in rows)),
            Column(title="after", rows=tuple(value_text(each.change.after, each.unit) for each in rows)),
            Column(title="change", rows=tuple(_change_text(each.change) for each in rows)),
        ),
        width,
    )


def _change_text(change: Change) -> str:
    if change.within_noise:
        return "within noise" if change.error > 0 else NOTHING
    is_one_sided = not change.before or not change.after
    text = ("new" if change.after else "gone") if is_one_sided else f"{change.after / change.before - 1:+.0%}"
    if change.too_few:
        return f"{text} {TOO_FEW}"
    if is_one_sided or not change.error:
        return text
    return f"{text} ± {max(change.error / change.before, 0.01):.0%}"


def _cautions(before: Profile, after: Profile) -> Iterable[str]:
    if before.command != after.command:
        yield f"the commands differ: {before.command.text} / {after.command.text}"
    if before.interpreter.version != after.interpreter.version:
        versions = " / ".join(".".join(map(str, side.interpreter.version)) for side in (before, after))
        yield f"the interpreters differ ({versions}): GC figures can't be compared"
    if before.timed_out or after.timed_out:
        yield "a workload was stopped at its time limit: its figures end there"
    if (before.memory_pass is None) != (after.memory_pass is None):
        yield "one profile has no memory pass: memory is resident growth on both sides"
