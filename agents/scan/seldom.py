"""Code that runs once at most, or for people who look at it: start-up, scripts, documentation, generated files."""

import ast
import re
from pathlib import PurePosixPath

from agents.recipes.functions import FunctionNode
from agents.recipes.once import once
from agents.recipes.project import Module
from agents.recipes.scope import parameters_of
from agents.recipes.walking import nodes, once_below, parents_below

_FOLDERS = frozenset(
    "bench benchmark benchmarks demo demos doc docs example examples fixtures samples scripts testing tools".split()
)
_FILES = frozenset("__main__ _version build conf conftest fabfile noxfile setup tasks versioneer".split())
_FUNCTIONS = frozenset({"main", "_main", "__repr__", "__del__"})
_CLASS_MACHINERY = frozenset({"__mro__", "__bases__", "__slots__", "__subclasses__"})
"""Functions that ask for these make or look at classes: that is done once a class, over as much as a class has."""
_METACLASSES = frozenset({"type", "EnumType", "EnumMeta", "ABCMeta"})
_GENERATED = re.compile(r"generated (by|from|with|using)|do not (edit|modify)|auto-?generated", re.IGNORECASE)
_HEAD_LINES = 12


def is_seldom(node: ast.AST | None, module: Module) -> bool:
    """Say whether a place belongs to such code.

    Args:
        node: the place.
        module: its module.
    """
    if _is_seldom_file(module):
        return True
    above = parents_below(module.syntax)
    step, is_inside = node, False
    while step is not None:
        if isinstance(step, FunctionNode):
            is_inside = True
            if step.name in _FUNCTIONS or _handles_classes(step) or _is_kept_for_good(step):
                return True
        if isinstance(step, ast.ClassDef) and any(getattr(base, "id", "") in _METACLASSES for base in step.bases):
            return True
        if isinstance(step, ast.If) and "__main__" in ast.unparse(step.test):
            return True
        step = above.get(step)
    return not is_inside


def _is_kept_for_good(function: FunctionNode) -> bool:
    """Say whether a function without parameters is cached: it runs once."""
    decorators = " ".join(map(ast.unparse, function.decorator_list))
    return "cache" in decorators and not parameters_of(function)


@once_below
def _handles_classes(function: ast.AST) -> bool:
    asked = {node.attr for node in nodes(function, ast.Attribute)}
    asked |= {node.value for node in nodes(function, ast.Constant) if isinstance(node.value, str)}
    return not _CLASS_MACHINERY.isdisjoint(asked)


@once
def _is_seldom_file(module: Module) -> bool:
    path = PurePosixPath(module.file)
    if path.stem in _FILES or not _FOLDERS.isdisjoint(path.parts[:-1]):
        return True
    head = (line for line in module.text.splitlines()[:_HEAD_LINES] if line.startswith("#"))
    return any(_GENERATED.search(line) for line in head)
