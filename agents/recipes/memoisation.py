"""What the caching recipes share: the function split into a guard and its old body, and the guard's conditions."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agents.recipes import stores
from agents.recipes.functions import Function, FunctionNode, own, own_nodes
from agents.recipes.imports import Reached, add_import, reach
from agents.recipes.once import once
from agents.recipes.positions import Span
from agents.recipes.project import Module, Project
from agents.recipes.scope import names, parameters_of
from agents.recipes.splice import Rewrite, end_of_lines, indentation, line_start, source
from agents.recipes.walking import nodes
from profiling.facts import FunctionFacts

MIN_CALL_S = 3e-6
"""A cheaper function gains nothing from a cache that a workload would show (docs/recipes.md)."""
HIT_S = 0.1e-6
"""What a guarded cache hit costs (0.06 to 0.08 us on CPython 3.9 to 3.13, pairs of process time)."""
MAX_DEPTH = 50
"""Deeper recursions would reach the interpreter's limit sooner: the guard adds a frame to each level."""

_UNCACHED = "_uncached"
_TYPES = ("str", "bytes", "int", "bool", "NoneType")
_NEEDED_BUILTINS = ("type", "str", "bytes", "int", "bool")
_COMMENT_OR_BLANK = re.compile(r"[ \t\f]*(#.*)?$")
_GIVES_LIST = frozenset({"split", "rsplit", "splitlines", "findall", "readlines"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the parts of a cached function are called."""

    cached: str
    uncached: str


def part_names(function: FunctionNode, module: Module) -> Names | None:
    """Return free names for the parts; None when they are taken."""
    stem = function.name.lstrip("_")
    found = Names(cached=f"_{stem}_cached", uncached=f"_{stem}{_UNCACHED}")
    known = names(module)
    return found if known.is_free(found.cached) and known.is_free(found.uncached) else None


def is_plain(function: Function, module: Module, project: Project) -> bool:
    """Say whether a function is one undecorated `def` of a module, not split yet, that nobody replaces."""
    node, known = function.node, names(module)
    if not isinstance(node, ast.FunctionDef) or not function.is_top_level or node.decorator_list:
        return False
    is_split = node.name.endswith(_UNCACHED)
    if is_split or node.args.vararg or node.args.kwarg or known.bindings(node.name) != (node,):
        return False
    index = stores.index(project)
    if index.is_replaced(node.name) or index.is_open(module) or node.name in _names_with_attributes(module):
        return False
    return all(known.is_builtin(name, node.body[0]) for name in _NEEDED_BUILTINS) and _has_own_lines(node)


def import_of(package: str, name: str, function: FunctionNode, module: Module, project: Project) -> Reached | None:
    """Return how the module can reach a name of the standard library."""
    return reach(project, module, function, package=package, name=name)


def type_masks(parameters: Sequence[str], facts: FunctionFacts) -> tuple[tuple[str, int], ...] | None:
    """Return, for each parameter, which of the cacheable types were seen, as bits; None when others were.

    Floats are left out: 0.0 and -0.0 are equal and hash alike, so a cache would take one for the other.
    """
    masks: list[tuple[str, int]] = []
    for parameter in parameters:
        seen = facts.argument_types.get(parameter, {})
        if not seen or not set(seen) <= set(_TYPES):
            return None
        masks.append((parameter, sum(1 << _TYPES.index(name) for name in seen)))
    return tuple(masks)


def condition(masks: Mapping[str, int]) -> str:
    """Return the test that every argument is exactly of a type that was seen."""
    return " and ".join(_condition(name, mask) for name, mask in masks.items())


def is_typed(masks: Mapping[str, int]) -> bool:
    """Say whether arguments of different types may be equal (True and 1)."""
    both = (1 << _TYPES.index("int")) | (1 << _TYPES.index("bool"))
    return any(mask & both == both for mask in masks.values())


def split(rewrite: Rewrite, function: FunctionNode, module: Module, *, guard: str, uncached: str, tail: str) -> None:
    """Put `guard` in the place of a function's body, the old body into a new function below it, and `tail` after that.

    Args:
        rewrite: takes the edits.
        function: stays where it is, with its docstring.
        module: of the function.
        guard: statements, unindented, the last one a return.
        uncached: name of the new function.
        tail: statements at the module's level.

    Raises:
        NotSpliceable: the body shares a line with something else.
    """
    docstring = _docstring(function)
    body = function.body[len(docstring) :]
    start = end_of_lines(module, docstring[0]) if docstring else _above_comments(module, body[0])
    header = _header(function, module, uncached)
    indent = indentation(module, body[0])
    lines = [f"{indent}{line}" if line else "" for line in guard.rstrip("\n").split("\n")]
    inserted = "\n".join([*lines, "", "", header, ""])
    end = end_of_lines(module, function)
    is_ended = module.text[end - 1] in "\r\n"
    parts = [
        (Span(start=start, end=start), inserted),
        (Span(start=end, end=end), ("" if is_ended else "\n") + f"\n\n{tail}\n"),
    ]
    rewrite.replace_statement_parts(function, parts, _expected(function, guard, header, tail))


def container(function: FunctionNode, module: Module) -> bool:
    """Say whether every result is surely a new builtin list or dict, so that `.copy()` gives one like it.

    The copy of a set may have a smaller table than a set that grew to its size, and then another order.
    """
    returned = [node.value for node in own(function, ast.Return)]
    return bool(returned) and all(value is not None and _is_container(value, function, module) for value in returned)


def add_imports(rewrite: Rewrite, module: Module, *reached: Reached) -> None:
    """Add the import lines that are missing: each in its place, or in one block where there are no imports yet."""
    lines = [one.line for one in reached if one.line is not None]
    has_imports = any(isinstance(statement, ast.Import | ast.ImportFrom) for statement in module.syntax.body)
    for line in lines if has_imports else ["\n".join(lines)]:
        if line:
            add_import(rewrite, module, line)


def _condition(name: str, mask: int) -> str:
    types = [kind for bit, kind in enumerate(_TYPES) if mask >> bit & 1 and kind != "NoneType"]
    tests = [f"{name} is None"] if mask >> _TYPES.index("NoneType") & 1 else []
    if len(types) == 1:
        tests.append(f"type({name}) is {types[0]}")
    elif types:
        tests.append(f"type({name}) in ({', '.join(types)})")
    return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"


def _expected(function: FunctionNode, guard: str, header: str, tail: str) -> list[ast.stmt]:
    docstring = _docstring(function)
    public = ast.FunctionDef(**dict(ast.iter_fields(function)))
    public.body = [*docstring, *ast.parse(guard).body]
    old = ast.parse(f"{header}\n    pass").body[0]
    assert isinstance(old, ast.FunctionDef)
    old.body = function.body[len(docstring) :]
    return [public, old, *ast.parse(tail).body]


def _header(function: FunctionNode, module: Module, name: str) -> str:
    """Return the first line of the new function: the parameters without defaults, all given by position."""
    parameters = ", ".join(
        parameter.arg + (f": {source(module, parameter.annotation)}" if parameter.annotation else "")
        for parameter in parameters_of(function)
    )
    returns = f" -> {source(module, function.returns)}" if function.returns else ""
    return f"def {name}({parameters}){returns}:"


def _docstring(function: FunctionNode) -> list[ast.stmt]:
    return function.body[:1] if ast.get_docstring(function, clean=False) is not None else []


def _has_own_lines(function: FunctionNode) -> bool:
    body = function.body[len(_docstring(function)) :]
    before = function.body[0].lineno - 1 if len(body) == len(function.body) else body[0].lineno - 1 if body else 0
    return bool(body) and before >= _header_end(function)


def _header_end(function: FunctionNode) -> int:
    parts = [parameter.end_lineno or parameter.lineno for parameter in parameters_of(function)]
    if function.returns:
        parts.append(function.returns.end_lineno or function.returns.lineno)
    return max([function.lineno, *parts])


def _above_comments(module: Module, statement: ast.stmt) -> int:
    """Return the start of the first of the comment lines that stand right above a statement."""
    indentation(module, statement)
    line = statement.lineno
    while _COMMENT_OR_BLANK.match(module.text[line_start(module, line - 1) : line_start(module, line)].rstrip("\r\n")):
        line -= 1
    return line_start(module, line)


@once
def _names_with_attributes(module: Module) -> frozenset[str]:
    return frozenset(node.value.id for node in nodes(module.syntax, ast.Attribute) if isinstance(node.value, ast.Name))


def _is_container(value: ast.expr, function: FunctionNode, module: Module) -> bool:
    if not isinstance(value, ast.Name):
        return _is_fresh(value, module)
    bound = names(module).inside(function).bindings.get(value.id, [])
    values = list(_assigned(function, bound))
    return bool(bound) and len(values) == len(bound) and all(_is_fresh(made, module) for made in values)


def _is_fresh(value: ast.expr, module: Module) -> bool:
    if isinstance(value, ast.Call):
        return _makes_container(value, module)
    return isinstance(value, ast.List | ast.Dict | ast.ListComp | ast.DictComp)


def _makes_container(call: ast.Call, module: Module) -> bool:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in _GIVES_LIST
    is_name = isinstance(call.func, ast.Name) and call.func.id in {"list", "dict", "sorted"}
    return is_name and isinstance(call.func, ast.Name) and names(module).is_builtin(call.func.id, call.func)


def _assigned(function: FunctionNode, bound: list[ast.AST]) -> Iterator[ast.expr]:
    for node in own_nodes(function):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if len(targets) == 1 and targets[0] in bound:
                yield node.value
