"""What changed between two profiles, one line a dimension. Pure."""

from collections.abc import Sequence
from typing import assert_never

from profiling.collect.delta import FunctionDelta, ImportDelta
from profiling.formats.changes import Change, Changes, ChangeUnit, changes
from profiling.formats.quantities import bytes_text

_SHOWN = 5


def delta_lines(deltas: Sequence[FunctionDelta], imports: Sequence[ImportDelta] = ()) -> tuple[str, ...]:
    """Return the largest changes, one line a dimension that has any; what the errors explain is said to be noise."""
    return tuple(f"  {each.title}: {_line(each)}" for each in changes(deltas, imports))


def value_text(value: float, unit: ChangeUnit) -> str:
    """Return one figure in its unit, alike on both sides of a change."""
    match unit:
        case "seconds":
            return f"{value:.3f}s"
        case "bytes":
            return bytes_text(value)
        case "calls":
            return f"{value:,.0f}"
        case _:
            assert_never(unit)


def _line(each: Changes) -> str:
    if each.beyond_noise:
        return ", ".join(_text(change, each.unit) for change in each.beyond_noise[:_SHOWN])
    return f"nothing beyond noise; largest: {_text(each.within_noise[0], each.unit)}, within noise"


def _text(change: Change, unit: ChangeUnit) -> str:
    text = f"{change.name} {value_text(change.before, unit)} → {value_text(change.after, unit)}"
    if change.too_few:
        return f"{text} (too few samples)"
    return f"{text} (± {value_text(change.error, unit)})" if change.error > 0 else text
