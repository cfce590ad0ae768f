"""Sites that are one expression or statement of a function: how they are named, found again and tried."""

import ast
from collections.abc import Callable

from agents.model import Patch
from agents.recipes._base import Site
from agents.recipes.functions import Function
from agents.recipes.project import Module
from agents.recipes.splice import NotSpliceable
from profiling.facts import FactRequest


def place_of(node: ast.expr | ast.stmt) -> str:
    """Return where a node stands, as text that is the same as long as the module's text is."""
    return f"{node.lineno}:{node.col_offset}-{node.end_lineno}:{node.end_col_offset}"


def site_at(recipe: str, function: Function, node: ast.expr | ast.stmt, module: Module, *requests: FactRequest) -> Site:
    """Return the site of a recipe at a node of a function."""
    return Site(
        recipe=recipe,
        key=function.key,
        module=module.file,
        line=node.lineno,
        requests=requests,
        node_path=place_of(node),
    )


def can_be_made(patch: Callable[[], Patch]) -> bool:
    """Say whether the text allows a patch."""
    try:
        patch()
    except NotSpliceable:
        return False
    return True
