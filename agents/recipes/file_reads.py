"""The one file that a function opens for reading under a path it is given, and what it reads from it."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agents.recipes.functions import FunctionNode, own
from agents.recipes.kinds import Kind
from agents.recipes.project import Module
from agents.recipes.scope import names, parameters_of

_MODES = frozenset({"r", "rb", "rt", "br", "tr"})
_READS = {"read": Kind.SCALAR, "readline": Kind.SCALAR, "readlines": Kind.FLAT}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """One `with open(path) as file:`.

    Attributes:
        path: the parameter.
        kinds: of the opened file and of every read from it.
    """

    path: str
    kinds: Mapping[ast.AST, Kind]


def file_read(function: FunctionNode, module: Module) -> FileRead | None:
    """Return the only file a function opens; None when it opens none, several, or another than it is given.

    None too when it catches anything: it could give a passing failure to open as its result.
    """
    opened = list(_opened(function, module))
    if len(opened) != 1 or own(function, ast.Try):
        return None
    call, item = opened[0]
    path, bound = call.args[0], names(module).inside(function).bindings
    if not isinstance(path, ast.Name) or path.id not in {parameter.arg for parameter in parameters_of(function)}:
        return None
    if len(bound[path.id]) != 1:
        return None
    found: dict[ast.AST, Kind] = {call: Kind.STREAM}
    if isinstance(item.optional_vars, ast.Name) and len(bound[item.optional_vars.id]) == 1:
        found.update(_reads(function, item.optional_vars.id))
    return FileRead(path=path.id, kinds=found)


def _opened(function: FunctionNode, module: Module) -> Iterator[tuple[ast.Call, ast.withitem]]:
    for node in own(function, ast.With):
        for item in node.items:
            if isinstance(item.context_expr, ast.Call) and is_reading_open(item.context_expr, module):
                yield item.context_expr, item


def is_reading_open(node: ast.Call, module: Module) -> bool:
    """Say whether it is `open(path, …)` of the builtin, for reading, with constants for all but the path."""
    if not isinstance(node.func, ast.Name) or not node.args:
        return False
    given = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
    modes = [*node.args[1:2], *(keyword.value for keyword in node.keywords if keyword.arg == "mode")]
    is_reading = all(isinstance(mode, ast.Constant) and mode.value in _MODES for mode in modes)
    is_constant = all(isinstance(value, ast.Constant) for value in given)
    is_builtin = node.func.id == "open" and names(module).is_builtin("open", node.func)
    return is_builtin and is_reading and is_constant and all(keyword.arg for keyword in node.keywords)


def _reads(function: FunctionNode, file: str) -> Iterator[tuple[ast.AST, Kind]]:
    for node in own(function, ast.Call):
        if not isinstance(node.func, ast.Attribute):
            continue
        is_mine = isinstance(node.func.value, ast.Name) and node.func.value.id == file
        is_constant = not node.keywords and all(isinstance(argument, ast.Constant) for argument in node.args)
        if is_mine and is_constant and node.func.attr in _READS:
            yield node, _READS[node.func.attr]
