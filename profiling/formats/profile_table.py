"""The unified profile as tables for a terminal: functions first, then imports, libraries, waits and more. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

from profiling.collect.uncertainty import ENOUGH_SAMPLES, waiting_error_s
from profiling.formats.columns import NOTHING, Column, table_lines
from profiling.formats.quantities import MIB, percent_text, sampled_share_text, seconds_text
from profiling.model import FunctionKey
from profiling.profile import CacheProfile, FunctionProfile, ImportProfile, Profile

_MOST_FUNCTIONS = 15
_MOST_ROWS = 8
_SMALLEST_SHARE = 0.01
_SMALLEST_IMPORT_S = 0.005
_SMALLEST_S = 0.0005
_SMALLEST_MEMORY = MIB // 20


def profile_table(profile: Profile, width: int) -> tuple[str, ...]:
    """Return the tables, no line wider than `width`; what nothing was seen of has none.

    Columns leave in this order where there is no room: samples, µs a call, total, where, calls, waiting, GC, memory.

    Args:
        profile: of any completeness.
        width: of the terminal, in characters; below 40 it counts as 40.
    """
    sections = (
        ("functions", _functions(profile), _hidden_functions(profile)),
        ("imports over 5 ms", _imports(profile), _more(_dear(profile.imports))),
        ("libraries", _libraries(profile), _more(profile.libraries)),
        ("waits", _waits(profile), _more([wait for each in profile.functions for wait in each.waits])),
        ("event loop", _loop(profile), _more(_on_loop(profile))),
        ("caches", _caches(profile), _more(profile.caches)),
        ("hottest edges", _edges(profile), _more(profile.edges)),
    )
    lines: list[str] = []
    for title, columns, hidden in sections:
        if columns and columns[0].rows:
            rows = table_lines([columns[0], *columns[1:]], width)
            lines += [*([""] if lines else []), f"{title}:", *rows, *([f"… {hidden} more"] if hidden > 0 else [])]
    return tuple(lines) or ("nothing of the project was seen running",)


def function_names(functions: Iterable[FunctionKey]) -> dict[FunctionKey, str]:
    """Return each function's shortest name that tells it apart: with its place where several share it."""
    keys = tuple(functions)
    counts = Counter(key.qualname for key in keys)
    return {key: _name(key, is_unique=counts[key.qualname] == 1) for key in keys}


def _name(key: FunctionKey, *, is_unique: bool) -> str:
    if key.qualname == "<module>":
        return f"{key.file} (module body)"
    return key.qualname if is_unique else f"{key.qualname} ({key.place})"


def _functions(profile: Profile) -> Sequence[Column]:
    shown = _notable(profile)[:_MOST_FUNCTIONS]
    shown = sorted(shown, key=lambda each: (-each.cpu_self_s, -_memory(each, profile), each.key))
    names = function_names(each.key for each in profile.functions)
    traced = profile.memory_pass is not None
    return (
        Column(title="function", rows=tuple(names[each.key] for each in shown), align="left"),
        Column(title="CPU self", rows=tuple(_self_share(each, profile) for each in shown)),
        Column(title="total", rows=tuple(_total_share(each, profile) for each in shown), leaves=6),
        Column(title="waiting", rows=tuple(_seconds(each.wall_blocked_s) for each in shown), leaves=3),
        Column(title="GC", rows=tuple(_collections(each) for each in shown), leaves=2),
        Column(
            title="peak MiB" if traced else "growth MiB",
            rows=tuple(_mib(_memory(each, profile)) for each in shown),
            leaves=1,
        ),
        Column(title="calls", rows=tuple(_count(each.calls) for each in shown), leaves=4),
        Column(title="µs a call", rows=tuple(_per_call(each) for each in shown), leaves=7),
        Column(title="samples", rows=tuple(_count(each.samples_self) for each in shown), leaves=8),
        Column(title="where", rows=tuple(each.key.place for each in shown), align="left", leaves=5),
    )


def _notable(profile: Profile) -> list[FunctionProfile]:
    """Return the functions with at least 1% of anything, by their largest share of it."""
    wholes = (
        profile.cpu_sampled_s,
        sum(each.wall_blocked_s for each in profile.functions),
        sum(each.gc_pause_s for each in profile.functions),
        sum(_memory(each, profile) for each in profile.functions),
    )

    def share(each: FunctionProfile) -> float:
        parts = (each.cpu_self_s, each.wall_blocked_s, each.gc_pause_s, _memory(each, profile))
        return max(part / whole if whole > 0 else 0.0 for part, whole in zip(parts, wholes, strict=True))

    notable = [each for each in profile.functions if share(each) >= _SMALLEST_SHARE]
    return sorted(notable, key=lambda each: (-share(each), each.key))


def _hidden_functions(profile: Profile) -> int:
    return len(_notable(profile)) - _MOST_FUNCTIONS


def _more(rows: Sequence[object]) -> int:
    return len(rows) - _MOST_ROWS


def _self_share(each: FunctionProfile, profile: Profile) -> str:
    if each.cpu_self_s <= 0:
        return NOTHING
    return sampled_share_text(min(1.0, each.cpu_self_s / profile.cpu_sampled_s), each.samples_self)


def _total_share(each: FunctionProfile, profile: Profile) -> str:
    return percent_text(min(1.0, each.cpu_total_s / profile.cpu_sampled_s)) if each.cpu_total_s > 0 else NOTHING


def _collections(each: FunctionProfile) -> str:
    return f"{seconds_text(each.gc_pause_s)} ({each.gc_collections})" if each.gc_collections else NOTHING


def _memory(each: FunctionProfile, profile: Profile) -> int:
    return max(0, each.rss_growth_bytes if profile.memory_pass is None else each.peak_owned_bytes or 0)


