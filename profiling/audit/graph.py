"""Build the call graph of a tree: read every file, link them, hand out the graph."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from profiling.audit.call_graph import CallGraph, LazyNodes, as_benchmark_json
from profiling.audit.linking.engine import TIERS
from profiling.audit.model import FunctionNode, Tier
from profiling.audit.nodes import node_of
from profiling.audit.reading.source import DEFAULT_EXCLUDED, python_files
from profiling.audit.tree import Tree, deep_enough

__all__ = ["CallGraph", "ReadOptions", "as_benchmark_json", "build_call_graph"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What is read, and where results are kept.

    Attributes:
        excluded: names of folders (`tests`), or paths from the source root, that are left out, beside those that hold
            no source of the project's (`.git`, `.venv`).
        cache: folder for what is known of each file; None keeps nothing.
    """

    excluded: tuple[str, ...] = ()
    cache: Path | None = None


DEFAULT = ReadOptions()


def build_call_graph(source_root: Path, *, options: ReadOptions = DEFAULT) -> CallGraph:
    """Return the call graph of a tree; nothing of it is imported or run.

    Args:
        source_root: a folder that holds packages and modules, a package's own folder, or one file.
        options: what is left out, where results are kept.

    Raises:
        FileNotFoundError: there is no such folder or file.
    """
    if not source_root.exists():
        raise FileNotFoundError(f"There is no folder or file {source_root} to read.")
    found = python_files(source_root, (*DEFAULT_EXCLUDED, *options.excluded))
    with _collector_paused(), deep_enough():
        return _graph(Tree(found, _root_package(source_root), options.cache))


def _root_package(root: Path) -> str:
    """Return the dotted name of the package that a folder is, empty where it is none."""
    names: list[str] = []
    folder = root.resolve()
    while folder.is_dir() and (folder / "__init__.py").is_file():
        names.append(folder.name)
        folder = folder.parent
    return ".".join(reversed(names))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the garbage collector from walking millions of small tuples that all stay alive."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            # All that was made moves to the oldest generation unseen: else the next collection would walk it at once.
            gc.freeze()
            gc.unfreeze()
            gc.enable()


def _graph(tree: Tree) -> CallGraph:
    program = tree.program
    numbers: dict[str, list[int]] = {}
    keys: dict[tuple[str, int | str], str] = {}
    for unit in program.units:
        known = numbers.get(unit.name)
        if known is None:
            numbers[unit.name] = [unit.number]
        else:
            known.append(unit.number)
        keys.setdefault((unit.file, unit.scope.first_line if unit.index else 0), unit.name)
        keys.setdefault((unit.file, unit.scope.qualname), unit.name)
    edges: dict[str, dict[str, Tier]] = {name: {} for name in numbers}
    for file in tree.files.values():
        for name, found in file.edges.items():
            edges[name] = {callee: TIERS[tier] for callee, tier in found.items()}

    def make(name: str) -> FunctionNode:
        function = program.functions.get(name)
        first = function.number if function is not None else numbers[name][0]
        ordered = sorted(numbers[name], key=lambda number: (number != first, number))
        units = [program.units[each] for each in ordered]
        return node_of([(unit, tree.body(unit), tree.links(unit)) for unit in units])

    return CallGraph(LazyNodes(numbers, make), edges, problems=tree.problems, keys=keys)
