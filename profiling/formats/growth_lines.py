"""How cost grows, as the lines a person reads. Pure."""

import math
from collections.abc import Callable, Iterator, Sequence

from profiling.growth import Exponent, FunctionGrowth, Growth, GrowthPoint, Projection
from profiling.model import FunctionKey
from profiling.scaling.noise import FEWEST_SAMPLES
from profiling.scaling.template import size_text

_MOST_ROWS = 12
_LONGEST_NAME, _SHORTEST_PLACE = 48, 8
_WIDE = 1.5
_NAMES = ("constant", "linear", "quadratic", "cubic")
_LABELS = ("constant", "linear or n log n", "quadratic", "cubic")
_BELOW, _ABOVE = 0.25, 0.3
"""How far an interval may reach out of a whole power and still be called by it: n log n is 1.0 to 1.25."""
_VAGUE = 30
"""A projection whose ends are further apart than that says nothing but its lower end."""
_GIB_MIB = 1024


def growth_lines(growth: Growth) -> tuple[str, ...]:
    """Return the whole's lines, the table of functions, and what a steep one means; without the leading tag."""
    sizes = ", ".join(size_text(point.size) for point in growth.points)
    rounds = f"{growth.rounds} round{'s' if growth.rounds != 1 else ''}"
    costs = ", ".join(_seconds(point.cpu_s) for point in growth.points)
    lines = [
        f"  {growth.template} at {sizes} ({rounds}; stopped: {growth.ended})",
        f"  CPU: {costs}; {_told(growth.exponent, growth.reason)}{_bent(growth.bends)}",
        *_beyond(growth),
    ]
    if growth.peaks:
        peaks = ", ".join(_mib(peak.peak_mib) for peak in growth.peaks)
        lines.append(f"  Peak memory: {peaks}; {_told(growth.peak_exponent, growth.peak_reason)}")
    if growth.peak_projected is not None:
        at = size_text(growth.peak_projected.size)
        lines.append(f"  Peak memory at {at} if it goes on so: {_span(growth.peak_projected, _mib)}")
    return (*lines, *_table(growth), *_steep(growth))


def word(exponent: Exponent) -> str:
    """Return what the growth is called, by all of its interval."""
    if exponent.high < -_BELOW:
        return "falling"
    low, high = max(0, math.floor(exponent.low + _BELOW)), max(0, math.ceil(exponent.high - _ABOVE))
    if low >= len(_NAMES):
        return "more than cubic, perhaps exponential"
    if exponent.high - exponent.low > _WIDE:
        return "can't tell: the interval is wide"
    if low >= high:
        return _LABELS[low]
    return f"between {_NAMES[low]} and {_NAMES[high]}" if high < len(_NAMES) else f"{_NAMES[low]} or more"


def exponent_text(exponent: Exponent) -> str:
    """Return an exponent with its interval: `2.0 [1.9, 2.1]`."""
    return " ".join((_power(exponent.value), f"[{_power(exponent.low)}, {_power(exponent.high)}]"))


def _power(value: float) -> str:
    """Return a power with one digit, never as -0.0."""
    return f"{round(value, 1) + 0.0:.1f}"


def _told(exponent: Exponent | None, reason: str) -> str:
    if exponent is None:
        return f"no exponent: {reason}"
    return f"exponent {exponent_text(exponent)}: {word(exponent)}"


def _bent(bends: bool) -> str:  # noqa: FBT001 - the one thing it is about
    return ", but bends: sizes differ in kind" if bends else ""


def _beyond(growth: Growth) -> Iterator[str]:
    if growth.fixed is not None:
        yield f"  CPU that does not depend on the size: {_span(growth.fixed, _seconds)}"
    if growth.projected is not None:
        yield f"  CPU at {size_text(growth.projected.size)} if it goes on so: {_span(growth.projected, _seconds)}"


def _span(projection: Projection, text: Callable[[float], str]) -> str:
    if projection.size and not projection.high <= _VAGUE * projection.low:
        return f"can't tell, at least {text(projection.low)}"
    return f"{text(projection.value)} [{text(projection.low)}, {text(projection.high)}]"


def _table(growth: Growth) -> Iterator[str]:
    if not growth.points:
        return
    sizes = [point.size for point in growth.points]
    shown = _shown(growth)
    header = ("Function", *map(size_text, sizes), "Exponent", "Growth", f"At {size_text(10 * sizes[-1])}")
    rows = [header, *(_row(function, sizes) for function in shown)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows if shown else ():
        yield f"  | {' | '.join(map(str.ljust, row, widths))} |"
    hidden = len(growth.functions) - len(shown)
    if hidden > 0:
        yield f"  … {hidden} more, cheaper or with too few samples"
    if any(point.samples < FEWEST_SAMPLES for each in shown for point in each.points):
        yield f"  ~ fewer than {FEWEST_SAMPLES} samples: not used for the exponent"


def _shown(growth: Growth) -> tuple[FunctionGrowth, ...]:
    """Return the functions worth a row: of the largest size enough samples were seen."""
    seen = [each for each in growth.functions if each.points and each.points[-1].samples >= FEWEST_SAMPLES]
    return tuple(seen[:_MOST_ROWS])


def _row(function: FunctionGrowth, sizes: Sequence[float]) -> tuple[str, ...]:
    points = {point.size: point for point in function.points}
    exponent = function.exponent
    mark = "! " if exponent is not None and exponent.is_steep else ""
    return (
        f"{mark}{_name(function.key)}",
        *(_cost(points.get(size)) for size in sizes),
        "-" if exponent is None else exponent_text(exponent),
        f"can't tell: {function.reason}" if exponent is None else f"{word(exponent)}{_bent(function.bends)}",
        "-" if function.projected is None else _span(function.projected, _seconds),
    )


def _steep(growth: Growth) -> Iterator[str]:
    for function in _shown(growth):
        if function.exponent is None or not function.exponent.is_steep:
            continue
        first, last = function.points[0], function.points[-1]
        yield (
            f"  ! {_name(function.key)} grows faster than linear: {first.share:.0%} of the CPU at size"
            f" {size_text(first.size)}, {last.share:.0%} at {size_text(last.size)}:"
            f" {'harmless only while data is small' if 2 * first.share < last.share else 'it costs at every size'}"
        )


def _name(key: FunctionKey) -> str:
    """Return name and place; of a long place its end, of a long name the name alone."""
    name, place = _printable(key.qualname), _printable(key.place)
    if name == "<module>":
        return _end(place, _LONGEST_NAME)
    room = _LONGEST_NAME - len(name) - len(" ()")
    return f"{name} ({_end(place, room)})" if room >= _SHORTEST_PLACE else _end(name, _LONGEST_NAME)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() and character != "|" else "?" for character in text)


def _end(text: str, room: int) -> str:
    return text if len(text) <= room else f"…{text[1 - room :]}"


def _cost(point: GrowthPoint | None) -> str:
    if point is None:
        return "-"
    return f"{'~' if point.samples < FEWEST_SAMPLES else ''}{_seconds(point.cpu_s)}"


def _seconds(value_s: float) -> str:
    if value_s >= 100:
        return f"{value_s:,.0f}s" if value_s < 1e7 else f"{value_s:.1e}s"
    return f"{value_s:.2f}s" if value_s >= 0.1 else f"{value_s * 1000:.1f}ms"


def _mib(value: float) -> str:
    return f"{value:.0f} MiB" if value < 10 * _GIB_MIB else f"{value / _GIB_MIB:,.0f} GiB"
