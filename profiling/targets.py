"""The unified target table: which functions and imports are worth looking at, and in which domains."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from profiling.imports import ImportLine, import_lines
from profiling.model import Domain, FunctionKey
from profiling.profile import FunctionProfile, ImportProfile, Profile
from profiling.target import Interaction, InteractionKind, Target

CPU_SHARE = 0.01
MEMORY_MIB = 2.0
LATENCY_S = 0.005
IMPORT_S = 0.002
"""Thresholds above which a target is actionable (docs/deciding.md; imports: docs/recipes.md)."""

FEWEST_SAMPLES = 30
"""Below this many samples a share is too uncertain to rank on."""

MODULE_BODY = "<module>"
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whole:
    """What the workload costs: the denominators of the order."""

    cpu_s: float
    wall_s: float
    memory_mib: float


def build(
    profile: Profile,
    interactions: tuple[Interaction, ...],
    licensed: frozenset[FunctionKey],
    *,
    editable: Callable[[str], bool],
) -> tuple[Target, ...]:
    """Return the targets: actionable ones first, of these multi-domain ones first, then by their largest share.

    A row is there for what is over a threshold, joined by an interaction, or licensed; the rest of the profile is not.

    Args:
        profile: of the present base.
        interactions: found on it.
        licensed: functions and module bodies with a fix that exercised code allows, however small.
        editable: says whether a fix may touch a file; what it may not touch is shown and not actionable.
    """
    kinds: dict[FunctionKey, list[InteractionKind]] = {}
    for interaction in interactions:
        kinds.setdefault(interaction.key, []).append(interaction.kind)
    rows = _with_imports(
        [_of_function(function, profile) for function in profile.functions], import_lines(with_use(profile))
    )
    rows = _with_licences(_with_interactions(rows, kinds), licensed)
    table = [
        replace(row, actionable=editable(row.key.file) and (bool(row.domains) or row.key in licensed))
        for row in rows
        if row.domains or row.interactions or row.key in licensed
    ]
    whole = _whole(profile)
    return tuple(sorted(table, key=lambda target: _order(target, whole)))


def find(key: FunctionKey, targets: Sequence[Target]) -> Target | None:
    """Return the target a key means: the same place, else the first with its file and name.

    Lines may differ by a decorator, and module bodies have a row for each line that imports.
    """
    exact = next((target for target in targets if target.key == key), None)
    named = (one for one in targets if (one.key.file, one.key.qualname) == (key.file, key.qualname))
    return exact or next(named, None)


def memory_mib(function: FunctionProfile) -> float:
    """Return MiB of the heap's peak that are its own where the memory pass saw them, of resident growth otherwise."""
    seen = function.rss_growth_bytes if function.peak_owned_bytes is None else function.peak_owned_bytes
    return max(seen, 0) / _MIB


def with_use(profile: Profile) -> tuple[ImportProfile, ...]:
    """Return the imports; where use was not recorded, a module counts as used when time was seen in it.

    Time in a module body is the import itself. Of libraries only the top-level name is known.
    """
    functions = [function for function in profile.functions if function.key.qualname != MODULE_BODY]
    files = {function.key.file for function in functions if function.samples_total or function.calls}
    names = {library.name for function in functions for library in function.libraries}
    return tuple(
        replace(module, executed=True)
        if module.executed is None and (module.file in files or module.module.partition(".")[0] in names)
        else module
        for module in profile.imports
    )


def is_in_tree(file: str) -> bool:
    """Say whether a file of an import is one of the tree."""
    return not PurePosixPath(file).is_absolute() and not file.startswith("<")


