"""Whether evaluating an expression surely lets no StopIteration out, which means another thing in a generator."""

import ast

from agents.recipes import kinds
from agents.recipes.calls import computed_attributes
from agents.recipes.functions import functions, own
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.purity import purities
from agents.recipes.quiet import is_defined_in_a_class
from agents.recipes.scope import names
from agents.recipes.walking import walk

_MAX_DEPTH = 5
_BUILTINS = kinds.READERS - {"next", "map", "filter"} | {"getattr", "hasattr", "id", "print", "vars"}
_ERRORS = frozenset(name for name in kinds.BUILTIN_TYPES if name.endswith("Error"))
_CALLING_BACK = frozenset({"re.sub", "re.subn", "sub", "subn"})
_METHODS = (kinds.SCALAR_METHODS | kinds.OWNED_METHODS) - _CALLING_BACK
# Special methods that no operator calls, besides those of what is called by name.
_CALLED = frozenset("__anext__ __call__ __del__ __enter__ __exit__ __init__ __new__ __next__".split())
_STOPS = frozenset({"StopIteration", "StopAsyncIteration"})
_LATER = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SUSPENDING = (ast.Yield, ast.YieldFrom, ast.Await, ast.AsyncFor, ast.AsyncWith)


def lets_no_stop_out(expression: ast.expr, module: Module, project: Project) -> bool:
    """Say whether evaluating an expression surely raises no StopIteration.

    Operators, comparisons and attribute reads of libraries are taken not to; those of the project are looked at.
    """
    return not _operators_may_stop(project) and _is_safe(expression, module, project, 0)


def _is_safe(tree: ast.AST, module: Module, project: Project, depth: int) -> bool:
    return all(_is_safe_step(node, module, project, depth) for node in walk(tree))


def _is_safe_step(node: ast.AST, module: Module, project: Project, depth: int) -> bool:
    if isinstance(node, _LATER + _SUSPENDING):
        return False
    if isinstance(node, ast.Raise):
        return _raises_builtin(node, module)
    if isinstance(node, ast.Attribute):
        return node.attr not in computed_attributes(project)
    return not isinstance(node, ast.Call) or _is_safe_call(node, module, project, depth)


def _raises_builtin(node: ast.Raise, module: Module) -> bool:
    made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(made, ast.Name) and made.id not in _STOPS and names(module).is_builtin(made.id, made)


def _is_safe_call(node: ast.Call, module: Module, project: Project, depth: int) -> bool:
    function = node.func
    if any(keyword.arg in (None, "key") for keyword in node.keywords):
        return False
    if isinstance(function, ast.Name) and names(module).is_builtin(function.id, function):
        return function.id in _BUILTINS | _ERRORS
    dotted = names(module).dotted(function)
    if dotted in kinds.STDLIB_CALLS:
        return dotted not in _CALLING_BACK
    definition = purities(project).resolve(function, module)
    if definition is not None:
        body = definition.node.body
        is_plain = isinstance(definition.node, ast.FunctionDef) and depth < _MAX_DEPTH
        return is_plain and all(_is_safe(part, definition.module, project, depth + 1) for part in body)
    if not isinstance(function, ast.Attribute) or dotted is not None:
        return False
    return function.attr in _METHODS and not is_defined_in_a_class(function.attr, project)


@once
def _operators_may_stop(project: Project) -> bool:
    """Say whether a special method of the project, which an operator may call, draws from an iterator or stops one."""
    return any(
        function.node.name[:2] == "__" and function.node.name not in _CALLED and _mentions_stop(function.node)
        for module in project.modules.values()
        for function in functions(module)
        if function.owner is not None
    )


def _mentions_stop(function: ast.AST) -> bool:
    """Say whether a function draws from an iterator or stops one; in a generator that ends in a RuntimeError."""
    if own(function, ast.Yield, ast.YieldFrom):
        return False
    return any(isinstance(node, ast.Name) and node.id in {"next", *_STOPS} for node in walk(function))
