"""Names the functions of the profiled source: a code object or a line becomes a `FunctionKey`."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from profiling.collect.reports import CodeRow
from profiling.model import FunctionKey

_MODULE = "<module>"
_IS_FUNCTION = 0x1
"""`CO_OPTIMIZED`: set for functions, not for the bodies of modules and classes."""
_SIZE_LIMIT_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One `def`: first line (that of its first decorator), last line, names."""

    first_line: int
    last_line: int
    name: str
    qualname: str


@dataclass(slots=True, kw_only=True)
class Source:
    """The files of one tree, each parsed once."""

    root: Path
    _files: dict[str, tuple[Definition, ...]] = field(default_factory=dict)

    def function(self, code: CodeRow) -> FunctionKey:
        """Return the function that a code object is, or that it is written in (comprehensions, lambdas, classes)."""
        file, first_line, name, qualname, flags = code
        if name == _MODULE:
            return _module(file)
        if name.startswith("<") or not flags & _IS_FUNCTION:
            return self.enclosing(file, first_line)
        for definition in self._definitions(file):
            if definition.first_line == first_line and definition.name == name:
                return FunctionKey(file=file, first_line=first_line, qualname=definition.qualname)
        return FunctionKey(file=file, first_line=max(1, first_line), qualname=qualname or name)

    def enclosing(self, file: str, line: int) -> FunctionKey:
        """Return the innermost function around a line, or the module."""
        around = [each for each in self._definitions(file) if each.first_line <= line <= each.last_line]
        if not around:
            return _module(file)
        innermost = max(around, key=lambda each: each.first_line)
        return FunctionKey(file=file, first_line=innermost.first_line, qualname=innermost.qualname)

    def functions(self, file: str) -> tuple[FunctionKey, ...]:
        """Return the functions that a file defines, those within functions and classes too, by their first lines."""
        keys = (
            FunctionKey(file=file, first_line=each.first_line, qualname=each.qualname)
            for each in self._definitions(file)
        )
        return tuple(sorted(keys, key=lambda key: key.first_line))

    def _definitions(self, file: str) -> tuple[Definition, ...]:
        if file not in self._files:
            self._files[file] = tuple(self._read(file))
        return self._files[file]

    def _read(self, file: str) -> Iterator[Definition]:
        """Read a file's definitions; none where it is gone, or newer than the Python that reads it."""
        root = self.root.resolve()
        path = (root / file).resolve()
        try:
            if not path.is_relative_to(root) or path.stat().st_size > _SIZE_LIMIT_BYTES:
                return
            tree = ast.parse(path.read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            return
        yield from _definitions_in(tree)


def _module(file: str) -> FunctionKey:
    return FunctionKey(file=file, first_line=1, qualname=_MODULE)


def _definitions_in(tree: ast.Module) -> Iterator[Definition]:
    """Yield definitions with their qualified names, without recursion: the source may be nested deeply."""
    pending: list[tuple[ast.AST, str]] = [(tree, "")]
    while pending:
        node, prefix = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            qualname = prefix + node.name
            first_line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            yield Definition(
                first_line=first_line, last_line=node.end_lineno or node.lineno, name=node.name, qualname=qualname
            )
            prefix = f"{qualname}.<locals>."
        elif isinstance(node, ast.ClassDef):
            prefix = f"{prefix}{node.name}."
        pending.extend((child, prefix) for child in ast.iter_child_nodes(node))
