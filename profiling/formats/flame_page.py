"""What the flame graph's page is told of a profile, as JSON: the tree, the facts, the table. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import hypot

from profiling.collect.uncertainty import (
    ENOUGH_SAMPLES,
    baseline_cpu_s,
    baseline_spread,
    cpu_error_s,
    gc_error_s,
    waiting_error_s,
)
from profiling.formats.flame_tree import Kind, Side, Tree, flame_tree, sums
from profiling.formats.quantities import MIB, seconds_text
from profiling.formats.weights import WEIGHTS, Weight
from profiling.profile import FunctionProfile, Profile

_MICRO = 1e6
_MOST_CHANGES = 12
_FEW_SAMPLES = 1000
_SMALLEST_S = 0.001
_SMALLEST_BYTES = MIB // 16
_NOT_SEEN = {
    "cpu": "no CPU was sampled in project code",
    "wall": "no time was sampled in project code",
    "waiting": "the project was never seen waiting",
    "gc": "no collection was triggered in project code",
    "memory": "no memory pass, or nothing of the peak is the project's",
    "resident": "the process was not seen growing in project code",
}


def page_data(profile: Profile, title: str, before: Profile | None) -> Mapping[str, object]:
    """Return what the page draws; seconds are whole microseconds, memory whole bytes.

    Args:
        profile: the later one.
        title: of the page.
        before: the one it is compared with, if any.
    """
    tree = flame_tree(profile, before)
    functions = _functions(tree, profile, before)
    after, earlier = sums(tree.after.values()), sums(tree.before.values())
    return {
        "title": title,
        "facts": _facts(profile),
        "factsBefore": None if before is None else _facts(before),
        "warnings": _warnings(profile, before, tree),
        "notes": list(profile.notes),
        "dimensions": [_dimension(each, index, after, earlier) for index, each in enumerate(WEIGHTS)],
        "samples": profile.samples,
        "samplesBefore": None if before is None else before.samples,
        "spread": baseline_spread(profile),
        "spreadBefore": 0.0 if before is None else baseline_spread(before),
        "longestPause": round(profile.gc.max_pause_s * _MICRO),
        "longestPauseBefore": 0 if before is None else round(before.gc.max_pause_s * _MICRO),
        "enough": ENOUGH_SAMPLES,
        "parents": tree.parents,
        "nodeFrames": tree.node_frames,
        "after": _columns(tree, tree.after),
        "before": None if before is None else _columns(tree, tree.before),
        "functions": functions,
        "isTraced": profile.memory_pass is not None,
        "changes": None if before is None else _changes(tree, profile, before),
        "frames": [[frame.name, frame.place, frame.kind.value] for frame in tree.frames],
    }


def _dimension(each: Weight, index: int, after: Side, before: Side) -> Mapping[str, object]:
    known = after.weights[index] > 0 or before.weights[index] > 0
    return {
        "name": each.dimension,
        "title": each.title,
        "unit": each.unit,
        "how": each.how,
        "reason": None if known else _NOT_SEEN[each.dimension],
    }


def _columns(tree: Tree, sides: Mapping[int, Side]) -> Mapping[str, object]:
    """Return a column a dimension, empty where nothing has weight in it, and the samples: one value a node."""
    nothing = Side()
    rows = [sides.get(node, nothing) for node in range(len(tree.parents))]
    columns = [
        [_whole(side.weights[index], each) for side in rows] if any(side.weights[index] for side in rows) else []
        for index, each in enumerate(WEIGHTS)
    ]
    return {"weights": columns, "samples": [side.samples for side in rows]}


def _whole(value: float, each: Weight) -> int:
    return round(value * _MICRO) if each.unit == "seconds" else round(value)


def _facts(profile: Profile) -> Sequence[tuple[str, str]]:
    """Return label and text of what the figures rest on."""
    version = ".".join(map(str, profile.interpreter.version))
    build = ", free-threaded" if profile.interpreter.free_threaded else ""
    facts = [
        ("command", profile.command.text),
        ("interpreter", f"{profile.interpreter.implementation} {version}{build}"),
        ("samples", f"{profile.samples:,}"),
    ]
    plain_s = baseline_cpu_s(profile)
    if plain_s > 0:
        half_range = seconds_text(baseline_spread(profile) * plain_s)
        facts.append(("plain run", f"{seconds_text(plain_s)} ± {half_range} CPU, {len(profile.baseline)} runs"))
        ratio = profile.time_pass.cpu_s / plain_s
        facts.append(("cost of profiling", f"{ratio:.2f}x ± {baseline_spread(profile) * ratio:.2f} the plain CPU"))
    if profile.time_pass.cpu_s > 0:
        covered = min(1.0, profile.cpu_covered_s / profile.time_pass.cpu_s)
        text = f"{seconds_text(profile.cpu_covered_s)} of {seconds_text(profile.time_pass.cpu_s)}"
        facts.append(("CPU covered", f"{covered:.0%} ({text})"))
    return facts


def _warnings(profile: Profile, before: Profile | None, tree: Tree) -> Sequence[str]:
    found = [_few_samples("this profile", profile)]
    if before is not None:
        found.append(_few_samples("the earlier profile", before))
        if before.command != profile.command:
            found.append(f"the commands differ; the earlier one was: {before.command.text}")
        if before.interpreter.version != profile.interpreter.version:
            found.append("the interpreters differ: GC figures can't be compared")
    if profile.timed_out:
        found.append("the workload was stopped at its time limit, where all figures end")
    if tree.left_out:
        found.append(f"{tree.left_out:,} frames under 0.05% of everything are drawn as “(too small to draw)”")
    return [text for text in found if text]


def _few_samples(which: str, profile: Profile) -> str:
    if profile.samples < ENOUGH_SAMPLES:
        return f"too few samples: {which} rests on {profile.samples}; nothing in it can be ranked"
    if profile.samples < _FEW_SAMPLES:
        return f"few samples: {which} rests on {profile.samples}; a longer workload gives smaller errors"
    return ""


def _functions(tree: Tree, profile: Profile, before: Profile | None) -> Sequence[Sequence[int | None]]:
    """Return the table's rows.

    Each: frame, own CPU, samples behind it, CPU with callees, waiting, GC, memory, calls, own CPU before, and how large
    a change of it is noise (both None when nothing is compared).
    """
    earlier: defaultdict[int, list[FunctionProfile]] = defaultdict(list)
    for function in () if before is None else before.functions:
        if _is_notable(function):
            earlier[tree.function(function.key)].append(function)
    rows: dict[int, list[int | None]] = {}
    for function in profile.functions:
        if _is_notable(function):
            row = _row(tree, function)
            rows.setdefault(int(row[0] or 0), row)
    for frame in earlier:
        rows.setdefault(frame, [frame, 0, 0, 0, 0, 0, 0, None])
    if before is None:
        return [[*row, None, None] for row in rows.values()]
    return [[*row, *_compared(row, earlier[frame], profile, before)] for frame, row in rows.items()]


def _is_notable(function: FunctionProfile) -> bool:
    seconds = (function.cpu_total_s * 10, function.wall_blocked_s, function.gc_pause_s)
    memory = (function.peak_owned_bytes or 0, function.rss_growth_bytes)
    return max(seconds) >= _SMALLEST_S or max(memory) >= _SMALLEST_BYTES


def _row(tree: Tree, function: FunctionProfile) -> list[int | None]:
    seconds = (function.cpu_total_s, function.wall_blocked_s, function.gc_pause_s)
    memory = function.rss_growth_bytes if function.peak_owned_bytes is None else function.peak_owned_bytes
    return [
        tree.function(function.key),
        round(function.cpu_self_s * _MICRO),
        function.samples_self,
        *(round(value * _MICRO) for value in seconds),
        max(0, memory),
        function.calls,
    ]


def _compared(
    row: Sequence[int | None], olds: Sequence[FunctionProfile], profile: Profile, before: Profile
) -> tuple[int, int]:
    cpu_s, samples = sum(old.cpu_self_s for old in olds), sum(old.samples_self for old in olds)
    after_s = (row[1] or 0) / _MICRO
    error_s = hypot(
        cpu_error_s(cpu_s, samples, before),
        cpu_error_s(after_s, row[2] or 0, profile),
        baseline_spread(before) * cpu_s,
        baseline_spread(profile) * after_s,
    )
    if max(samples, row[2] or 0) < ENOUGH_SAMPLES:
        error_s = max(error_s, cpu_s, after_s)
    return round(cpu_s * _MICRO), round(error_s * _MICRO)


def _changes(tree: Tree, profile: Profile, before: Profile) -> Sequence[Sequence[Sequence[int]]]:
    """Return for each dimension the largest changes of what functions weigh themselves.

    Each: frame, before, after, how large a change is noise.
    """
    olds, news = _by_owner(tree, tree.before), _by_owner(tree, tree.after)
    pairs = {frame: (olds.get(frame) or Side(), news.get(frame) or Side()) for frame in {*olds, *news}}
    return [_largest(pairs, index, profile, before) for index in range(len(WEIGHTS))]


def _by_owner(tree: Tree, sides: Mapping[int, Side]) -> Mapping[int, Side]:
    """Return what each function weighs itself; a library's weight belongs to the function above it."""
    owned: defaultdict[int, Side] = defaultdict(Side)
    for node, side in sides.items():
        is_library = tree.frames[tree.node_frames[node]].kind is Kind.LIBRARY
        frame = tree.node_frames[tree.parents[node] if is_library else node]
        if tree.frames[frame].kind is Kind.PROJECT:
            owned[frame].add(side)
    return owned


