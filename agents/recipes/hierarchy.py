"""The classes of a project by name: who inherits from whom, as far as names can tell."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.scope import names
from agents.recipes.walking import nodes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Class:
    """One `class` statement.

    Attributes:
        module: where it stands.
        node: its syntax.
        base_names: last part of each base (`Base` of `mod.Base`, `Generic` of `Generic[T]`), `?` for other expressions.
    """

    module: Module
    node: ast.ClassDef
    base_names: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return its name."""
        return self.node.name

    def binds(self, name: str) -> bool:
        """Say whether its body binds a name in any way."""
        return name in names(self.module).inside(self.node).bindings


class Hierarchy:
    """Classes of modules and readers, joined by name; where two bear one name, the safer answer is given."""

    def __init__(self, classes: tuple[Class, ...]) -> None:
        self._by_name: dict[str, list[Class]] = {}
        self._children: dict[str, list[Class]] = {}
        self._by_node: dict[ast.ClassDef, Class] = {}
        for found in classes:
            self._by_name.setdefault(found.name, []).append(found)
            self._by_node[found.node] = found
            for base in set(found.base_names):
                self._children.setdefault(base, []).append(found)

    def of(self, node: ast.ClassDef) -> Class:
        """Return the class with this syntax."""
        return self._by_node[node]

    def named(self, name: str) -> tuple[Class, ...]:
        """Return every class of this name."""
        return tuple(self._by_name.get(name, ()))

    def descendants(self, found: Class) -> tuple[Class, ...]:
        """Return every class that may inherit from it, by name; too many rather than too few."""
        seen: dict[Class, None] = {}
        waiting = [*self._children.get(found.name, ())]
        while waiting:
            child = waiting.pop()
            if child not in seen and child is not found:
                seen[child] = None
                waiting.extend(self._children.get(child.name, ()))
        return tuple(seen)

    def ancestors(self, found: Class) -> tuple[Class, ...] | None:
        """Return every class it inherits from but `object`; None: a base is not surely one class of the project."""
        seen: dict[Class, None] = {}
        waiting = [found]
        while waiting:
            for base in waiting.pop().base_names:
                candidates = self._by_name.get(base, ())
                if base == "object" and not candidates:
                    continue
                if len(candidates) != 1 or candidates[0] is found:
                    return None
                if candidates[0] not in seen:
                    seen[candidates[0]] = None
                    waiting.append(candidates[0])
        return tuple(seen)

    def family(self, found: Class) -> tuple[Class, ...] | None:
        """Return the class, its ancestors and its descendants with their ancestors; None: some base is unknown."""
        family: dict[Class, None] = {found: None}
        for member in (found, *self.descendants(found)):
            above = self.ancestors(member)
            if above is None:
                return None
            family.update(dict.fromkeys((member, *above)))
        return tuple(family)


@once
def hierarchy(project: Project) -> Hierarchy:
    """Return the classes of a project."""
    return Hierarchy(tuple(found for module in project.everything for found in _classes(module)))


def _classes(module: Module) -> Iterator[Class]:
    for node in nodes(module.syntax, ast.ClassDef):
        yield Class(module=module, node=node, base_names=tuple(_base_name(module, base) for base in node.bases))


def _base_name(module: Module, base: ast.expr) -> str:
    if isinstance(base, ast.Subscript):
        return _base_name(module, base.value)
    if isinstance(base, ast.Attribute):
        return base.attr
    imported = names(module).dotted(base)
    return imported.rpartition(".")[2] if imported else base.id if isinstance(base, ast.Name) else "?"
