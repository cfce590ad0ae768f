"""Sites that are typed `Any`, and dictionaries used as records, each with how often it runs."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from profiling.audit.findings.model import Context, Heat
from profiling.audit.model import FunctionNode
from profiling.audit.sources import Function, dotted, own_nodes

_FEWEST_KEYS = 3
_ANY = frozenset(("Any", "typing.Any", "t.Any"))
_LONGEST = 80


class SiteKind(StrEnum):
    """What stands there."""

    ANY_TYPED = "any_typed"
    DICT_RECORD = "dict_record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place where a type says nothing.

    Attributes:
        kind: which.
        function: dotted name; file, line: the place.
        what: the annotation, or the keys.
        heat: of the function.
    """

    kind: SiteKind
    function: str
    file: str
    line: int
    what: str
    heat: Heat


def sites(context: Context) -> tuple[Site, ...]:
    """Return the sites of all functions, hot ones first."""
    found = [each for node, function in context.defined() for each in _of_function(node, function, context)]
    order = tuple(Heat)
    return tuple(sorted(found, key=lambda each: (order.index(each.heat), each.file, each.line, each.kind, each.what)))


def _of_function(node: FunctionNode, function: Function, context: Context) -> Iterator[Site]:
    for kind, line, what in (*_any_typed(function), *_records(function)):
        yield Site(
            kind=kind,
            function=node.name,
            file=node.file,
            line=line,
            what=what[:_LONGEST],
            heat=context.heat[node.name],
        )


def _any_typed(function: Function) -> Iterator[tuple[SiteKind, int, str]]:
    arguments = function.args
    parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    annotated = [(each.arg, each.annotation) for each in parameters] + [("return", function.returns)]
    annotated += [
        (dotted(node.target) or "?", node.annotation) for node in own_nodes(function) if isinstance(node, ast.AnnAssign)
    ]
    for name, annotation in annotated:
        if annotation is not None and _holds_any(annotation):
            yield SiteKind.ANY_TYPED, annotation.lineno, f"{name}: {ast.unparse(annotation)}"


def _holds_any(annotation: ast.expr) -> bool:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return any(dotted(node) in _ANY for node in ast.walk(annotation) if isinstance(node, ast.Name | ast.Attribute))


def _records(function: Function) -> Iterator[tuple[SiteKind, int, str]]:
    """Yield displays with three or more constant keys and values of several kinds, and names read by as many keys."""
    read: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for node in own_nodes(function):
        if isinstance(node, ast.Dict):
            keys = _constant_keys(node)
            if len(keys) >= _FEWEST_KEYS and len(keys) == len(node.keys) and not _is_table(node):
                yield SiteKind.DICT_RECORD, node.lineno, "{" + ", ".join(keys) + "}"
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            owner, key = dotted(node.value), node.slice.value
            if owner is not None and isinstance(key, str):
                read[owner].setdefault(key, node.lineno)
    for owner, by_key in read.items():
        if len(by_key) >= _FEWEST_KEYS:
            yield SiteKind.DICT_RECORD, min(by_key.values()), f"{owner}[{', '.join(sorted(by_key))}]"


def _constant_keys(display: ast.Dict) -> list[str]:
    return [key.value for key in display.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]


def _is_table(display: ast.Dict) -> bool:
    """Say whether a display maps names to things of one kind, as a lookup table does."""
    kinds = {
        type(value.value).__name__ if isinstance(value, ast.Constant) else type(value).__name__
        for value in display.values
    }
    is_lambda = all(isinstance(value, ast.Lambda) for value in display.values)
    return is_lambda or (len(kinds) == 1 and all(isinstance(value, ast.Constant) for value in display.values))