def _of_function(function: FunctionProfile, profile: Profile) -> Target:
    whole_s = profile.cpu_sampled_s
    share = function.cpu_self_s / whole_s if whole_s > 0 else 0.0
    memory, loop_s = memory_mib(function), function.loop_cpu_s + function.loop_blocked_s
    over = (
        (Domain.CPU, share >= CPU_SHARE),
        (Domain.MEMORY, memory >= MEMORY_MIB),
        (Domain.ASYNC, loop_s >= LATENCY_S),
    )
    return Target(
        key=function.key,
        cpu_share=share,
        cpu_s=function.cpu_self_s,
        memory_mib=memory,
        gc_s=function.gc_pause_s,
        loop_s=loop_s,
        import_s=0.0,
        calls=function.calls,
        domains=tuple(domain for domain, is_over in over if is_over),
        interactions=(),
        actionable=False,
        uncertain=function.samples_self < FEWEST_SAMPLES,
    )


def _unseen(key: FunctionKey) -> Target:
    """Return the row of something that ran too briefly to be sampled."""
    return Target(
        key=key,
        cpu_share=0.0,
        cpu_s=0.0,
        memory_mib=0.0,
        gc_s=0.0,
        loop_s=0.0,
        import_s=0.0,
        calls=None,
        domains=(),
        interactions=(),
        actionable=False,
        uncertain=True,
    )


def _with_imports(rows: list[Target], lines: Iterable[ImportLine]) -> list[Target]:
    """Add the lines whose imports nobody used, to the module body's own row when that stands on the same line."""
    by_key = {row.key: row for row in rows}
    for line in lines:
        if line.unused_s < IMPORT_S or not is_in_tree(line.file):
            continue
        key = FunctionKey(file=line.file, first_line=line.line, qualname=MODULE_BODY)
        row = by_key.get(key, replace(_unseen(key), uncertain=False))
        by_key[key] = replace(
            row,
            import_s=line.unused_s,
            domains=(*row.domains, Domain.STRUCTURE),
            uncertain=row.uncertain or not line.recorded,
        )
    return list(by_key.values())


def _with_interactions(rows: list[Target], kinds: Mapping[FunctionKey, list[InteractionKind]]) -> list[Target]:
    """Name the interactions in their rows; one is added for what has none, a class for example."""
    by_key = {row.key: row for row in rows}
    for key, found in kinds.items():
        row = by_key.get(key) or replace(_unseen(key), uncertain=False)
        # What leads into a library that is the ceiling is a matter of structure as well: what is used of it.
        also = (Domain.STRUCTURE,) if InteractionKind.LIBRARY_CEILING in found else ()
        domains = tuple(dict.fromkeys((*row.domains, *also)))
        by_key[key] = replace(row, interactions=tuple(dict.fromkeys(found)), domains=domains)
    return list(by_key.values())


def _with_licences(rows: list[Target], licensed: Iterable[FunctionKey]) -> list[Target]:
    """Give every licensed place a row under its own key: proposers are asked by it.

    Where only the line differs the row is taken over; where nothing was seen one is added.
    """
    by_key = {row.key: row for row in rows}
    for key in sorted(licensed):
        if key not in by_key:
            row = find(key, list(by_key.values())) or _unseen(key)
            if row.key not in licensed:
                by_key.pop(row.key, None)
            by_key[key] = replace(row, key=key)
    return list(by_key.values())


def _whole(profile: Profile) -> _Whole:
    walls = sorted(usage.wall_s for usage in profile.baseline) or [profile.time_pass.wall_s]
    peak = profile.peak_bytes / _MIB if profile.peak_bytes is not None else profile.time_pass.max_rss_mib
    return _Whole(cpu_s=profile.cpu_sampled_s, wall_s=walls[len(walls) // 2], memory_mib=peak)


def _order(target: Target, whole: _Whole) -> tuple[bool, bool, float, FunctionKey]:
    return (not target.actionable, len(target.domains) < 2, -_largest_share(target, whole), target.key)


def _largest_share(target: Target, whole: _Whole) -> float:
    """Return the largest share (0 to 1) the target has of any resource: what there is to gain at most."""
    parts = (
        (target.cpu_s, whole.cpu_s),
        (target.memory_mib, whole.memory_mib),
        (target.loop_s, whole.wall_s),
        (target.import_s, whole.wall_s),
    )
    return max((min(part / of, 1.0) for part, of in parts if of > 0), default=0.0)
