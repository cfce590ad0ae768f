"""Looks at a single frame in place of the whole stack: the same question, asked more cheaply."""

import ast
from collections.abc import Callable

from agents.recipes import stack_entry

THE_STACK = "inspect.stack"
_ONE_FRAME = "sys._getframe"
_FRAME_INFO = "inspect.getframeinfo"
_NEAREST = (0, 1)

Dotted = Callable[[ast.AST], str | None]


def asks_one_frame(node: ast.AST, dotted: Dotted) -> bool:
    """Say whether an expression asks its own or its caller's frame for its name, or for file and line.

    `sys._getframe(1).f_code.co_name` and `inspect.getframeinfo(sys._getframe(1), 0)` tell what `inspect.stack()[1]`
    does and no more; any other use of a frame tells more.

    Args:
        node: the expression.
        dotted: returns the full name of an expression made of names and attributes.
    """
    if isinstance(node, ast.Call) and dotted(node.func) == _FRAME_INFO and node.args and not node.keywords:
        return _is_near_frame(node.args[0], dotted) and all(isinstance(one, ast.Constant) for one in node.args[1:])
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Attribute):
        return False
    return (node.attr, node.value.attr) == ("co_name", "f_code") and _is_near_frame(node.value.value, dotted)


def entry_readers(tree: ast.Module, dotted: Dotted) -> tuple[ast.FunctionDef, ...]:
    """Return the functions of a module that give one entry of the stack, as `inspect.stack()[index]` does, and no more.

    Args:
        tree: the module.
        dotted: returns the full name of an expression made of names and attributes.
    """
    texts = (stack_entry.function_text(inspect="inspect", sys="sys", is_annotated=one) for one in (False, True))
    meant = [_shape(_undescribed(stack_entry.definition(text)), _as_written) for text in texts]
    return tuple(
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == stack_entry.NAME
        if _shape(_undescribed(node), dotted) in meant
    )


def _undescribed(function: ast.FunctionDef) -> ast.FunctionDef:
    """Return a function without its docstring."""
    described = ast.get_docstring(function) is not None
    return ast.FunctionDef(**{**dict(ast.iter_fields(function)), "body": function.body[1 if described else 0 :]})


def _shape(part: object, dotted: Dotted) -> object:
    """Return syntax in a form that can be compared: names in full, whatever they were imported as."""
    if isinstance(part, list):
        return [_shape(one, dotted) for one in part]
    name = dotted(part) if isinstance(part, ast.Name | ast.Attribute) else None
    if name is not None or not isinstance(part, ast.AST):
        return name if name is not None else part
    return type(part), [_shape(value, dotted) for _, value in ast.iter_fields(part)]


def _as_written(node: ast.AST) -> str | None:
    """Return the full name of an expression in the function's own text."""
    name = ast.unparse(node)
    return None if name.partition(".")[0] in stack_entry.LOCALS else name


def _is_near_frame(node: ast.AST, dotted: Dotted) -> bool:
    """Say whether it is `sys._getframe` of the function itself or its caller."""
    if not isinstance(node, ast.Call) or dotted(node.func) != _ONE_FRAME or node.keywords or len(node.args) != 1:
        return False
    depth = node.args[0]
    return isinstance(depth, ast.Constant) and type(depth.value) is int and depth.value in _NEAREST
