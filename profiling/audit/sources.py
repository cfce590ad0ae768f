"""The syntax trees of the files that findings look into, each read once and only when asked for."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from profiling.audit.model import FunctionNode, NodeKind

_SIZE_LIMIT_BYTES = 4 * 2**20

Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = Function | ast.Lambda | ast.Module | ast.ClassDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(slots=True, kw_only=True)
class Sources:
    """The files below one root.

    Attributes:
        root: what the call graph's files are relative to.
    """

    root: Path
    _modules: dict[str, ast.Module | None] = field(default_factory=dict)
    _scopes: dict[str, dict[tuple[int, str], Scope]] = field(default_factory=dict)
    _imported: dict[str, frozenset[str]] = field(default_factory=dict)
    _base: Path | None = None

    def module(self, file: str) -> ast.Module | None:
        """Return a file's syntax tree; None where it can't be read or parsed, which the graph's problems tell."""
        if file not in self._modules:
            self._modules[file] = self._read(file)
        return self._modules[file]

    def imported(self, file: str) -> frozenset[str]:
        """Return the names that a file's imports bind."""
        if file not in self._imported:
            module = self.module(file)
            nodes = () if module is None else ast.walk(module)
            self._imported[file] = frozenset(
                (alias.asname or alias.name).partition(".")[0]
                for node in nodes
                if isinstance(node, ast.Import | ast.ImportFrom)
                for alias in node.names
            )
        return self._imported[file]

    def mentions(self, file: str, word: bytes) -> bool:
        """Say whether a file's bytes hold a word: cheaper than to parse what can't match."""
        return word in self._bytes(file)

    def scope(self, node: FunctionNode) -> Scope | None:
        """Return where a node of the graph is defined, None where the file no longer holds it."""
        module = self.module(node.file)
        if module is None or node.kind is NodeKind.MODULE:
            return module
        if node.file not in self._scopes:
            self._scopes[node.file] = {
                (each.lineno, _name(each)): each for each in ast.walk(module) if isinstance(each, _SCOPES)
            }
        name = "<lambda>" if node.kind is NodeKind.LAMBDA else node.name.rpartition(".")[2]
        return self._scopes[node.file].get((node.line, name))

    def function(self, node: FunctionNode) -> Function | None:
        """Return the `def` of a node, None for what is none."""
        scope = self.scope(node)
        return scope if isinstance(scope, Function) else None

    def _read(self, file: str) -> ast.Module | None:
        try:
            return ast.parse(self._bytes(file))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    def _bytes(self, file: str) -> bytes:
        """Return a file's content; nothing where it is gone, too large or outside the root."""
        try:
            base = self._base = self._base or self.root.resolve()
            path = (base / file).resolve()
            if not path.is_relative_to(base) or path.stat().st_size > _SIZE_LIMIT_BYTES:
                return b""
            return path.read_bytes()
        except (OSError, ValueError, RuntimeError):  # RuntimeError: a loop of links before Python 3.13
            return b""


def own_nodes(scope: ast.AST | Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the syntax nodes below a scope, in no order, without those of functions and classes inside it.

    Contexts (`ast.Load` and its like) are left out; fields are read directly, at half the cost of `iter_child_nodes`.
    """
    pending = list(ast.iter_child_nodes(scope)) if isinstance(scope, ast.AST) else list(scope)
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, _SCOPES):
            continue
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                pending.extend(each for each in value if isinstance(each, ast.AST))
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                pending.append(value)


def body(scope: Scope) -> list[ast.stmt]:
    """Return the statements of a scope, its docstring left out; none of a lambda."""
    if isinstance(scope, ast.Lambda):
        return []
    first = scope.body[0] if scope.body else None
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return scope.body[1:] if is_docstring else scope.body


def blocks(scope: Scope) -> Iterator[list[ast.stmt]]:
    """Yield every list of statements of a scope, its own first."""
    yield body(scope)
    for node in own_nodes(body(scope)):
        if isinstance(node, _SCOPES):
            continue
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block:
                yield block


def names(node: ast.AST | Iterable[ast.AST], context: type[ast.expr_context]) -> set[str]:
    """Return the names that are read (`ast.Load`) or bound (`ast.Store`, `ast.Del`) at or below some nodes."""
    roots = [node] if isinstance(node, ast.AST) else list(node)
    return {
        each.id
        for root in roots
        for each in ast.walk(root)
        if isinstance(each, ast.Name) and isinstance(each.ctx, context)
    }


def dotted(expression: ast.expr) -> str | None:
    """Return `a.b.c` for a chain of attributes of a name, None for anything else."""
    parts: list[str] = []
    while isinstance(expression, ast.Attribute):
        parts.append(expression.attr)
        expression = expression.value
    return ".".join([expression.id, *reversed(parts)]) if isinstance(expression, ast.Name) else None


def _name(scope: Scope) -> str:
    return scope.name if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else "<lambda>"
