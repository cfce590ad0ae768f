"""Looks at a single frame in place of the whole stack: the same question, asked more cheaply."""

import ast
from collections.abc import Callable

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


def _is_near_frame(node: ast.AST, dotted: Dotted) -> bool:
    """Say whether it is `sys._getframe` of the function itself or its caller."""
    if not isinstance(node, ast.Call) or dotted(node.func) != _ONE_FRAME or node.keywords or len(node.args) != 1:
        return False
    depth = node.args[0]
    return isinstance(depth, ast.Constant) and type(depth.value) is int and depth.value in _NEAREST
