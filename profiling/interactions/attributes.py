"""Which attributes a class has and a function reads, as its source says: they join a class to what is busy with it."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import PurePosixPath

from profiling.interactions.lines import parsed
from profiling.interactions.observed import Observed
from profiling.model import FunctionKey

Reads = Callable[[FunctionKey], frozenset[str]]


def fields_of(observed: Observed, place: FunctionKey) -> frozenset[str]:
    """Return the attributes of a class: annotated in its body, or stored on `self` in its methods.

    Args:
        observed: with a root, or nothing is found.
        place: file and qualified name of the class.
    """
    tree = parsed(observed.root, place.file)
    found = next((node for name, node in _definitions(tree) if name == place.qualname), None) if tree else None
    if not isinstance(found, ast.ClassDef):
        return frozenset()
    targets = [node.target for node in found.body if isinstance(node, ast.AnnAssign)]
    annotated = {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(annotated | _attributes(found, ast.Store))


def knows(observed: Observed, file: str, place: FunctionKey) -> bool:
    """Say whether a file is a class's own, names the class, or imports its module: others may mean something else.

    Args:
        observed: with a root, or only the class's own file knows it.
        file: relative to the root.
        place: file and qualified name of the class.
    """
    if file == place.file:
        return True
    tree = parsed(observed.root, file)
    wanted = {place.qualname.rpartition(".")[2], PurePosixPath(place.file).stem}
    return tree is not None and any(wanted & _named(node) for node in ast.walk(tree))


def _named(node: ast.AST) -> set[str]:
    """Return what a node names: a variable, an attribute, or the last parts of what is imported."""
    if isinstance(node, ast.Name):
        return {node.id}
    if isinstance(node, ast.Attribute):
        return {node.attr}
    if isinstance(node, ast.Import | ast.ImportFrom):
        modules = [alias.name for alias in node.names] + [(isinstance(node, ast.ImportFrom) and node.module) or ""]
        return {module.rpartition(".")[2] for module in modules}
    return set()


def reads_of(observed: Observed) -> Reads:
    """Return a function that tells which attributes a function reads; each file is parsed once."""

    @cache
    def functions(file: str) -> dict[str, ast.AST]:
        tree = parsed(observed.root, file)
        return dict(_definitions(tree)) if tree is not None else {}

    @cache
    def reads(key: FunctionKey) -> frozenset[str]:
        node = functions(key.file).get(key.qualname)
        return frozenset(_attributes(node, ast.Load)) if node is not None else frozenset()

    return reads


def _attributes(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    found = (each for each in ast.walk(node) if isinstance(each, ast.Attribute))
    return {each.attr for each in found if isinstance(each.ctx, context)}


def _definitions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Yield classes and functions with their qualified names, without recursion."""
    pending: list[tuple[ast.AST, str]] = [(tree, "")]
    while pending:
        node, prefix = pending.pop()
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, node
            prefix = f"{prefix}{node.name}."
            if not isinstance(node, ast.ClassDef):
                prefix += "<locals>."
        pending.extend((child, prefix) for child in ast.iter_child_nodes(node))
