"""The unified target table, as text."""

from collections import Counter
from collections.abc import Iterable, Sequence

from profiling.model import Domain
from profiling.target import InteractionKind, Target

MOST_ROWS = 12
_LONGEST_NAME = 48
_HEADER = ("Function", "CPU %", "Mem MiB", "GC", "Async", "Domains", "Priority")
_DOMAINS = {Domain.CPU: "CPU", Domain.MEMORY: "Mem", Domain.ASYNC: "Async", Domain.STRUCTURE: "Import"}
_NONE = "-"


def unified_targets_lines(targets: Sequence[Target]) -> tuple[str, ...]:
    """Return the table: a header, at most 12 rows in the order given, and how many more there are.

    `~` marks what rests on too few samples or was not recorded; targets that no fix may touch have no priority.
    """
    if not targets:
        return ("no target: nothing is over a threshold",)
    rows = [_HEADER, *_rows(targets)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    return (*lines, *_notes(targets))


def _rows(targets: Sequence[Target]) -> Iterable[tuple[str, ...]]:
    rank = 0
    names = Counter(target.key.qualname for target in targets[:MOST_ROWS])
    for target in targets[:MOST_ROWS]:
        rank += target.actionable
        yield (
            _name(target, is_unique=names[target.key.qualname] == 1),
            _cpu(target),
            f"+{target.memory_mib:.0f}" if target.memory_mib >= 0.5 else _NONE,
            _seconds(target.gc_s),
            _seconds(target.loop_s),
            _domains(target),
            _priority(target, rank),
        )


def _name(target: Target, *, is_unique: bool) -> str:
    """Return the function's name, with its place where several share it; of a module body the place alone."""
    key = target.key
    if key.qualname == "<module>":
        name = key.place
    elif is_unique:
        name = key.qualname
    else:
        name = f"{key.place} {key.qualname}"
    if Domain.STRUCTURE in target.domains and target.import_s > 0:
        name = f"{name} (imports {'~' if target.uncertain else ''}{target.import_s * 1000:.0f}ms)"
    shown = "".join(character if character.isprintable() and character != "|" else "?" for character in name)
    return shown if len(shown) <= _LONGEST_NAME else f"…{shown[1 - _LONGEST_NAME :]}"


def _domains(target: Target) -> str:
    """Return the domains; where a library is the ceiling, structure and CPU are one matter."""
    if InteractionKind.LIBRARY_CEILING not in target.interactions:
        return "+".join(_DOMAINS[domain] for domain in target.domains) or _NONE
    others = [_DOMAINS[domain] for domain in target.domains if domain not in {Domain.CPU, Domain.STRUCTURE}]
    return "+".join(["Structure\u00d7CPU", *others])


def _cpu(target: Target) -> str:
    if target.cpu_s <= 0:
        return _NONE
    share = "<1%" if target.cpu_share < 0.005 else f"{target.cpu_share:.0%}"
    return f"~{share}" if target.uncertain else share


def _seconds(seconds: float) -> str:
    if seconds < 0.0005:
        return _NONE
    return f"{seconds:.1f}s" if seconds >= 0.1 else f"{seconds * 1000:.0f}ms"


def _priority(target: Target, rank: int) -> str:
    if not target.actionable:
        return _NONE
    return f"{rank} (multi)" if len(target.domains) > 1 else str(rank)


def _notes(targets: Sequence[Target]) -> Iterable[str]:
    hidden = len(targets) - MOST_ROWS
    if hidden > 0:
        yield f"… {hidden} more"
    if any(target.uncertain and (target.cpu_s > 0 or target.import_s > 0) for target in targets[:MOST_ROWS]):
        yield "~ uncertain: fewer than 30 samples, or use not recorded"
