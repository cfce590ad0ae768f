"""Whether what an import brings is named where the workload passes: then it is needed, whatever ran in it."""

import ast
from collections.abc import Iterator

from profiling.interactions.lines import parsed
from profiling.interactions.observed import Observed
from profiling.model import FunctionKey
from profiling.targets import MODULE_BODY

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def is_named_where_it_ran(observed: Observed, file: str, line: int) -> bool:
    """Say whether names that a line imports are read by its module's body, or by a function there that ran.

    False where there is no source to look at. Constants of a module are needed without any function of it running.

    Args:
        observed: with a root.
        file: of the importing line, relative to the root.
        line: 1-based.
    """
    tree = parsed(observed.root, file)
    if tree is None:
        return False
    names = {name for statement in _imports_at(tree, line) for name in _bound(statement)}
    ran = {key.first_line for key in _that_ran(observed) if key.file == file and key.qualname != MODULE_BODY}
    return any(node.id in names for node in _read(tree, ran))


def _that_ran(observed: Observed) -> Iterator[FunctionKey]:
    """Yield functions that were sampled or counted."""
    for function in observed.profile.functions:
        if function.calls or function.samples_total:
            yield function.key
    for edge in observed.profile.edges:
        yield from (edge.caller, edge.callee)


def _imports_at(tree: ast.Module, line: int) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and node.lineno <= line <= (node.end_lineno or node.lineno):
            yield node


def _bound(statement: ast.Import | ast.ImportFrom) -> Iterator[str]:
    for alias in statement.names:
        yield alias.asname or alias.name.partition(".")[0]


def _read(tree: ast.Module, ran: set[int]) -> Iterator[ast.Name]:
    """Yield the names read at import time, and in functions whose first lines are given, without recursion."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node
        if isinstance(node, _DEFINITIONS) and not _runs(node, ran):
            pending.extend(_at_definition(node))
        else:
            pending.extend(ast.iter_child_nodes(node))


def _runs(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, ran: set[int]) -> bool:
    decorators = [] if isinstance(node, ast.Lambda) else [one.lineno for one in node.decorator_list]
    return min([node.lineno, *decorators]) in ran


def _at_definition(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.AST]:
    """Return what runs when a function is defined: its decorators and defaults. Annotations need no import."""
    defaults: list[ast.AST] = [*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]
    return defaults if isinstance(node, ast.Lambda) else [*defaults, *node.decorator_list]
