"""Reads what a setup.py gives to `setup()`, as far as it is written down plainly. It is never run."""

import ast
from collections.abc import Mapping

from profiling.context.parsing import parsed


def setup_arguments(text: str) -> Mapping[str, object]:
    """Return the keyword arguments of the first `setup(...)` that are literals, or names of literals.

    Args:
        text: of setup.py; what is no Python has none.
    """
    tree = parsed(text)
    if tree is None:
        return {}
    named = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    call = next((node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_setup(node.func)), None)
    found: dict[str, object] = {}
    for keyword in call.keywords if call else ():
        value = named.get(keyword.value.id) if isinstance(keyword.value, ast.Name) else keyword.value
        if keyword.arg and value is not None:
            _note(found, keyword.arg, value)
    return found


def _is_setup(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name == "setup"


def _note(found: dict[str, object], name: str, value: ast.expr) -> None:
    try:
        found[name] = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return
