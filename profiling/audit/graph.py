"""Build the call graph of a tree: read every file, link them, hand out the graph."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache as kept_in_memory
from pathlib import Path

from profiling.audit.call_graph import CallGraph, LazyNodes, as_benchmark_json
from profiling.audit.linking.engine import TIERS
from profiling.audit.model import FunctionNode, NodeKind, Tier
from profiling.audit.nodes import node_of
from profiling.audit.reading.source import DEFAULT_EXCLUDED, python_files
from profiling.audit.tree import DAMAGED, NOT_USED, Tree, deep_enough
from profiling.collector import collector_paused

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

    def read(cache: Path | None) -> Tree:
        with collector_paused(), deep_enough():
            found = python_files(source_root, (*DEFAULT_EXCLUDED, *options.excluded))
            return Tree(found, _root_package(source_root), cache)

    tree = read(options.cache)
    if tree.is_anew:
        return _graph(tree, tree.notes)
    again = kept_in_memory(lambda: _graph(read(None), []))
    try:
        return _graph(tree, tree.notes, again)
    except DAMAGED as error:
        graph = again()
        graph.notes += [*tree.notes, f"{NOT_USED}: {type(error).__name__}"]
        return graph


def _root_package(root: Path) -> str:
    """Return the dotted name of the package that a folder is, empty where it is none."""
    names: list[str] = []
    folder = root.resolve()
    while folder.is_dir() and (folder / "__init__.py").is_file():
        names.append(folder.name)
        folder = folder.parent
    return ".".join(reversed(names))


def _graph(tree: Tree, notes: list[str], again: Callable[[], CallGraph] | None = None) -> CallGraph:
    """Return the graph of a tree.

    Args:
        tree: linked.
        notes: to hand on.
        again: reads the tree without what was kept, should that turn out to be of no use for a node.

    Raises:
        ValueError, TypeError, LookupError: what was kept of its edges is none of ours.
    """
    numbers = _numbers(tree)
    keys: dict[tuple[str, int | str], str] = {}
    for unit in tree.program.units:
        keys.setdefault((unit.file, unit.scope.first_line if unit.index else 0), unit.name)
        keys.setdefault((unit.file, unit.scope.qualname), unit.name)
    edges: dict[str, dict[str, Tier]] = {name: {} for name in numbers}
    for file in tree.files.values():
        for name, found in file.edges.items():
            edges[name] = {callee: TIERS[tier] for callee, tier in found.items()}

    def make(name: str) -> FunctionNode:
        try:
            return _node(tree, name, numbers[name])
        except DAMAGED as error:
            if again is None:
                raise
            note = f"{NOT_USED}: {type(error).__name__}"
            if note not in notes:
                notes.append(note)
            return _from_anew(again(), name, tree.program.units[numbers[name][0]].file)

    # The graph gets the list itself: `make` must not point to the graph, or all of it waits for the collector.
    return CallGraph(LazyNodes(numbers, make), edges, problems=tree.problems, keys=keys, notes=notes)


def _numbers(tree: Tree) -> dict[str, list[int]]:
    """Return the numbers of the units by name."""
    numbers: dict[str, list[int]] = {}
    for unit in tree.program.units:
        known = numbers.get(unit.name)
        if known is None:
            numbers[unit.name] = [unit.number]
        else:
            known.append(unit.number)
    return numbers


def _from_anew(graph: CallGraph, name: str, file: str) -> FunctionNode:
    """Return a node of which nothing that was kept can be used; an empty one where the source has none of the name."""
    if name in graph.nodes:
        return graph.nodes[name]
    return FunctionNode(name=name, file=file, line=1, first_line=1, end_line=1, qualname=name, kind=NodeKind.FUNCTION)


def _node(tree: Tree, name: str, numbers: list[int]) -> FunctionNode:
    program = tree.program
    function = program.functions.get(name)
    first = function.number if function is not None else numbers[0]
    units = [program.units[each] for each in sorted(numbers, key=lambda number: (number != first, number))]
    return node_of([(unit, tree.body(unit), tree.links(unit)) for unit in units])