def _per_call(each: FunctionProfile) -> str:
    """Return its own CPU per call, where both are known well enough to divide."""
    if not each.calls or each.samples_self < ENOUGH_SAMPLES:
        return NOTHING
    micros = each.cpu_self_s / each.calls * 1e6
    return f"{micros:,.0f}" if micros >= 100 else f"{micros:.2f}"


def _imports(profile: Profile) -> Sequence[Column]:
    shown = _dear(profile.imports)[:_MOST_ROWS]
    used = {True: "yes", False: "no", None: "?"}
    return (
        Column(title="module", rows=tuple(each.module for each in shown), align="left"),
        Column(title="own", rows=tuple(seconds_text(each.self_s) for each in shown), leaves=1),
        Column(title="total", rows=tuple(seconds_text(each.total_s) for each in shown)),
        Column(title="used", rows=tuple(used[each.executed] for each in shown), align="left", leaves=2),
        Column(title="imported at", rows=tuple(_importer(each) for each in shown), align="left", leaves=3),
    )


def _dear(imports: Sequence[ImportProfile]) -> list[ImportProfile]:
    return [each for each in imports if each.total_s >= _SMALLEST_IMPORT_S]


def _importer(each: ImportProfile) -> str:
    return NOTHING if each.importer_file is None else f"{each.importer_file}:{each.importer_line}"


def _libraries(profile: Profile) -> Sequence[Column]:
    shown = profile.libraries[:_MOST_ROWS] if profile.cpu_sampled_s > 0 else ()
    return (
        Column(title="library", rows=tuple(each.name for each in shown), align="left"),
        Column(title="CPU", rows=tuple(percent_text(min(1.0, each.cpu_s / profile.cpu_sampled_s)) for each in shown)),
        Column(title="seconds", rows=tuple(seconds_text(each.cpu_s) for each in shown), leaves=1),
    )


def _waits(profile: Profile) -> Sequence[Column]:
    names = function_names(each.key for each in profile.functions)
    found = sorted(
        ((wait, each.key) for each in profile.functions for wait in each.waits),
        key=lambda pair: (-pair[0].seconds, pair[1], pair[0].line),
    )[:_MOST_ROWS]
    errors = tuple(f"{seconds_text(wait.seconds)} ± {seconds_text(waiting_error_s(wait.seconds))}" for wait, _ in found)
    return (
        Column(title="function", rows=tuple(names[key] for _, key in found), align="left"),
        Column(title="waited", rows=errors),
        Column(title="on a loop", rows=tuple(_seconds(wait.on_loop) for wait, _ in found), leaves=1),
        Column(title="in", rows=tuple(wait.library or "itself" for wait, _ in found), align="left", leaves=2),
        Column(title="at", rows=tuple(f"{key.file}:{wait.line}" for wait, key in found), align="left", leaves=3),
    )


def _loop(profile: Profile) -> Sequence[Column]:
    names = function_names(each.key for each in profile.functions)
    shown = _on_loop(profile)[:_MOST_ROWS]
    return (
        Column(title="held the loop", rows=tuple(names[each.key] for each in shown), align="left"),
        Column(title="seconds", rows=tuple(_seconds(_held_s(each)) for each in shown)),
        Column(title="without CPU", rows=tuple(_seconds(each.loop_blocked_s) for each in shown), leaves=2),
        Column(title="longest", rows=tuple(_seconds(each.loop_longest_s) for each in shown), leaves=3),
        Column(title="others waited", rows=tuple(_seconds(each.loop_others_waited_s) for each in shown), leaves=1),
    )


def _on_loop(profile: Profile) -> list[FunctionProfile]:
    held = [each for each in profile.functions if _held_s(each) >= _SMALLEST_S]
    return sorted(held, key=lambda each: (-_held_s(each), each.key))


def _held_s(each: FunctionProfile) -> float:
    return each.loop_cpu_s + each.loop_blocked_s


def _edges(profile: Profile) -> Sequence[Column]:
    names = function_names(each.key for each in profile.functions)
    shown = sorted(profile.edges, key=lambda edge: (-edge.calls, edge.caller, edge.callee))[:_MOST_ROWS]
    pairs = (
        (names.get(edge.caller, edge.caller.qualname), names.get(edge.callee, edge.callee.qualname)) for edge in shown
    )
    return (
        Column(title="caller → callee", rows=tuple(f"{caller} → {callee}" for caller, callee in pairs), align="left"),
        Column(title="calls", rows=tuple(_count(edge.calls) for edge in shown)),
    )


def _caches(profile: Profile) -> Sequence[Column]:
    names = function_names({*(each.key for each in profile.functions), *(each.key for each in profile.caches)})
    shown = profile.caches[:_MOST_ROWS]
    return (
        Column(title="cache", rows=tuple(names[each.key] for each in shown), align="left"),
        Column(title="hit rate", rows=tuple(percent_text(each.hit_rate) for each in shown)),
        Column(title="hits", rows=tuple(_count(each.hits) for each in shown), leaves=1),
        Column(title="misses", rows=tuple(_count(each.misses) for each in shown), leaves=2),
        Column(title="entries", rows=tuple(_entries(each) for each in shown), leaves=3),
    )


def _entries(each: CacheProfile) -> str:
    return f"{each.entries:,} of {each.limit:,}" if each.limit is not None else f"{each.entries:,}"


def _seconds(value_s: float) -> str:
    return seconds_text(value_s) if value_s >= _SMALLEST_S else NOTHING


def _mib(size: int) -> str:
    return f"{size / MIB:,.1f}" if size >= _SMALLEST_MEMORY else NOTHING


def _count(count: int | None) -> str:
    return f"{count:,}" if count else NOTHING
