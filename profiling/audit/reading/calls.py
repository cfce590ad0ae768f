"""What a file tells of one call, beside what it calls: what the cost model and a reader need."""

import ast

from profiling.audit.reading.excerpts import Excerpts
from profiling.audit.reading.scope import CallFact, LoopFact

_LONGEST_LITERAL = 200
_MODE = frozenset("rwaxbt+U")
_SIZED = (ast.List, ast.Tuple, ast.Set)
_NOTHING: tuple[None, None, None] = (None, None, None)


def call_fact(node: ast.Call, excerpts: Excerpts, loops: tuple[LoopFact, ...], *, awaited: bool) -> CallFact:
    """Return the facts of a call."""
    arguments = node.args
    literal, mode, size = _literals(node) if arguments or node.keywords else _NOTHING
    source = excerpts.of(arguments[0]) if arguments else ""
    return (node.lineno, excerpts.of(node.func), loops, source, awaited, literal, mode, size)


def implicit_fact(line: int, text: str, loops: tuple[LoopFact, ...]) -> CallFact:
    """Return the facts of a call that nobody wrote."""
    return (line, text, loops, "", False, None, None, None)


def bound_of(iterable: ast.expr) -> int | None:
    """Return how often a loop over this runs, where a literal tells it."""
    if isinstance(iterable, ast.List | ast.Tuple | ast.Set):
        return None if any(isinstance(each, ast.Starred) for each in iterable.elts) else len(iterable.elts)
    if isinstance(iterable, ast.Dict):
        return len(iterable.keys)
    if isinstance(iterable, ast.Constant) and isinstance(iterable.value, str | bytes):
        return len(iterable.value)
    if isinstance(iterable, ast.Call) and isinstance(iterable.func, ast.Name) and iterable.func.id == "range":
        return _range_length(iterable.args)
    return None


def _range_length(arguments: list[ast.expr]) -> int | None:
    numbers: list[int] = []
    for each in arguments:
        try:
            value = ast.literal_eval(each)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None
        if type(value) is not int or abs(value) > 1 << 60:
            return None
        numbers.append(value)
    if not numbers or len(numbers) > 3 or numbers[2:] == [0]:
        return None
    return len(range(*numbers))


def _literals(node: ast.Call) -> tuple[str | None, str | None, int | None]:
    sizes: list[int] = []
    for argument in node.args:
        _add_size(argument, sizes)
    for keyword in node.keywords:
        _add_size(keyword.value, sizes)
    first = _text(node.args[0]) if node.args else None
    return (first[:_LONGEST_LITERAL] if first is not None else None, _mode(node), max(sizes) if sizes else None)


def _add_size(node: ast.expr, sizes: list[int]) -> None:
    kind = type(node)
    if kind is ast.Constant:
        value = node.value  # type: ignore[attr-defined]  # told by `type`, which is faster here
        if isinstance(value, str | bytes):
            sizes.append(len(value))
    elif kind in _SIZED:
        sizes.append(len(node.elts))  # type: ignore[attr-defined]  # as above
    elif kind is ast.Dict:
        sizes.append(len(node.keys))  # type: ignore[attr-defined]  # as above


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _mode(node: ast.Call) -> str | None:
    """Return the literal mode of `open(path, mode)`, `path.open(mode)` or `mode=`."""
    for keyword in node.keywords:
        if keyword.arg == "mode":
            return _text(keyword.value)
    function = node.func
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    if not name.endswith("open"):
        return None
    for argument in node.args[:2] if isinstance(function, ast.Attribute) else node.args[1:2]:
        text = _text(argument)
        if text and len(text) <= 4 and _MODE.issuperset(text):
            return text
    return None
