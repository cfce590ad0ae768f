"""A file that a function only writes to, in a block beside which nothing can see how far the writing is."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agents.recipes import kinds, library, shapes, stores
from agents.recipes.builtin_values import shape_of
from agents.recipes.functions import FunctionNode, own
from agents.recipes.kinds import Kind
from agents.recipes.project import Module, Project
from agents.recipes.purity import Purity, purities
from agents.recipes.quiet import changes_nothing
from agents.recipes.scope import Names, names
from agents.recipes.stepping import steps_are_blind
from agents.recipes.tables import parents
from agents.recipes.texts import texts_are_plain
from agents.recipes.uses import Comprehension, reads_its_frame
from agents.recipes.walking import walk

_MODES = frozenset({"a", "w", "x"})
_OPTIONS = frozenset({"buffering", "encoding", "errors", "mode", "newline"})
_METHODS = frozenset({"flush", "write", "writelines"})
_STEPPING = frozenset(
    "all any bytes dict enumerate frozenset list max min next reversed set sorted sum tuple zip".split()
)
_VIEWS = frozenset({"get", "items", "keys", "split", "values"})
_TEXTS = frozenset({"json.dumps", *kinds.STDLIB_CALLS})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWrite:
    """One `with open(path, "w") as name:` whose file is only written to.

    Attributes:
        block: the statement.
        opened: the call of `open`.
        is_binary: of its mode.
        writes, flushes, prints: the calls through which the name is used: `name.write(…)` and `name.writelines(…)`,
            `name.flush()`, `print(…, file=name)`.
        stepped: what is stepped through in the block and is not surely a builtin container.
    """

    block: ast.With
    opened: ast.Call
    is_binary: bool
    writes: tuple[ast.Call, ...]
    flushes: tuple[ast.Call, ...]
    prints: tuple[ast.Call, ...]
    stepped: tuple[ast.expr, ...]


def file_writes(function: FunctionNode, module: Module, project: Project) -> Iterator[FileWrite]:
    """Yield the files that a function writes in such a block."""
    opened = own(function, ast.With)
    if not opened or reads_its_frame(function, module) or stores.index(project).is_replaced("open"):
        return
    for node in opened:
        found = _written(node, function, module, project)
        if found is not None:
            yield found


def _written(node: ast.With, function: FunctionNode, module: Module, project: Project) -> FileWrite | None:
    item = node.items[0]
    if len(node.items) != 1 or not isinstance(item.optional_vars, ast.Name):
        return None
    name, opened, known = item.optional_vars.id, item.context_expr, names(module)
    if not isinstance(opened, ast.Call) or len(known.bindings(name, known.inside(function))) != 1:
        return None
    mode = _mode(opened, known)
    calls = _calls(name, node, function, known, parents(module))
    if mode is None or calls is None or not _is_alone(node, calls, function, module, project):
        return None
    stepped = tuple(_stepped(node, calls, module, project))
    if stepped and not (steps_are_blind(project) and all(_is_given(one, function, known) for one in stepped)):
        return None
    methods = {call: call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}
    return FileWrite(
        block=node,
        opened=opened,
        is_binary="b" in mode,
        writes=tuple(call for call, method in methods.items() if method != "flush"),
        flushes=tuple(call for call, method in methods.items() if method == "flush"),
        prints=tuple(call for call in calls if call not in methods),
        stepped=stepped,
    )


def _mode(opened: ast.Call, known: Names) -> str | None:
    """Return the mode of `open(path, …)` of the builtin when it only writes and hides nothing; None: don't know."""
    if not isinstance(opened.func, ast.Name) or opened.func.id != "open" or not known.is_builtin("open", opened.func):
        return None
    given = {keyword.arg: keyword.value for keyword in opened.keywords}
    starred = any(isinstance(argument, ast.Starred) for argument in opened.args)
    if starred or not 1 <= len(opened.args) <= 6 or not given.keys() <= _OPTIONS:
        return None
    mode = opened.args[1] if len(opened.args) > 1 else given.get("mode")
    if not isinstance(mode, ast.Constant) or not isinstance(mode.value, str):
        return None
    bare = mode.value.replace("b", "", 1).replace("t", "", 1)
    return mode.value if bare in _MODES and not {"b", "t"} <= set(mode.value) else None


def _calls(
    name: str, block: ast.With, function: FunctionNode, known: Names, above: Mapping[ast.AST, ast.AST]
) -> tuple[ast.Call, ...] | None:
    """Return the calls that use a file, when all of them stand in the block and only write."""
    found: list[ast.Call] = []
    inside = {part for statement in block.body for part in walk(statement)}
    for node in walk(function):
        if not isinstance(node, ast.Name) or node.id != name or not isinstance(node.ctx, ast.Load):
            continue
        call = _call_of(node, above, known)
        if call is None or node not in inside or known.scope(node) is not known.inside(function):
            return None
        found.append(call)
    return tuple(found)


