"""Instances by class, from the memory pass."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from profiling.collect.reports import MemoryReport
from profiling.model import FunctionKey
from profiling.profile import ClassProfile

_LARGEST_BYTES = 2**24


def merge(reports: Sequence[MemoryReport], root: Path) -> tuple[ClassProfile, ...]:
    """Return the classes with most bytes in instances first; instances are those of a single process.

    Args:
        reports: of the memory pass.
        root: of the tree, to find the lines of the classes.
    """
    most: dict[tuple[str, str], tuple[int, int]] = {}
    for report in reports:
        for file, qualname, instances, each_bytes in report.classes:
            most[file, qualname] = max(most.get((file, qualname), (0, 0)), (instances, each_bytes))
    lines = {file: dict(_class_lines(root.resolve(), file)) for file in {file for file, _ in most}}
    found = [
        ClassProfile(
            key=FunctionKey(file=file, first_line=lines[file].get(qualname, 1), qualname=qualname),
            instances=instances,
            bytes_each=each_bytes,
        )
        for (file, qualname), (instances, each_bytes) in most.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.instances * one.bytes_each, one.key)))


def class_lines(root: Path, file: str) -> Mapping[str, int]:
    """Return the first lines of a file's classes by qualified name; none where it can't be read.

    Args:
        root: of the tree.
        file: relative to it.
    """
    return dict(_class_lines(root.resolve(), file))


def _class_lines(root: Path, file: str) -> Iterator[tuple[str, int]]:
    """Yield qualified name and first line (that of the first decorator) of a file's classes, without recursion."""
    path = (root / file).resolve()
    try:
        if not path.is_relative_to(root) or path.stat().st_size > _LARGEST_BYTES:
            return
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    pending: list[tuple[ast.AST, str]] = [(tree, "")]
    while pending:
        node, prefix = pending.pop()
        if isinstance(node, ast.ClassDef):
            yield prefix + node.name, min([node.lineno, *(one.lineno for one in node.decorator_list)])
            prefix = f"{prefix}{node.name}."
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            prefix = f"{prefix}{node.name}.<locals>."
        pending.extend((child, prefix) for child in ast.iter_child_nodes(node))
