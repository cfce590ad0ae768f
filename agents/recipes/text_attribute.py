"""Where a loop of a method builds the text of an attribute piece by piece, and nobody can look at it meanwhile."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.recipes.builtin_values import shape_of
from agents.recipes.functions import Function, FunctionNode, functions, own
from agents.recipes.hierarchy import Class, hierarchy
from agents.recipes.project import Module, Project
from agents.recipes.quiet import changes_nothing
from agents.recipes.scope import names
from agents.recipes.shapes import STR
from agents.recipes.tables import parents
from agents.recipes.uses import reads_its_frame
from agents.recipes.walking import nodes, walk

_INTERCEPTING = ("__getattribute__", "__setattr__")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAttribute:
    """One loop.

    Attributes:
        loop: the `for` or `while` statement.
        attribute: name of the attribute of `self`; receiver: what `self` is called.
        additions: the statements `self.attribute += text` in the loop.
    """

    loop: ast.For | ast.While
    receiver: str
    attribute: str
    additions: tuple[ast.AugAssign, ...]


def text_attributes(function: Function, module: Module, project: Project) -> Iterator[TextAttribute]:
    """Yield the outermost loops of a method that do nothing to an attribute but add text to it."""
    if function.owner is None or function.node.decorator_list or reads_its_frame(function.node, module):
        return
    taken: set[ast.AST] = set()
    loops: Sequence[ast.For | ast.While] = own(function.node, ast.For, ast.While)
    for loop in loops:
        if loop not in taken:
            for name in sorted(_added_to(loop, function.node)):
                found = _text_attribute(loop, name, function, module, project)
                if found is not None:
                    taken.update(walk(loop))
                    yield found


def _receiver(function: FunctionNode) -> str:
    positional = [*function.args.posonlyargs, *function.args.args]
    return positional[0].arg if positional else ""


def _added_to(loop: ast.For | ast.While, function: FunctionNode) -> set[str]:
    """Return the attributes of the receiver that a loop adds to."""
    targets = (node.target for node in walk(loop) if isinstance(node, ast.AugAssign))
    return {target.attr for target in targets if isinstance(target, ast.Attribute) and _is_own(target, function)}


def _is_own(node: ast.Attribute, function: FunctionNode) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == _receiver(function)


def _text_attribute(
    loop: ast.For | ast.While, name: str, function: Function, module: Module, project: Project
) -> TextAttribute | None:
    assert function.owner is not None
    mentions = [node for node in walk(loop) if isinstance(node, ast.Attribute) and node.attr == name]
    above = parents(module)
    additions = tuple(node for mention in mentions if isinstance(node := above[mention], ast.AugAssign))
    if len(additions) != len(mentions) or not all(
        _adds_text(node, function.node, module, project) for node in additions
    ):
        return None
    known, receiver = names(module), _receiver(function.node)
    if len(known.bindings(receiver, known.inside(function.node))) != 1:
        return None
    besides = frozenset[ast.AST]((*additions, *mentions))
    if not changes_nothing(loop, function.node, module, project, besides):
        return None
    is_text = _is_text_before(loop, name, function.node, module, project)
    if not is_text or not _is_plain(name, function.owner, project) or _is_seen_unasked(name, project):
        return None
    return TextAttribute(loop=loop, receiver=receiver, attribute=name, additions=additions)


def _adds_text(node: ast.AugAssign, function: FunctionNode, module: Module, project: Project) -> bool:
    is_own = isinstance(node.target, ast.Attribute) and _is_own(node.target, function)
    return is_own and isinstance(node.op, ast.Add) and shape_of(node.value, module, project) == STR


def _is_text_before(
    loop: ast.For | ast.While, name: str, function: FunctionNode, module: Module, project: Project
) -> bool:
    """Say whether the attribute is set to a str earlier in the loop's block, and nothing is changed in between."""
    holder = parents(module)[loop]
    blocks = [block for _, block in ast.iter_fields(holder) if isinstance(block, list) and loop in block]
    before: Sequence[ast.stmt] = blocks[0][: blocks[0].index(loop)]
    for statement in reversed(before):
        if _sets(statement, name, function):
            assert isinstance(statement, ast.Assign)
            return shape_of(statement.value, module, project) == STR
        if not changes_nothing(statement, function, module, project):
            return False
    return False


def _sets(statement: ast.stmt, name: str, function: FunctionNode) -> bool:
    target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    return isinstance(target, ast.Attribute) and target.attr == name and _is_own(target, function)


def _is_plain(name: str, owner: ast.ClassDef, project: Project) -> bool:
    """Say whether setting and reading the attribute runs no code: every class around it is the project's, and plain."""
    family = hierarchy(project).family(hierarchy(project).of(owner))
    return family is not None and all(_keeps_it_plain(member, name) for member in family)


def _keeps_it_plain(member: Class, name: str) -> bool:
    if member.node.keywords or member.node.decorator_list or any(map(member.binds, _INTERCEPTING)):
        return False
    return not member.binds(name)


def _is_seen_unasked(name: str, project: Project) -> bool:
    """Say whether code that runs without being called by name may read the attribute: operators, properties, steps."""
    for module in project.everything:
        for function in functions(module):
            if _runs_unasked(function.node) and _reads(function.node, name):
                return True
    return any(node.value == name for module in project.everything for node in nodes(module.syntax, ast.Constant))


def _runs_unasked(function: FunctionNode) -> bool:
    is_special = function.name.startswith("__") and function.name != "__init__"
    steps = bool(own(function, ast.Yield, ast.YieldFrom))
    return is_special or bool(function.decorator_list) or steps


def _reads(function: FunctionNode, name: str) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr == name for node in walk(function))