def _call_of(node: ast.Name, above: Mapping[ast.AST, ast.AST], known: Names) -> ast.Call | None:
    holder = above[node]
    if isinstance(holder, ast.Attribute):
        call = above[holder]
        is_called = isinstance(call, ast.Call) and call.func is holder and holder.attr in _METHODS
        if not isinstance(call, ast.Call) or not is_called or call.keywords:
            return None
        return call if len(call.args) == (holder.attr != "flush") else None
    call = above[holder]
    if not isinstance(holder, ast.keyword) or holder.arg != "file" or not isinstance(call, ast.Call):
        return None
    is_print = isinstance(call.func, ast.Name) and call.func.id == "print" and known.is_builtin("print", call.func)
    return call if is_print and all(keyword.arg for keyword in call.keywords) else None


def _is_alone(
    block: ast.With, calls: tuple[ast.Call, ...], function: FunctionNode, module: Module, project: Project
) -> bool:
    """Say whether nothing that the block does, but writing to its file, could be told apart from outside."""
    besides = frozenset[ast.AST](calls) | frozenset(_texts(block, module, project))
    for statement in block.body:
        for node in walk(statement):
            if type(node).__name__ in ("Try", "TryStar"):
                return False
            is_print = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
            if is_print and node not in besides:
                return False
        if not changes_nothing(statement, function, module, project, besides):
            return False
    return texts_are_plain(project)


def _texts(block: ast.With, module: Module, project: Project) -> Iterator[ast.Call]:
    """Yield the calls of functions that only compute something from what they are given."""
    known = purities(project)
    for node in walk(block):
        if not isinstance(node, ast.Call):
            continue
        asked = library.called(node, _TEXTS, module, project)
        is_plain = all(isinstance(keyword.value, ast.Constant) for keyword in node.keywords)
        definition = known.resolve(node.func, module)
        is_pure = definition is not None and known.function(definition, Kind.UNKNOWN).purity is Purity.PURE
        if is_pure or (asked is not None and is_plain):
            yield node


def _stepped(block: ast.With, calls: tuple[ast.Call, ...], module: Module, project: Project) -> Iterator[ast.expr]:
    """Yield what the block steps through and whose steps may run unknown code."""
    for statement in block.body:
        for node in walk(statement):
            for value in _iterated(node, calls):
                shape = shape_of(value, module, project)
                if shape is None or shape.type not in shapes.CONTAINERS:
                    yield value


def _iterated(node: ast.AST, calls: tuple[ast.Call, ...]) -> Iterator[ast.expr]:
    if isinstance(node, ast.For | ast.comprehension):
        yield node.iter
    elif isinstance(node, ast.Starred) or (isinstance(node, ast.Assign) and _spreads(node)):
        yield node.value
    elif isinstance(node, ast.Compare):
        tests = zip(node.ops, node.comparators, strict=True)
        yield from (value for operator, value in tests if isinstance(operator, ast.In | ast.NotIn))
    elif isinstance(node, ast.Call):
        named = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if named in _STEPPING or named == "join" or (node in calls and named == "writelines"):
            yield from (one for one in node.args if not isinstance(one, ast.Starred | Comprehension))


def _spreads(node: ast.Assign) -> bool:
    return any(isinstance(part, ast.Tuple | ast.List) for part in node.targets)


def _is_given(value: ast.expr, function: FunctionNode, known: Names, steps: int = 5) -> bool:
    """Say whether a value is, or comes out of, what the function was given: nothing that it opened itself."""
    for node in walk(value):
        if isinstance(node, ast.Call) and not _is_view(node, known):
            return False
        is_read = isinstance(node, ast.Name) and not known.is_builtin(node.id, node)
        if is_read and isinstance(node, ast.Name) and not _is_given_name(node, function, known, steps - 1):
            return False
    return True


def _is_given_name(node: ast.Name, function: FunctionNode, known: Names, steps: int) -> bool:
    """Say whether a name is a parameter, or what a loop over something given binds."""
    scope = known.inside(function)
    bound = scope.bindings.get(node.id, []) if known.resolve(node.id, node) is scope else []
    if len(bound) == 1 and isinstance(bound[0], ast.arg):
        return True
    over = [
        loop.iter for loop in own(function, ast.For) if any(part is one for part in walk(loop.target) for one in bound)
    ]
    is_bound_by_loops = 0 < len(bound) == len(over) and steps > 0
    return is_bound_by_loops and all(_is_given(one, function, known, steps) for one in over)


def _is_view(node: ast.Call, known: Names) -> bool:
    """Say whether a call gives what its receiver or its arguments hold, in another order or form."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr in _VIEWS
    is_builtin = isinstance(node.func, ast.Name) and known.is_builtin(node.func.id, node.func)
    return is_builtin and isinstance(node.func, ast.Name) and node.func.id in _STEPPING
