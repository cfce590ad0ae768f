"""One version of a changed file as a reviewer reads it, and what is doubted in it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef
_MUTABLE_CALLS = {"list", "dict", "set", "bytearray", "defaultdict", "deque", "OrderedDict", "Counter"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One version of a file: its text, its syntax, its functions by qualified name."""

    text: str
    syntax: ast.Module
    functions: dict[str, Function]

    @classmethod
    def of(cls, text: str) -> "Side":
        """Return a side.

        Raises:
            SyntaxError: the text does not parse.
        """
        syntax = ast.parse(text)
        return cls(text=text, syntax=syntax, functions=dict(_functions(syntax, "")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A finding before its file is known.

    Attributes:
        check: that raises it, in a word or two.
        subject: what it is about: with the check, it identifies the doubt on either side of a diff.
        severity, lines, confidence, claim, recommendation: as in a finding.
    """

    check: str
    subject: str
    severity: str
    lines: tuple[int, int]
    confidence: float
    claim: str
    recommendation: str

    @property
    def identity(self) -> tuple[str, str]:
        """Return what makes it the same doubt on the other side."""
        return self.check, self.subject


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Walk a function's body without its nested functions and classes."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))


def called_name(node: ast.expr) -> str:
    """Return the last part of the name that a call, or a decorator, uses."""
    function = node.func if isinstance(node, ast.Call) else node
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def is_mutable(value: ast.expr) -> bool:
    """Say whether an expression makes a container that can be changed."""
    displays = ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp
    return isinstance(value, displays) or (isinstance(value, ast.Call) and called_name(value) in _MUTABLE_CALLS)


def is_public(name: str) -> bool:
    """Say whether others may use a qualified name: no part of it is private."""
    return not any(part.startswith("_") and not part.endswith("__") for part in name.split("."))


def lines_of(node: ast.expr | ast.stmt | ast.excepthandler) -> tuple[int, int]:
    """Return the first and last line of a piece of syntax."""
    return node.lineno, node.end_lineno or node.lineno


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{child.name}", child
            yield from _functions(child, f"{prefix}{child.name}.<locals>.")
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        elif not isinstance(child, ast.expr):
            yield from _functions(child, prefix)
