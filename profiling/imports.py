"""What each importing line costs that the workload had no use for."""

from collections.abc import Collection, Mapping, Sequence
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

    A module that another line imports as well is no cost of this one, unless that line is only reached through it.

    Args:
        imports: as profiled; those that the interpreter started itself have no line.
    """
    grouped: dict[tuple[str, int], list[ImportProfile]] = {}
    children: dict[str, list[ImportProfile]] = {}
    for module in imports:
        if module.importer_file is not None and module.importer_line is not None:
            grouped.setdefault((module.importer_file, module.importer_line), []).append(module)
        if module.importer_file is not None:
            children.setdefault(module.importer_file, []).append(module)
    sites = _by_importing_file(imports)
    roots = sites.keys() - {module.file for module in imports}
    lines = []
    for (file, line), modules in grouped.items():
        elsewhere = _imported_without(sites, roots, file, line)
        costs = [(module.module, _unused_s(module, children, elsewhere, frozenset())) for module in modules]
        lines.append(
            ImportLine(
                file=file,
                line=line,
                modules=tuple(module.module for module in sorted(modules, key=lambda one: (-one.total_s, one.module))),
                unused_s=_together(costs),
                recorded=all(module.executed is not None for module in modules),
            )
        )
    return tuple(sorted(lines, key=lambda one: (-one.unused_s, one.file, one.line)))


def _by_importing_file(imports: Sequence[ImportProfile]) -> dict[str, list[tuple[int, ImportProfile]]]:
    """Return lines with the modules they import, by file."""
    found: dict[str, list[tuple[int, ImportProfile]]] = {}
    for module in imports:
        for site in module.importers:
            found.setdefault(site.file, []).append((site.line, module))
    return found


def _imported_without(
    sites: Mapping[str, Sequence[tuple[int, ImportProfile]]], roots: Collection[str], file: str, line: int
) -> frozenset[str]:
    """Return the modules that are imported all the same when a line is not there.

    Roots are the files that are no imported module: scripts.
    """
    reached: set[str] = set()
    pending = list(roots)
    while pending:
        importer = pending.pop()
        for at, module in sites.get(importer, ()):
            if module.module not in reached and (importer, at) != (file, line):
                reached.add(module.module)
                if module.file is not None:
                    pending.append(module.file)
    return frozenset(reached)


def _unused_s(
    module: ImportProfile, children: dict[str, list[ImportProfile]], elsewhere: frozenset[str], above: frozenset[str]
) -> float:
    """Return the module's seconds less those of modules below it that ran, or that are imported elsewhere too."""
    if module.executed is True or module.module in elsewhere:
        return 0.0
    if module.file is None or module.file in above or len(above) > _DEEPEST:
        return module.total_s
    needed = [
        child.total_s - _unused_s(child, children, elsewhere, above | {module.file})
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
