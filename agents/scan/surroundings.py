"""What stands around a node: the function it runs in, and the loop that repeats it there."""

import ast
from collections.abc import Iterator

from agents.recipes.functions import FunctionNode
from agents.recipes.project import Module
from agents.recipes.walking import nodes, parents_below

_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def calls(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Yield every call with the dotted name as written; empty where it is none."""
    for call in nodes(module.syntax, ast.Call):
        yield call, dotted(call.func)


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` as written; of a chain that starts at no name, what follows the last call or index (`.c`)."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return ".".join(reversed(parts)) if len(parts) > 1 or parts[0] else ""


def is_repeated(node: ast.AST, module: Module) -> bool:
    """Say whether a loop or comprehension of the function around a node evaluates it again and again."""
    above, below = parents_below(module.syntax), node
    step = above.get(node)
    while step is not None and not isinstance(step, FunctionNode | ast.Lambda | ast.ClassDef):
        if isinstance(step, ast.For | ast.AsyncFor) and below in step.body:
            return True
        if isinstance(step, ast.While) and below not in step.orelse:
            return True
        if isinstance(step, _Comprehension) and below is not step.generators[0]:
            return True
        if isinstance(step, ast.comprehension) and below is not step.iter:
            return True
        below, step = step, above.get(step)
    return False


def loop_around(node: ast.AST, module: Module) -> ast.For | ast.AsyncFor | ast.While | None:
    """Return the innermost loop statement of its function whose body holds a node."""
    above, below = parents_below(module.syntax), node
    step = above.get(node)
    while step is not None and not isinstance(step, FunctionNode | ast.Lambda | ast.ClassDef):
        if isinstance(step, ast.For | ast.AsyncFor | ast.While) and below in step.body:
            return step
        below, step = step, above.get(step)
    return None


def function_around(node: ast.AST, module: Module) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the innermost function that a node stands in; of a function itself."""
    above = parents_below(module.syntax)
    step: ast.AST | None = node
    while step is not None and not isinstance(step, FunctionNode):
        step = above.get(step)
    return step
