"""Data that was parsed on the way is parsed again."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from profiling.audit.findings.model import Context, Finding, FindingKind, Level
from profiling.audit.model import CallSite, CostClass, FunctionNode, Tier
from profiling.audit.redundancy import Repeatable, repeatable, unchanged
from profiling.audit.sources import Function, names, own_nodes

_PARSERS = frozenset(
    "parse parse_module parse_expression parse_statement literal_eval compile tokenize generate_tokens Script loads"
    " load safe_load full_load load_all safe_load_all decode".split()
)
_MOST_CALLS = 4
"""Calls that data is followed through from where it was parsed."""
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def find(context: Context) -> Iterator[Finding]:
    """Yield data parsed twice in one function, in every pass of a loop, or again by a function it is handed to."""
    by_function: defaultdict[str, list[Repeatable]] = defaultdict(list)
    for each in repeatable(context.functions):
        if _is_parse(each):
            by_function[each.node.name].append(each)
    for node, function in context.defined():
        parses = by_function.get(node.name, [])
        for each in [*_again(parses, context), *_in_loop(parses, function)]:
            yield _finding(each, context, f"{each.callee}({each.data}) parses what this function has parsed already")
        for each, path in _downstream(node, function, parses, by_function, context):
            how = " -> ".join(path)
            yield _finding(each, context, f"{each.callee}({each.data}) parses what {path[0]} has parsed: {how}")


def _finding(call: Repeatable, context: Context, what: str) -> Finding:
    weight = sum(op.weight for op in call.node.expensive_ops if op.line == call.site.line and op.callee == call.callee)
    return Finding(
        kind=FindingKind.REPARSING,
        function=call.node.name,
        file=call.node.file,
        line=call.site.line,
        what=what,
        why="parsing grows with the data; the result is at hand upstream",
        action="hand on the parsed value in place of the text, or remember it by the text",
        effort=Level.MEDIUM,
        heat=context.heat[call.node.name],
        cost_now=weight * context.passes.get(call.node.name, 0.0),
        reduction=0.5,
    )


def _is_parse(call: Repeatable) -> bool:
    method = call.callee.rpartition(".")[2]
    if call.cost_class is CostClass.FILE_IO:
        return call.site.text.rpartition(".")[2] in {"read_text", "read_bytes"}
    return method in _PARSERS


def _again(parses: list[Repeatable], context: Context) -> Iterator[Repeatable]:
    """Yield the second and further parses of the same data in one function."""
    groups: defaultdict[tuple[str, str], list[Repeatable]] = defaultdict(list)
    for each in parses:
        groups[each.callee, each.data].append(each)
    for (_, data), group in groups.items():
        if group[0].is_fixed or unchanged(group, data, context.sources):
            yield from group[1:]


def _in_loop(parses: list[Repeatable], function: Function) -> Iterator[Repeatable]:
    """Yield parses in a statement loop that binds nothing their data rests on."""
    loops = [node for node in own_nodes(function) if isinstance(node, _LOOPS)]
    for each in parses:
        around = [loop for loop in loops if loop.lineno < each.site.line <= (loop.end_lineno or 0)]
        if around and not each.is_fixed:
            data = _names(each.data)
            innermost = max(around, key=lambda loop: loop.lineno)
            bound = names(innermost, ast.Store)
            if data and data.isdisjoint(bound) and not _is_consumed(each):
                yield each
        elif around:
            yield each


def _is_consumed(call: Repeatable) -> bool:
    """Say whether reading takes the data: a file object gives other data with every `json.load(file)`."""
    return call.callee.rpartition(".")[2] in {"load", "load_all", "safe_load"}


def _names(data: str) -> set[str]:
    try:
        tree = ast.parse(data, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    has_calls = any(isinstance(node, ast.Call | ast.Await) for node in ast.walk(tree))
    return set() if has_calls else names(tree, ast.Load)


def _downstream(
    node: FunctionNode,
    function: Function,
    parses: list[Repeatable],
    by_function: dict[str, list[Repeatable]],
    context: Context,
) -> Iterator[tuple[Repeatable, tuple[str, ...]]]:
    """Yield parses, in functions that a function calls with data it parses itself, of that data; with the way there."""
    parsed = {each.data: each.callee for each in parses if each.data.isidentifier()}
    start: tuple[str, ...] = (node.name,)
    pending = [(node, function, parsed, start)] if parsed else []
    while pending:
        caller, definition, data, path = pending.pop()
        if len(path) > _MOST_CALLS:
            continue
        for callee, handed in _handed(caller, definition, data, context):
            if callee.name in path:
                continue
            way = (*path, callee.name)
            for each in by_function.get(callee.name, ()):
                if handed.get(each.data) == each.callee:
                    yield each, way
            target = context.sources.function(callee)
            if target is not None:
                pending.append((callee, target, handed, way))


def _handed(
    caller: FunctionNode, function: Function, data: dict[str, str], context: Context
) -> Iterator[tuple[FunctionNode, dict[str, str]]]:
    """Yield the functions called with data, and the parameters that hold it there, each with what parsed it."""
    for call in own_nodes(function):
        if isinstance(call, ast.Call) and any(name in data for name in names([*call.args, *call.keywords], ast.Load)):
            for callee in _targets(caller, call, context):
                target = context.sources.function(callee)
                handed = {} if target is None else _parameters(call, target, data)
                if handed:
                    yield callee, handed


def _targets(caller: FunctionNode, call: ast.Call, context: Context) -> Iterator[FunctionNode]:
    for site in caller.calls:
        if site.line == call.lineno and _is_same(site, call):
            for callee in site.callees:
                found = context.functions.nodes.get(callee.name)
                if found is not None and callee.tier is not Tier.EXTERNAL:
                    yield found


def _is_same(site: CallSite, call: ast.Call) -> bool:
    last = site.text.rpartition(".")[2]
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)
    return name == last


def _parameters(call: ast.Call, target: Function, data: dict[str, str]) -> dict[str, str]:
    """Return the parameters that are given a name of the data, with what parsed it."""
    parameters = [each.arg for each in (*target.args.posonlyargs, *target.args.args)]
    if parameters[:1] in (["self"], ["cls"]):
        parameters = parameters[1:]
    given = [*zip(parameters, call.args, strict=False), *((each.arg, each.value) for each in call.keywords)]
    return {
        name: data[value.id]
        for name, value in given
        if name is not None and isinstance(value, ast.Name) and value.id in data
    }
