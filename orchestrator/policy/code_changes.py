"""Which code differs between two states of a project's files, by name; documentation strings are no code."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

MODULE = "<module>"

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Scope = _Function | ast.ClassDef | ast.Module


class Kind(StrEnum):
    """What became of a piece of code."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CodeChange:
    """A function, a class's own body or a module's own code that differs.

    Attributes:
        file: relative to the tree's root; qualname: `<module>` for code outside functions and classes.
        kind: what became of it.
        line_before, line_after: 1-based, of the first decorator where there is one; 0 where it is not there.
    """

    file: str
    qualname: str
    kind: Kind
    line_before: int = 0
    line_after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """One piece of code: where it stands and what it says."""

    line: int
    code: str


def code_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[CodeChange, ...]:
    """Return what differs, sorted by file and name; what is defined inside a function counts as part of it.

    Args:
        before, after: text by file; an absent file counts as empty.

    Raises:
        SyntaxError: a text does not parse; its `filename` says which.
    """
    found = []
    for file in sorted(before.keys() | after.keys()):
        olds, news = _pieces(file, before.get(file, "")), _pieces(file, after.get(file, ""))
        found += [_change(file, name, olds.get(name), news.get(name)) for name in sorted(olds.keys() | news.keys())]
    return tuple(each for each in found if each is not None)


def _change(file: str, name: str, old: _Piece | None, new: _Piece | None) -> CodeChange | None:
    if old is not None and new is not None:
        if old.code == new.code:
            return None
        return CodeChange(file=file, qualname=name, kind=Kind.CHANGED, line_before=old.line, line_after=new.line)
    if old is not None:
        return CodeChange(file=file, qualname=name, kind=Kind.REMOVED, line_before=old.line)
    return CodeChange(file=file, qualname=name, kind=Kind.ADDED, line_after=new.line) if new is not None else None


def _pieces(file: str, text: str) -> dict[str, _Piece]:
    """Return the pieces of a file by name; of two with one name the last, which is the one in use."""
    return dict(_cut(ast.parse(text, filename=file), ""))


def _cut(scope: _Scope, prefix: str) -> Iterator[tuple[str, _Piece]]:
    """Take functions and classes out of a scope and yield them, then what is left of it."""
    inner: list[_Function | ast.ClassDef] = []
    scope.body = _without_definitions(scope.body, inner)
    for node in inner:
        if isinstance(node, ast.ClassDef):
            yield from _cut(node, f"{prefix}{node.name}.")
        else:
            node.body = _without_documentation(node.body)
            yield prefix + node.name, _Piece(line=_first_line(node), code=ast.dump(node))
    scope.body = _without_documentation(scope.body)
    line = 1 if isinstance(scope, ast.Module) else _first_line(scope)
    if not isinstance(scope, ast.Module) or scope.body:
        yield prefix.removesuffix(".") or MODULE, _Piece(line=line, code=ast.dump(scope))


def _without_definitions(body: list[ast.stmt], inner: list[_Function | ast.ClassDef]) -> list[ast.stmt]:
    """Return statements without the functions and classes among them, also those under an `if` or a `try`."""
    kept: list[ast.stmt] = []
    for node in body:
        if isinstance(node, _Function | ast.ClassDef):
            inner.append(node)
            continue
        for holder in (node, *getattr(node, "handlers", [])):
            for name in ("body", "orelse", "finalbody"):
                block = getattr(holder, name, None)
                if isinstance(block, list):
                    setattr(holder, name, _without_definitions(block, inner))
        kept.append(node)
    return kept


def _without_documentation(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    is_text = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return body[1:] if is_text else body


def _first_line(node: _Function | ast.ClassDef) -> int:
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])
