"""Put probes where nominated classes are defined and where their attributes are named. Pure; beside `ratchet_facts`."""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiling.harness import ratchet_facts_walk as walk
else:
    import ratchet_facts_walk as walk

METHODS = {"__init__": "created", "__hash__": "hashed", "__eq__": "compared"}
"""Methods of a nominated class whose calls are counted, with the probe at their start."""
_REFLECTING = frozenset({"vars", "getattr", "setattr", "hasattr", "delattr", "dir"})
WORDS = tuple(word.encode() for word in (*(f"{name}(" for name in sorted(_REFLECTING)), "__dict__"))
"""What a file must contain to use an instance by reflection."""


class Classes(walk.Walk):
    """One pass over one tree; it goes last, and passes over the other passes' probes.

    Attributes:
        classes: index by first line and name.
        names: of attributes, wherever they are stored or read.
        methods: names of the instrumented methods by index of their class; a class that was found is in it.
        probes: how many were put in.
    """

    def __init__(self, classes: Mapping[tuple[int, str], int], names: frozenset[str]) -> None:
        self.classes = classes
        self.names = names
        self.methods: dict[int, set[str]] = {}
        self.probes = 0
        self.receiver: str | None = None

    def _visited(self, node: object, parent: ast.AST) -> list[object]:
        if walk.is_untouched(node):
            return [node]
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Attribute):
            self._children(node)
            if node.target.attr in self.names:
                self._wrap(node.target, "updated", node.target.attr)
            return [node]
        receiver = self.receiver
        if isinstance(node, walk.DEFINITIONS):
            self.receiver = _receiver(node) if getattr(node, "name", "") == "__init__" else None
        self._children(node)  # type: ignore[arg-type]  # a node, as was asked
        self.receiver = receiver
        if isinstance(node, ast.ClassDef):
            self._class(node)
        elif isinstance(node, ast.Attribute) and not (isinstance(parent, ast.AugAssign) and parent.target is node):
            self._attribute(node)
        elif isinstance(node, ast.Call):
            self._reflection(node)
        return [node]

    def _wrap(self, node: ast.Attribute, probe: str, *arguments: str | int) -> None:
        node.value = walk.placed(walk.call(walk.CLASSES, probe, *arguments, node.value), node.value)
        self.probes += 1

    def _attribute(self, node: ast.Attribute) -> None:
        if _is_probe(node):
            return
        if node.attr == "__dict__":
            self._wrap(node, "reflected", node.attr)
        elif node.attr in self.names and isinstance(node.ctx, ast.Load):
            self._wrap(node, "loaded", node.attr)
        elif node.attr in self.names and isinstance(node.ctx, ast.Store):
            in_init = isinstance(node.value, ast.Name) and node.value.id == self.receiver
            self._wrap(node, "stored", node.attr, int(in_init))

    def _reflection(self, node: ast.Call) -> None:
        function = node.func
        if not (isinstance(function, ast.Name) and function.id in _REFLECTING and node.args):
            return
        first = node.args[0]
        if not isinstance(first, ast.Starred):
            node.args[0] = walk.placed(walk.call(walk.CLASSES, "reflected", function.id, first), first)
            self.probes += 1

    def _class(self, node: ast.ClassDef) -> None:
        """Let a nominated class be seen when it is made, by an outermost decorator, and when its methods begin."""
        index = self.classes.get(walk.position(node))
        if index is None:
            return
        self.probes += 1
        found = self.methods.setdefault(index, set())
        for method in node.body:
            receiver = _receiver(method) if isinstance(method, ast.FunctionDef) else None
            if receiver is not None and method.name in METHODS:  # type: ignore[attr-defined]  # a function
                _count_calls(method, METHODS[method.name], index, receiver)  # type: ignore[arg-type,attr-defined]
                found.add(method.name)  # type: ignore[attr-defined]
        first = node.decorator_list[0] if node.decorator_list else node
        node.decorator_list.insert(0, walk.placed(walk.call(walk.CLASSES, "decorator", index), first))


def _count_calls(method: ast.FunctionDef, probe: str, index: int, receiver: str) -> None:
    documented = ast.get_docstring(method, clean=False) is not None
    name = ast.Name(id=receiver, ctx=ast.Load())
    at = method.body[documented] if len(method.body) > documented else method.body[0]
    method.body.insert(documented, walk.statement(walk.call(walk.CLASSES, probe, index, name), at))


def _receiver(node: ast.AST) -> str | None:
    """Return the name of a function's first parameter."""
    if not isinstance(node, walk.FUNCTIONS):
        return None
    positional = [*node.args.posonlyargs, *node.args.args]
    return positional[0].arg if positional else None


def _is_probe(node: ast.Attribute) -> bool:
    """Say whether this is the name of a probe's method, or any attribute of a constant."""
    return isinstance(node.value, ast.Constant)
