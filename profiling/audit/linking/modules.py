"""Give every file the name under which it is imported, from paths alone."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from profiling.audit.reading.facts import Declarations

_SOURCE_FOLDERS = frozenset({"src", "lib", "python"})


@dataclass(slots=True)
class ModuleTable:
    """Names of modules and their files.

    Attributes:
        names: by file.
        found: module's name by any name under which it may be imported.
        packages: names of modules that are packages, namespace packages too; regular: those with an `__init__`.
    """

    names: dict[str, str] = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)
    packages: set[str] = field(default_factory=set)
    regular: set[str] = field(default_factory=set)

    def resolve(self, name: str, importer: str) -> str | None:
        """Return the module that a dotted name means where it is imported; None outside the tree."""
        found = self.found.get(name)
        if found is not None:
            return found
        if name in self.packages:
            return name
        # A script's own folder comes first on its path: it may import its neighbours by their bare names.
        folder = importer.rpartition(".")[0]
        return self.found.get(f"{folder}.{name}") if folder and folder not in self.regular else None

    def relative(self, importer: str, name: str, level: int) -> str:
        """Return the absolute name that `from ..name import` means in a module."""
        if not level:
            return name
        parts = importer.split(".")
        if importer not in self.packages:
            parts = parts[:-1]
        parts = parts[: len(parts) - (level - 1)] if level > 1 else parts
        return ".".join([*parts, name]) if name else ".".join(parts)


def module_table(files: Iterable[str], root_package: str = "") -> ModuleTable:
    """Return the table of a tree.

    Args:
        files: relative to the source root.
        root_package: dotted name of the package that the source root itself is, empty where it is none.
    """
    table = ModuleTable()
    listed = list(files)
    packages = {path.rpartition("/")[0] for path in listed if path.rpartition("/")[2] == "__init__.py"}
    for path in listed:
        folder, _, name = path.rpartition("/")
        stem = name.rpartition(".")[0]
        full = [*(folder.split("/") if folder else []), *([] if stem == "__init__" else [stem])]
        start = 0 if root_package else _first_package(folder, packages)
        short = full[start:] or full
        if root_package:
            full = short = [*root_package.split("."), *full]
        dotted, whole = ".".join(short), ".".join(full)
        if dotted in table.found and table.names.get(path) != dotted:
            dotted = whole
        table.names[path] = dotted
        table.found.setdefault(dotted, dotted)
        table.found.setdefault(whole, dotted)
        _add_packages(table, dotted, is_package=stem == "__init__")
    return table


def is_package(name: str, files: Mapping[str, Declarations]) -> bool:
    """Tell whether a root with an `__init__` is imported as a package, as its own files do it.

    Args:
        name: dotted, of the root; empty where it has no `__init__`.
        files: what the files declare, by path from the root.
    """
    if not name:
        return False
    tops = {path.partition("/")[0].removesuffix(".py") for path in files} - {"__init__"}
    own = name.partition(".")[0]
    votes = 0
    for path, declarations in files.items():
        for targets in declarations.imports.values():
            for module, _, level in targets:
                first = module.partition(".")[0]
                if first == own or level > path.count("/"):
                    votes += 1
                elif not level and first in tops and first not in sys.stdlib_module_names:
                    votes -= 1
    return votes >= 0


def _first_package(folder: str, packages: set[str]) -> int:
    """Return how many leading folders are no part of a module's name."""
    if not folder:
        return 0
    parts = folder.split("/")
    depth = len(parts)
    while depth and "/".join(parts[:depth]) in packages:
        depth -= 1
    if depth < len(parts):
        return depth
    leading = 0
    while leading < len(parts) and parts[leading] in _SOURCE_FOLDERS:
        leading += 1
    return leading


def _add_packages(table: ModuleTable, dotted: str, *, is_package: bool) -> None:
    if is_package:
        table.packages.add(dotted)
        table.regular.add(dotted)
    parent = dotted.rpartition(".")[0]
    while parent and parent not in table.packages:
        table.packages.add(parent)
        parent = parent.rpartition(".")[0]
