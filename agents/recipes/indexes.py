"""A dict index in the place of a search that a loop repeats: where it is built, and what asks it."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from agents.recipes import stores
from agents.recipes.functions import FunctionNode
from agents.recipes.project import Module, Project
from agents.recipes.quiet import changes_nothing, is_defined_in_a_class, is_held_locally
from agents.recipes.scope import names
from agents.recipes.searches import Search
from agents.recipes.splice import source
from agents.recipes.uses import (
    Comprehension,
    UseKind,
    ends_at_once,
    is_bound_before,
    is_repeated,
    reads_its_frame,
    uses,
)
from agents.recipes.walking import parents_below, walk

_NEEDED_BUILTINS = ("Exception", "bool", "bytes", "dict", "int", "list", "str", "tuple", "type")
_READING = frozenset({UseKind.LENGTH, UseKind.TRUTH, UseKind.ITERATE, UseKind.PROBE, UseKind.INDEX})
_MAKING = frozenset({"__init__", "__new__", "__post_init__", "__setstate__"})
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return)
_Outer = ast.For | ast.While | Comprehension


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A search in a loop and where its index is built.

    Attributes:
        search: what is replaced.
        outer: the loop or comprehension that repeats it.
        before: the statement the index is built before.
        lookup: the expression that takes the place of the search, or of what its loop goes through, in its lines.
        build: the statements that make the index.
    """

    search: Search
    outer: _Outer
    before: ast.stmt
    lookup: tuple[str, ...]
    build: str


def index_for(search: Search, kind: str, function: FunctionNode, module: Module, project: Project) -> Index | None:
    """Return the index for a search in the outermost loop whose turns all find the list as it was.

    Args:
        search: stands in the function.
        kind: the builtin type of its keys.
        function: of the module.
        module: of the project.
        project: its classes and stores say what keeps its value.
    """
    is_computed = is_defined_in_a_class("__getattribute__", project)
    if is_computed or reads_its_frame(function, module) or not _leaves_no_trace(search, function, module):
        return None
    if not all(names(module).is_builtin(builtin, search.node) for builtin in _NEEDED_BUILTINS):
        return None
    outer, before = _outermost(search, function, module, project)
    if outer is None or before is None:
        return None
    sequence = search.sequence.id.strip("_")
    name = f"_{sequence}_by_{search.key_name}"
    entry = next((entry for entry in ("_entry", f"_{sequence}_entry") if names(module).is_free(entry)), None)
    if entry is None or not names(module).is_free(name):
        return None
    key = source(module, search.key).replace(search.element, entry, 1)
    value = entry if search.default is not None else f"({entry},)"
    sequence = search.sequence.id
    odd = f"type({key}) is not {kind}"
    if isinstance(search.key, ast.Subscript):  # other containers may make the item that is asked for
        odd = f"type({entry}) is not dict or {odd}"
    build = (
        f"{name} = {{}}\ntry:\n    for {entry} in {sequence} if type({sequence}) in (list, tuple) else ():\n"
        f"        if {odd}:\n            {name} = {{}}\n            break\n"
        f"        {name}.setdefault({key}, {value})\n"
        f"except Exception:  # an element that no search may reach\n    {name} = {{}}"
    )
    return Index(search=search, outer=outer, before=before, lookup=_lookup(search, name, kind, module), build=build)


def _lookup(search: Search, name: str, kind: str, module: Module) -> tuple[str, ...]:
    wanted = source(module, search.wanted)
    if search.default is None:
        missing, otherwise = ", ()", search.sequence.id
    else:
        default = source(module, search.default)
        assert isinstance(search.node, ast.Call)
        missing, otherwise = "" if default == "None" else f", {default}", source(module, search.node)
    return f"{name}.get({wanted}{missing})", f"if {name} and type({wanted}) is {kind}", f"else {otherwise}"


def _leaves_no_trace(search: Search, function: FunctionNode, module: Module) -> bool:
    """Say whether a `for` statement's variable is read in it alone: without a match it would keep another value."""
    if not isinstance(search.node, ast.For):
        return True
    known, inside = names(module), set(walk(search.node))
    same_name = (node for node in walk(function) if isinstance(node, ast.Name) and node.id == search.element)
    elsewhere = (node for node in same_name if node not in inside)
    return all(known.resolve(search.element, node) is not known.inside(function) for node in elsewhere)


def _outermost(
    search: Search, function: FunctionNode, module: Module, project: Project
) -> tuple[_Outer | None, ast.stmt | None]:
    """Return the outermost loop around a search in which list and keys are invariant, and its statement."""
    found: tuple[_Outer | None, ast.stmt | None] = (None, None)
    path = _path(search.node, function)
    use = next(use for use in uses(function, search.sequence.id, _is_any) if use.node is search.sequence)
    for depth, step in enumerate(path):
        if not isinstance(step, _Outer) or not _repeats(step, [search.node, *path[:depth]]):
            continue
        before = next(above for above in path[depth:] if isinstance(above, ast.stmt))
        is_statement = isinstance(step, ast.stmt)
        at_once = is_statement or (isinstance(before, _SIMPLE) and ends_at_once(tuple(path[depth:]), _is_any))
        if not at_once or not is_repeated(use, before) or not _is_invariant(search, before, function, module, project):
            break
        found = (step, before)
    return found


def _is_any(_: str) -> bool:
    return True


def _repeats(step: _Outer, below: Sequence[ast.AST]) -> bool:
    """Say whether a loop evaluates in every turn what is `below` it, outermost last."""
    inner = below[-1]
    if isinstance(step, Comprehension):
        first = step.generators[0]
        return inner is not first or below[-2] is not first.iter
    return inner in step.body or (isinstance(step, ast.While) and inner is step.test)


def _path(node: ast.AST, function: FunctionNode) -> list[ast.AST]:
    parents, steps = parents_below(function), []
    while parents[node] is not function:
        node = parents[node]
        steps.append(node)
    return steps


def _is_invariant(search: Search, loop: ast.stmt, function: FunctionNode, module: Module, project: Project) -> bool:
    """Say whether no turn changes the list, or the key of an element."""
    name = search.sequence.id
    found = uses(function, name, lambda builtin: names(module).is_builtin(builtin, function.body[0]))
    inside = set(walk(loop))
    if not all(use.kind in _READING for use in found if use.node in inside):
        return False
    if is_held_locally(function, name, module):
        fixed = _is_fixed_attribute(search, module, project) or changes_nothing(loop, function, module, project)
        return fixed and is_bound_before(loop, found, function)
    scope = names(module).inside(function)
    bound = names(module).bindings(name, scope)
    from_outside = len(bound) == 1 and isinstance(bound[0], ast.arg)
    return from_outside and changes_nothing(loop, function, module, project)


def _is_fixed_attribute(search: Search, module: Module, project: Project) -> bool:
    """Say whether the key is an attribute that only constructors set, anywhere in the project."""
    if not isinstance(search.key, ast.Attribute):
        return False
    known = stores.index(project)
    made = all(
        store.is_on_self and store.function is not None and store.function.name in _MAKING
        for store in known.stores(search.key.attr)
    )
    return made and not known.is_patched(search.key.attr) and not stores.sets_unseen(module)
