"""Whether a class is only made, inherited from and asked about by name, or passed on to where anything may be done."""

import ast
from collections.abc import Collection, Iterator, Mapping

from agents.recipes.functions import FunctionNode
from agents.recipes.hierarchy import Class
from agents.recipes.instances import may_be_instance
from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.tables import parents
from agents.recipes.walking import nodes, walk

_ASKING = frozenset({"isinstance", "issubclass", "cast"})
_TELLING = frozenset({"__module__", "__name__", "__qualname__"})


def is_only_named(found: Class, project: Project, hidden: Collection[str] = ()) -> bool:
    """Say whether every mention of a class makes an instance, asks for its type, inherits, annotates, or imports it.

    Else the class itself may be anywhere, and somebody may set its attributes or derive from it unseen. Mentions are
    found by name: those of another class of that name count too.

    Args:
        found: the class.
        project: its modules and readers.
        hidden: names in the class's body that must not be read from it.
    """
    mentions = _mentions(project).get(found.name, ())
    return all(_is_plain(mention, module, found, hidden) for module, mention in mentions)


def is_let_out(found: Class, project: Project, hidden: Collection[str] = ()) -> bool:
    """Say whether `type(x)`, `x.__class__` or the receiver of a class method may let the class out.

    It may be called, compared, named and asked for its own methods.
    """
    if any(may_be_instance(value, module, found, project) for module, value in _types_let_out(project)):
        return True
    return any(not _is_kept(method, found, hidden) for method in _class_methods(found))


@once
def _mentions(project: Project) -> Mapping[str, list[tuple[Module, ast.AST]]]:
    found: dict[str, list[tuple[Module, ast.AST]]] = {}
    for module in project.everything:
        for node in nodes(module.syntax, ast.Name, ast.Attribute, ast.alias):
            for name in _named(node):
                found.setdefault(name, []).append((module, node))
    return found


def _named(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.alias) and node.asname is not None:
        yield node.name.rpartition(".")[2]


def _is_plain(mention: ast.AST, module: Module, found: Class, hidden: Collection[str]) -> bool:
    if isinstance(mention, ast.alias):
        return mention.asname == found.name
    assert isinstance(mention, ast.Name | ast.Attribute)
    if not isinstance(mention.ctx, ast.Load):
        return False
    above = parents(module)
    holder = above.get(mention)
    if isinstance(holder, ast.Call):
        return holder.func is mention or _is_asked(holder)
    if isinstance(holder, ast.Tuple):
        outer = above.get(holder)
        return isinstance(outer, ast.Call) and _is_asked(outer)
    if isinstance(holder, ast.Attribute):
        return _is_own_name(holder, found, hidden)
    return isinstance(holder, ast.Compare | ast.ClassDef) or _is_annotation(mention, above)


def _is_asked(call: ast.Call) -> bool:
    named = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return named in _ASKING


def _is_annotation(node: ast.AST, above: Mapping[ast.AST, ast.AST]) -> bool:
    while isinstance(node, ast.expr) and node in above:
        holder = above[node]
        if isinstance(holder, ast.arg | ast.AnnAssign):
            return holder.annotation is node
        if isinstance(holder, FunctionNode):
            return holder.returns is node
        if not isinstance(holder, ast.Subscript | ast.BinOp | ast.Tuple | ast.List):
            return False
        node = holder
    return False


@once
def _types_let_out(project: Project) -> tuple[tuple[Module, ast.expr], ...]:
    """Return the objects whose class is taken for more than its name, a comparison or the making of another."""
    found: list[tuple[Module, ast.expr]] = []
    for module in project.everything:
        for node in nodes(module.syntax, ast.Attribute, ast.Call):
            value = _typed(node)
            if value is not None and not _is_only_asked(node, module):
                found.append((module, value))
    return tuple(found)


def _typed(node: ast.AST) -> ast.expr | None:
    """Return the object in `type(object)` or `object.__class__`."""
    if isinstance(node, ast.Attribute):
        return node.value if node.attr == "__class__" else None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "type":
        return None
    return node.args[0] if len(node.args) == 1 else None


def _is_only_asked(node: ast.AST, module: Module) -> bool:
    holder = parents(module).get(node)
    if isinstance(holder, ast.Attribute):
        return holder.attr in _TELLING
    if isinstance(holder, ast.Call):
        return _is_asked(holder) or holder.func is node
    return isinstance(holder, ast.Compare)


def _class_methods(member: Class) -> Iterator[FunctionNode]:
    for statement in member.node.body:
        if isinstance(statement, FunctionNode):
            decorators = (one.id for one in statement.decorator_list if isinstance(one, ast.Name))
            if "classmethod" in decorators or statement.name in ("__class_getitem__", "__init_subclass__", "__new__"):
                yield statement


def _is_own_name(node: ast.Attribute, found: Class, hidden: Collection[str]) -> bool:
    """Say whether what is read from a class is its name, or something in its body."""
    is_bound = found.binds(node.attr) and node.attr not in {"__dict__", *hidden}
    return isinstance(node.ctx, ast.Load) and (node.attr in _TELLING or is_bound)


def _is_kept(method: FunctionNode, member: Class, hidden: Collection[str]) -> bool:
    """Say whether a class method calls its class, reads the class's own names from it, and does no more with it."""
    positional = [*method.args.posonlyargs, *method.args.args]
    if not positional:
        return False
    above = parents(member.module)
    named = (one for one in walk(method) if isinstance(one, ast.Name) and one.id == positional[0].arg)
    return all(_is_plain_use(one, above, member, hidden) for one in named)


def _is_plain_use(node: ast.Name, above: Mapping[ast.AST, ast.AST], member: Class, hidden: Collection[str]) -> bool:
    holder = above.get(node)
    if not isinstance(node.ctx, ast.Load):
        return False
    if isinstance(holder, ast.Attribute):
        return _is_own_name(holder, member, hidden)
    return isinstance(holder, ast.Call) and (holder.func is node or _is_asked(holder))
