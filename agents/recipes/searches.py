"""Linear searches for an equal attribute or item: `next((e for e in L if e.k == v), None)` and for-if-break."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.recipes.functions import FunctionNode, own
from agents.recipes.project import Module, Project
from agents.recipes.quiet import is_defined_in_a_class
from agents.recipes.scope import names
from agents.recipes.walking import walk

_BEGINS = (re.compile(r"next\s*\("), re.compile(r"for\s+\w+\s+in\s+\w+\s*:\s*(?:#[^\n]*\n\s*)*if\b"))
"""A call of `next`, or a loop over a name that begins with a condition, in as far as the text tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One search.

    Attributes:
        node: the `next` call, or the `for` statement.
        sequence: the name searched.
        element: the loop variable.
        key: `element.k` or `element["k"]`.
        wanted: what it is compared with.
        default: of a `next` call, what it gives when nothing is found; None for a `for` statement.
    """

    node: ast.Call | ast.For
    sequence: ast.Name
    element: str
    key: ast.Attribute | ast.Subscript
    wanted: ast.expr
    default: ast.expr | None

    @property
    def key_name(self) -> str:
        """Return the attribute or item, as part of an identifier."""
        if isinstance(self.key, ast.Attribute):
            return self.key.attr.strip("_")
        text = str(self.key.slice.value) if isinstance(self.key.slice, ast.Constant) else ""
        return text if text.isidentifier() else "item"


def may_search(module: Module) -> bool:
    """Say whether any function of a module may search: most do not, and a look at each costs more."""
    return any(begins.search(module.text) for begins in _BEGINS)


def searches(function: FunctionNode, module: Module, project: Project) -> Iterator[Search]:
    """Yield the searches in a function whose key and wanted value are plain reads, in source order."""
    searching: Sequence[ast.Call | ast.For] = own(function, ast.Call, ast.For)
    for node in searching:
        found = _by_next(node, module) if isinstance(node, ast.Call) else _by_loop(node)
        if found is not None and _is_plain(found.key, project) and _is_plain(found.wanted, project):
            yield found


def _by_next(call: ast.Call, module: Module) -> Search | None:
    if not isinstance(call.func, ast.Name) or call.func.id != "next" or len(call.args) != 2 or call.keywords:
        return None
    generator, default = call.args
    if not names(module).is_builtin("next", call.func) or not isinstance(generator, ast.GeneratorExp):
        return None
    comprehension = generator.generators[0]
    gives_element = isinstance(generator.elt, ast.Name) and isinstance(comprehension.target, ast.Name)
    if len(generator.generators) > 1 or len(comprehension.ifs) != 1 or comprehension.is_async or not gives_element:
        return None
    assert isinstance(comprehension.target, ast.Name)
    if ast.dump(generator.elt) != ast.dump(ast.Name(id=comprehension.target.id, ctx=ast.Load())):
        return None
    if not isinstance(default, ast.Name | ast.Constant):
        return None
    return _search(call, comprehension, comprehension.ifs[0], default)


def _by_loop(loop: ast.For) -> Search | None:
    """Return the search when the body is one `if` that ends the loop."""
    only = loop.body[0] if len(loop.body) == 1 else None
    if not isinstance(only, ast.If) or only.orelse or not isinstance(only.body[-1], ast.Break | ast.Return):
        return None
    inner = (node for statement in only.body[:-1] for node in walk(statement))
    if any(isinstance(node, ast.Continue) for node in inner):
        return None
    return _search(loop, loop, only.test, None)


def _search(
    node: ast.Call | ast.For, loop: ast.For | ast.comprehension, test: ast.expr, default: ast.expr | None
) -> Search | None:
    if not isinstance(loop.target, ast.Name) or not isinstance(loop.iter, ast.Name):
        return None
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return None
    element, sides = loop.target.id, (test.left, test.comparators[0])
    for key, wanted in (sides, sides[::-1]):
        if _is_key(key, element) and not _mentions(wanted, element):
            assert isinstance(key, ast.Attribute | ast.Subscript)
            return Search(node=node, sequence=loop.iter, element=element, key=key, wanted=wanted, default=default)
    return None


def _is_key(node: ast.expr, element: str) -> bool:
    if isinstance(node, ast.Attribute):
        plain = not node.attr.startswith("__")
        return plain and isinstance(node.value, ast.Name) and node.value.id == element
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Constant):
        return False
    return isinstance(node.value, ast.Name) and node.value.id == element


def _mentions(node: ast.expr, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in walk(node))


def _is_plain(node: ast.expr, project: Project) -> bool:
    """Say whether reading it runs no code of the project: names, constants, attributes no class computes, items."""
    if isinstance(node, ast.Attribute):
        return not is_defined_in_a_class(node.attr, project) and _is_plain(node.value, project)
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and _is_plain(node.value, project)
    return isinstance(node, ast.Name | ast.Constant)
