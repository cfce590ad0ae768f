"""What each importing line costs that the workload had no use for."""

from collections.abc import Sequence
from dataclasses import dataclass

from profiling.profile import ImportProfile

_DEEPEST = 200
"""Imports nested deeper are counted whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """One line that imports.

    Attributes:
        file: of the line, relative to the root.
        line: 1-based.
        modules: imported through it, in the order of their cost.
        unused_s: seconds spent on modules from which no function ran; an upper bound of what deferring saves.
        recorded: whether use was recorded for each of them; where it was not, it counts as unused.
    """

    file: str
    line: int
    modules: tuple[str, ...]
    unused_s: float
    recorded: bool


def import_lines(imports: Sequence[ImportProfile]) -> tuple[ImportLine, ...]:
    """Return every importing line, costliest first.

    Args:
        imports: as profiled; those that the interpreter started itself have no line.
    """
    grouped: dict[tuple[str, int], list[ImportProfile]] = {}
    for module in imports:
        if module.importer_file is not None and module.importer_line is not None:
            grouped.setdefault((module.importer_file, module.importer_line), []).append(module)
    children: dict[str, list[ImportProfile]] = {}
    for module in imports:
        if module.importer_file is not None:
            children.setdefault(module.importer_file, []).append(module)
    lines = [
        ImportLine(
            file=file,
            line=line,
            modules=tuple(module.module for module in sorted(modules, key=lambda one: (-one.total_s, one.module))),
            unused_s=_together([(module.module, _unused_s(module, children, frozenset())) for module in modules]),
            recorded=all(module.executed is not None for module in modules),
        )
        for (file, line), modules in grouped.items()
    ]
    return tuple(sorted(lines, key=lambda one: (-one.unused_s, one.file, one.line)))


def _unused_s(module: ImportProfile, children: dict[str, list[ImportProfile]], above: frozenset[str]) -> float:
    """Return the module's seconds less those of modules below it that ran."""
    if module.executed is True:
        return 0.0
    if module.file is None or module.file in above or len(above) > _DEEPEST:
        return module.total_s
    needed = [
        child.total_s - _unused_s(child, children, above | {module.file})
        for child in children.get(module.file, ())
        if child.module != module.module
    ]
    return max(module.total_s - sum(needed), 0.0)


def _together(seconds: list[tuple[str, float]]) -> float:
    """Add up the modules of one line.

    `import a.b` reports a and a.b, and the seconds of a.b hold those of a; `from a import b` reports the same two, one
    after the other. Not knowing which, the smaller reading is taken.
    """
    names = [name for name, _ in seconds]
    leaves = sum(cost for name, cost in seconds if not any(other.startswith(f"{name}.") for other in names))
    return max([leaves, *(cost for _, cost in seconds)])
