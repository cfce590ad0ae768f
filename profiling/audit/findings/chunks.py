"""Loops that append uniform records on hot paths: a chunked, never-moving array would hold them."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from profiling.audit.findings.model import Context, Finding, FindingKind, Heat, Level
from profiling.audit.model import FunctionNode
from profiling.audit.sources import Function, dotted, own_nodes

_MANY = 1000
_FEWEST_FIELDS = 2
_ADDING = frozenset(("append",))
_TAKING = frozenset(("pop", "popleft", "clear", "remove"))
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Append:
    line: int
    fields: tuple[str, ...] | None


def find(context: Context) -> Iterator[Finding]:
    """Yield every list that loops fill with records of one and the same set of keys, hot or large."""
    for node, function in context.defined():
        for target, appends in _appends(function).items():
            fields = appends[0].fields
            is_uniform = fields is not None and all(each.fields == fields for each in appends)
            if is_uniform and _is_large(node, appends, context):
                assert fields is not None
                yield Finding(
                    kind=FindingKind.CHUNKIFICATION,
                    function=node.name,
                    file=node.file,
                    line=appends[0].line,
                    what=f"a loop appends uniform records ({', '.join(fields)}) to {target}",
                    why="every record is an object of its own, with its own keys or header, scattered over the heap",
                    action="keep them in a chunked, never-moving array: one column a field, grown by whole chunks",
                    effort=Level.HIGH,
                    heat=context.heat[node.name],
                )


def _is_large(node: FunctionNode, appends: list[_Append], context: Context) -> bool:
    """Say whether many are appended: by the bound of the loops where one is known, else in a hot function."""
    lines = {each.line for each in appends}
    sites = [site for site in node.calls if site.line in lines and site.text.endswith(".append")]
    bounds = [loop.bound for site in sites for loop in site.loops]
    if bounds and all(bound is not None for bound in bounds):
        product = 1.0
        for bound in bounds:
            product *= bound or 0
        return product * context.passes.get(node.name, 1.0) >= _MANY
    return context.heat[node.name] is Heat.HOT


def _appends(function: Function) -> dict[str, list[_Append]]:
    """Return what loops append, by the list; work-lists, which are emptied again, and handlers of errors left out."""
    inside = list(own_nodes(function))
    handlers = (node.body for node in inside if isinstance(node, ast.ExceptHandler))
    seldom = {id(node) for body in handlers for node in own_nodes(body)}
    emptied = {_owner(node, _TAKING) for node in inside}
    found: defaultdict[str, dict[_Append, None]] = defaultdict(dict)
    for loop in inside:
        if isinstance(loop, _LOOPS):
            for node in own_nodes([*loop.body, *loop.orelse]):
                target = _owner(node, _ADDING)
                if target is None or target in emptied or id(node) in seldom:
                    continue
                assert isinstance(node, ast.Call)
                if len(node.args) == 1:
                    found[target][_Append(line=node.lineno, fields=_fields(node.args[0]))] = None
    return {target: list(appends) for target, appends in found.items()}


def _owner(node: ast.AST, methods: frozenset[str]) -> str | None:
    """Return what one of some methods is called on."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in methods:
        return None
    return dotted(node.func.value)


def _fields(record: ast.expr) -> tuple[str, ...] | None:
    """Return the keys of a record written out, None for anything that is none."""
    if isinstance(record, ast.Dict):
        keys = [key.value for key in record.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
        is_whole = len(keys) == len(record.keys) >= _FEWEST_FIELDS
        return tuple(sorted(keys)) if is_whole else None
    if isinstance(record, ast.Tuple):
        is_whole = len(record.elts) >= _FEWEST_FIELDS and not any(isinstance(e, ast.Starred) for e in record.elts)
        return tuple(f"[{index}]" for index in range(len(record.elts))) if is_whole else None
    if isinstance(record, ast.Call) and (dotted(record.func) or "").rpartition(".")[2][:1].isupper():
        keywords = [each.arg for each in record.keywords if each.arg is not None]
        count = len(keywords) + len(record.args)
        is_whole = count >= _FEWEST_FIELDS and len(keywords) == len(record.keywords)
        positions = [f"[{index}]" for index in range(len(record.args))]
        return (dotted(record.func) or "", *positions, *sorted(keywords)) if is_whole else None
    return None