def _largest(
    pairs: Mapping[int, tuple[Side, Side]], index: int, profile: Profile, before: Profile
) -> Sequence[Sequence[int]]:
    each = WEIGHTS[index]
    rows = []
    for frame, (old, new) in pairs.items():
        if old.weights[index] != new.weights[index]:
            error = hypot(_error(old, index, before), _error(new, index, profile))
            if each.dimension == "cpu" and max(old.samples, new.samples) < ENOUGH_SAMPLES:
                error = max(error, old.weights[index], new.weights[index])
            rows.append([frame, *(_whole(value, each) for value in (old.weights[index], new.weights[index], error))])
    rows.sort(key=lambda row: (-abs(row[2] - row[1]), row[0]))
    return rows[:_MOST_CHANGES]


def _error(side: Side, index: int, profile: Profile) -> float:
    """Return two standard errors of one figure, with the spread of the plain runs."""
    value = side.weights[index]
    spread = baseline_spread(profile) * value
    match WEIGHTS[index].dimension:
        case "cpu":
            return hypot(cpu_error_s(value, side.samples, profile), spread)
        case "wall" | "waiting":
            return hypot(waiting_error_s(value), spread)
        case "gc":
            return hypot(gc_error_s(value, profile), spread)
        case _:
            return 0.0
