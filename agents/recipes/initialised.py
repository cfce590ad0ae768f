"""Whether `__init__` runs once for each instance of some classes: what it stores stays, if nothing else stores it."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.recipes.functions import FunctionNode, called_name
from agents.recipes.hierarchy import Class
from agents.recipes.instances import may_be_instance, receiver_of
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.scope import names
from agents.recipes.tables import parents
from agents.recipes.walking import nodes

_NAME = "__init__"
_BY_NAME = frozenset({"getattr", "attrgetter", "methodcaller"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mention:
    """One `receiver.__init__`, or `getattr(receiver, "__init__")`.

    Attributes:
        module: where it stands.
        receiver: None when it can't be told.
        passed_on_from: the class whose own `__init__` hands its instance on in this way, outside loops; None: no such.
        function: that `__init__`.
    """

    module: Module
    receiver: ast.expr | None
    passed_on_from: ast.ClassDef | None
    function: FunctionNode | None


def is_initialised_once(family: Sequence[Class], project: Project) -> bool:
    """Say whether nothing initialises an instance of these classes again after it was made.

    Args:
        family: a class with everything it inherits from and everything that may inherit from it.
        project: searched for calls of `__init__` by name.
    """
    passing: set[FunctionNode] = set()
    for mention in _mentions(project):
        if not _concerns(mention, family, project):
            continue
        if mention.function is None or mention.function in passing:
            return False
        passing.add(mention.function)  # a second time would store anew what may have been read
    return True


@once
def _mentions(project: Project) -> tuple[_Mention, ...]:
    return tuple(found for module in project.everything if _NAME in module.text for found in _mentioned(module))


def _mentioned(module: Module) -> Iterator[_Mention]:
    for node in nodes(module.syntax, ast.Attribute):
        if node.attr == _NAME and isinstance(node.ctx, ast.Load):
            function, owner = _passed_on(node, module)
            yield _Mention(module=module, receiver=node.value, passed_on_from=owner, function=function)
    for call in nodes(module.syntax, ast.Call):
        if called_name(call) in _BY_NAME and any(_is_name(argument) for argument in call.args):
            receiver = call.args[0] if not _is_name(call.args[0]) else None
            yield _Mention(module=module, receiver=receiver, passed_on_from=None, function=None)


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == _NAME


def _passed_on(node: ast.Attribute, module: Module) -> tuple[FunctionNode | None, ast.ClassDef | None]:
    """Return the `__init__` that hands its own instance to the one of another class, and its class."""
    above, step = parents(module), parents(module)[node]
    call = step
    while not isinstance(step, FunctionNode):
        if isinstance(step, ast.For | ast.AsyncFor | ast.While | ast.Lambda | ast.comprehension | ast.Module):
            return None, None
        step = above[step]
    owner = above[step]
    is_called = isinstance(call, ast.Call) and call.func is node
    if step.name != _NAME or not isinstance(owner, ast.ClassDef) or not is_called or not isinstance(call, ast.Call):
        return None, None
    if _is_super(node.value):
        return step, owner
    first = call.args[0] if call.args else None
    is_own = isinstance(first, ast.Name) and receiver_of(first, module) is owner
    is_class = _class_named(node.value, module) is not None
    return (step, owner) if is_own and is_class else (None, None)


def _concerns(mention: _Mention, family: Sequence[Class], project: Project) -> bool:
    """Say whether it may initialise an instance of the family."""
    receiver = mention.receiver
    if receiver is None:
        return True
    if mention.passed_on_from is not None:
        return any(member.node is mention.passed_on_from for member in family)
    if _is_super(receiver):
        owner = _class_around(receiver, mention.module)
        return owner is None or any(member.node is owner for member in family)
    named = _class_named(receiver, mention.module)
    if named is not None:
        return any(member.name == named for member in family)
    if isinstance(receiver, ast.Call) and called_name(receiver) == "type":
        return True
    return any(may_be_instance(receiver, mention.module, member, project) for member in family)


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _class_around(node: ast.AST, module: Module) -> ast.ClassDef | None:
    step = parents(module).get(node)
    while step is not None and not isinstance(step, ast.ClassDef):
        step = parents(module).get(step)
    return step


def _class_named(node: ast.expr, module: Module) -> str | None:
    """Return the last name of a class that an expression surely names; None: it may be anything."""
    known = names(module)
    dotted = known.dotted(node)
    if dotted is not None:
        return dotted.rpartition(".")[2]
    if not isinstance(node, ast.Name):
        return None
    scope = known.resolve(node.id, node)
    bound = known.bindings(node.id, scope) if scope else ()
    is_class = len(bound) == 1 and isinstance(bound[0], ast.ClassDef)
    return node.id if is_class or known.is_builtin(node.id, node) else None
