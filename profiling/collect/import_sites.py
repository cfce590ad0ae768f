"""Every line that imports a module of the profile, with those behind modules too small to be in it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path

from profiling.collect.imports import place
from profiling.profile import ImportProfile, ImportSite

_Site = tuple[str, int]


def with_importers(
    imports: Sequence[ImportProfile],
    *,
    importers: Mapping[str, Set[_Site]],
    files: Mapping[str, str],
    root: Path,
) -> tuple[ImportProfile, ...]:
    """Return the imports with all lines that imported them.

    A line in a small module stands for the lines that import that module: each of these brings the import about.

    Args:
        imports: modules of the profile.
        importers: importing files and lines by module, of all modules.
        files: of all modules, named like the importers.
        root: of the tree; files inside it become relative.
    """
    shown = {module.module for module in imports}
    small: dict[str, list[str]] = {}
    for name, file in files.items():
        if name not in shown:
            small.setdefault(file, []).append(name)
    return tuple(
        replace(module, importers=_sites(_behind(importers[module.module], importers, small), root))
        if module.module in importers
        else module
        for module in imports
    )


def _behind(sites: Set[_Site], importers: Mapping[str, Set[_Site]], small: Mapping[str, list[str]]) -> set[_Site]:
    found: set[_Site] = set()
    pending, passed = list(sites), set(sites)
    while pending:
        site = pending.pop()
        names = [name for name in small.get(site[0], ()) if name in importers]
        if not names:
            found.add(site)
        for further in (further for name in names for further in importers[name]):
            if further not in passed:
                passed.add(further)
                pending.append(further)
    return found


def _sites(found: set[_Site], root: Path) -> tuple[ImportSite, ...]:
    resolved = root.resolve()
    placed = {(place(file, resolved) or file, line) for file, line in found}
    return tuple(ImportSite(file=file, line=line) for file, line in sorted(placed))
