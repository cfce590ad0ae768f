"""How a measured effect reads, the same in status lines, commits and records."""

from collections.abc import Mapping

from profiling.comparison import Comparison, Measurement
from profiling.measure.call_evidence import CallEvidence
from profiling.model import Dimension

DIMENSION_ORDER = (
    Dimension.CPU_S,
    Dimension.WALL_S,
    Dimension.THROUGHPUT,
    Dimension.LOOP_BLOCK_S,
    Dimension.PEAK_MIB,
    Dimension.GC_COLLECTIONS,
    Dimension.GC_S,
    Dimension.IMPORT_S,
)
_NAMES: Mapping[Dimension, str] = {
    Dimension.CPU_S: "CPU",
    Dimension.WALL_S: "Wall",
    Dimension.PEAK_MIB: "Memory",
    Dimension.GC_S: "GC",
    Dimension.GC_COLLECTIONS: "GC",
    Dimension.LOOP_BLOCK_S: "Loop",
    Dimension.THROUGHPUT: "Throughput",
    Dimension.IMPORT_S: "Import",
}
_UNITS: Mapping[Dimension, str] = {
    Dimension.PEAK_MIB: " MiB",
    Dimension.GC_COLLECTIONS: " collections",
    Dimension.THROUGHPUT: "/s",
}
_TIMES = frozenset({Dimension.CPU_S, Dimension.WALL_S, Dimension.GC_S, Dimension.LOOP_BLOCK_S, Dimension.IMPORT_S})


def effect_lines(measurement: Measurement) -> tuple[str, ...]:
    """Return one line for the target dimension and one for every other that changed beyond its threshold."""
    shown = [measurement.comparisons[name] for name in DIMENSION_ORDER if name in measurement.comparisons]
    moved = [one for one in shown if one.dimension is measurement.decided_on or one.improved or one.regressed]
    return tuple(map(effect_line, moved))


def measured_lines(measurement: Measurement | None, calls: CallEvidence | None) -> tuple[str, ...]:
    """Return the lines of an experiment: its function's own calls, where these were measured, then the workload's."""
    own = calls.measurement.comparisons.get(calls.measurement.decided_on) if calls is not None else None
    first = (f"Own calls: {effect_line(own)}",) if own is not None else ()
    return (*first, *(effect_lines(measurement) if measurement is not None else ()))


def effect_line(one: Comparison) -> str:
    """Return `CPU: 0.82s → 0.68s (17% faster) 0.83x [0.81, 0.85], 9 pairs`."""
    change = f"{amount(one.base_median, one.dimension)} → {amount(one.change_median, one.dimension)}"
    interval = f"{one.ratio:.2f}x [{one.low:.2f}, {one.high:.2f}], {one.pairs} pairs"
    return f"{_NAMES[one.dimension]}: {change} ({abs(one.gain):.0%} {_word(one)}) {interval}"


def count_text(experiments: int, kept: int) -> str:
    """Return `3 experiments, 1 kept`."""
    return f"{experiments} experiment{'' if experiments == 1 else 's'}, {kept} kept"


def amount(value: float, dimension: Dimension) -> str:
    """Return `0.82s`, `41.2 MiB`, `23 collections`."""
    return f"{figure(value)}{_UNITS.get(dimension, 's')}"


def figure(value: float) -> str:
    """Return three significant digits, whole numbers from 100 on."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _word(one: Comparison) -> str:
    if one.dimension in _TIMES:
        return "faster" if one.gain >= 0 else "slower"
    if one.dimension.lower_is_better:
        return "less" if one.gain >= 0 else "more"
    return "more" if one.gain >= 0 else "less"
