"""A general-purpose primitive is used often where a narrower one would do."""

import ast
from collections.abc import Iterator

from profiling.audit.cost_model import class_of_call
from profiling.audit.findings.model import Context, Finding, FindingKind, Heat, Level
from profiling.audit.model import CallSite, FunctionNode
from profiling.audit.sources import dotted, own_nodes

_SMALL = 8
_WRITERS = frozenset(
    "json.dumps orjson.dumps ujson.dumps simplejson.dumps yaml.dump yaml.safe_dump pickle.dumps".split()
)
_READERS = frozenset("json.loads ujson.loads simplejson.loads orjson.loads pickle.loads marshal.loads".split())
_SCALARS = (ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.JoinedStr, ast.BinOp)


def find(context: Context) -> Iterator[Finding]:
    """Yield repeated calls of a general encoder on small payloads, round trips through one, copies of flat data."""
    for node, function in context.defined():
        calls = _calls(function)
        for site in node.calls:
            found = class_of_call(site)
            call = calls.get((site.line, site.text))
            if found is None or call is None or not (site.loops or context.heat[node.name] is Heat.HOT):
                continue
            advice = _advice(found[0], call)
            if advice is not None:
                yield _finding(node, site, context, found[0], advice)


def _finding(node: FunctionNode, site: CallSite, context: Context, callee: str, advice: tuple[str, str]) -> Finding:
    weight = sum(op.weight for op in node.expensive_ops if op.line == site.line and op.callee == callee)
    return Finding(
        kind=FindingKind.GENERAL_PRIMITIVE,
        function=node.name,
        file=node.file,
        line=site.line,
        what=f"{callee} {advice[0]}, many times",
        why="a general-purpose encoder finds out with every call what is the same every time",
        action=advice[1],
        effort=Level.LOW,
        heat=context.heat[node.name],
        cost_now=weight * context.passes.get(node.name, 0.0),
    )


def _advice(callee: str, call: ast.Call) -> tuple[str, str] | None:
    """Return what is done with a general primitive and what to do instead, None where it is in its place."""
    argument = call.args[0] if call.args else None
    if argument is None:
        return None
    if callee in _READERS and isinstance(argument, ast.Call) and _last(argument) == "dumps":
        return "of what was encoded just before", "copy it: copy.deepcopy, or a constructor for the known shape"
    if callee in _WRITERS and _is_small(argument):
        return "of a small payload of known keys", "format it directly, or build one encoder and reuse it"
    if callee == "copy.deepcopy" and _is_small(argument):
        return "of a small, flat display", "a shallow copy or the display itself is enough"
    return None


def _is_small(argument: ast.expr) -> bool:
    """Say whether a payload is written out with at most eight scalar parts."""
    if isinstance(argument, ast.Dict):
        is_known = all(isinstance(key, ast.Constant) for key in argument.keys)
        return is_known and len(argument.values) <= _SMALL and all(isinstance(v, _SCALARS) for v in argument.values)
    if isinstance(argument, ast.List | ast.Tuple):
        return len(argument.elts) <= _SMALL and all(isinstance(each, _SCALARS) for each in argument.elts)
    return isinstance(argument, ast.Constant)


def _calls(function: ast.AST) -> dict[tuple[int, str], ast.Call]:
    """Return the calls of a function by line and callee as written."""
    calls = [node for node in own_nodes(function) if isinstance(node, ast.Call)]
    return {(call.lineno, name): call for call in calls if (name := dotted(call.func)) is not None}


def _last(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
