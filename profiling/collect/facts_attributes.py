"""Find the attribute names of nominated classes in their source, so that only these are seen in the whole project."""

import ast
from collections.abc import Iterable, Iterator

from profiling.facts import ClassRequest
from profiling.model import FunctionKey, Tree

MAX_NAMES = 64
"""Names seen for each class: every place where one stands is instrumented, in every project file."""


def names(requests: Iterable[ClassRequest], tree: Tree) -> frozenset[str]:
    """Return the attributes that the classes' bodies declare or store through a method's first parameter.

    A file that can't be read or parsed gives none: the run itself will say so.
    """
    return frozenset(name for request in requests for name in _names_of(request.key, tree))


def _names_of(key: FunctionKey, tree: Tree) -> list[str]:
    path = (tree.root / key.file).resolve()
    if not path.is_relative_to(tree.root.resolve()):
        return []
    try:
        module = ast.parse(path.read_bytes())
        found = dict.fromkeys(
            name
            for node in ast.walk(module)
            if isinstance(node, ast.ClassDef) and _is(node, key)
            for name in _all(node)
        )
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return list(found)[:MAX_NAMES]


def _is(node: ast.ClassDef, key: FunctionKey) -> bool:
    line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return (line, node.name) == (key.first_line, key.qualname.rpartition(".")[2])


def _all(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id
        elif isinstance(statement, ast.Assign) and any(_is_slots(target) for target in statement.targets):
            yield from _texts(statement.value)
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _stored(statement)


def _is_slots(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id == "__slots__"


def _texts(value: ast.expr) -> Iterator[str]:
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _stored(method: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    positional = [*method.args.posonlyargs, *method.args.args]
    receiver = positional[0].arg if positional else None
    for node in ast.walk(method):
        if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Store):
            continue
        if isinstance(node.value, ast.Name) and node.value.id == receiver:
            yield node.attr
