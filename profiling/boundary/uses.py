"""Every place where a file uses a library, as its source tells: imports, call sites, and what is asked of results."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Scope = _Function | ast.ClassDef
MODULE_BODY = "<module>"


class Kind(StrEnum):
    """How a name of a library is used."""

    CALLED = "called"
    PASSED = "passed"
    HANDLED = "handled"
    ANNOTATION = "annotation"
    SUBCLASSED = "subclassed"
    DECORATOR = "decorator"
    UNPACKED = "called with unpacked arguments"
    MODULE = "module passed around"
    STAR = "star import"

    @property
    def is_narrow(self) -> bool:
        """Say whether something narrower could stand in: it is known what goes in."""
        return self in {Kind.CALLED, Kind.PASSED, Kind.HANDLED, Kind.ANNOTATION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use.

    Attributes:
        name: dotted, of the library: `packaging.version.Version`.
        file, line: where; function: qualified name of the function or class around it.
        kind: how.
        shape: of a call: how many positional arguments, and which keywords: `2, strict=`; empty otherwise.
        asked: attributes read of what a call returns, where that can be seen.
    """

    name: str
    file: str
    line: int
    function: str
    kind: Kind
    shape: str = ""
    asked: tuple[str, ...] = ()


def uses(text: str, file: str, library: str) -> tuple[Use, ...]:
    """Return the uses of a library in a file, by line; none in a file that does not parse.

    Args:
        text: of the file.
        file: as the uses name it.
        library: top-level import name.
    """
    try:
        syntax = ast.parse(text)
        reader = _Reader(syntax, file, library)
        found = (*reader.stars(), *reader.read(syntax, (), frozenset()))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(sorted(found, key=lambda use: (use.line, use.name, use.kind)))


class _Reader:
    """Walks one file, knowing what each name stands for and what stands above each expression."""

    def __init__(self, syntax: ast.Module, file: str, library: str) -> None:
        self._file = file
        self._library = library
        self._stars: list[tuple[str, int]] = []
        self._bound = dict(self._bindings(syntax))
        self._above = {child: node for node in ast.walk(syntax) for child in ast.iter_child_nodes(node)}
        self._annotations = {
            id(part) for node in ast.walk(syntax) for note in _annotations(node) for part in ast.walk(note)
        }

    def stars(self) -> Iterator[Use]:
        """Yield the star imports: what they bring is not known."""
        for name, line in self._stars:
            yield Use(name=f"{name}.*", file=self._file, line=line, function=MODULE_BODY, kind=Kind.STAR)

    def read(self, node: ast.AST, scope: tuple[str, ...], hidden: frozenset[str]) -> Iterator[Use]:
        """Yield the uses below a node; names that a function binds itself are its own."""
        for child in ast.iter_child_nodes(node):
            name = self._dotted(child, hidden) if isinstance(child, ast.Name | ast.Attribute) else None
            if name is not None and isinstance(child, ast.expr):
                yield self._use(child, name, scope)
            elif isinstance(child, _Scope):
                own = _own_names(child) - self._bound_in(child) if isinstance(child, _Function) else frozenset()
                yield from self.read(child, (*scope, child.name), hidden | own)
            else:
                yield from self.read(child, scope, hidden)

    def _use(self, node: ast.expr, name: str, scope: tuple[str, ...]) -> Use:
        kind, call = self._kind(node, name)
        return Use(
            name=name,
            file=self._file,
            line=node.lineno,
            function=".".join(scope) or MODULE_BODY,
            kind=kind,
            shape=_shape(call) if call is not None else "",
            asked=tuple(sorted(self._asked(call))) if call is not None else (),
        )

    def _kind(self, node: ast.expr, name: str) -> tuple[Kind, ast.Call | None]:
        above = self._above[node]
        if id(node) in self._annotations:
            return Kind.ANNOTATION, None
        if isinstance(above, ast.Call) and above.func is node:
            return (Kind.UNPACKED, None) if _is_unpacked(above) else (Kind.CALLED, above)
        if isinstance(above, ast.ClassDef):
            return (Kind.SUBCLASSED if node in above.bases else Kind.DECORATOR), None
        if isinstance(above, _Function) and node in above.decorator_list:
            return Kind.DECORATOR, None
        handler = self._above.get(above) if isinstance(above, ast.Tuple) else above
        if isinstance(handler, ast.ExceptHandler):
            return Kind.HANDLED, None
        return (Kind.MODULE if name in self._modules else Kind.PASSED), None

    @property
    def _modules(self) -> frozenset[str]:
        return frozenset(name for name in self._bound.values() if name == self._library)

    def _asked(self, call: ast.Call) -> frozenset[str]:
        """Return the attributes read of a call's result: at once, or of the one name it is given."""
        above = self._above[call]
        if isinstance(above, ast.Attribute):
            return frozenset({above.attr})
        if not (isinstance(above, ast.Assign) and len(above.targets) == 1 and isinstance(above.targets[0], ast.Name)):
            return frozenset()
        given, node = above.targets[0].id, above
        around: ast.AST | None = node
        while around is not None and not isinstance(around, _Function | ast.Module):
            around = self._above.get(around)
        below = ast.walk(around) if around is not None else iter(())
        return frozenset(
            one.attr
            for one in below
            if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == given
        )

    def _dotted(self, node: ast.expr, hidden: frozenset[str]) -> str | None:
        """Return what a name, or a chain of attributes, of the library is called; None for all others."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id in hidden or node.id not in self._bound:
            return None
        return ".".join([self._bound[node.id], *reversed(parts)])

    def _bindings(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        """Yield the names that imports of the library bind, with what they stand for."""
        for one in ast.walk(node):
            if isinstance(one, ast.Import):
                for alias in one.names:
                    if self._is_of_library(alias.name):
                        yield alias.asname or self._library, alias.name if alias.asname else self._library
            elif isinstance(one, ast.ImportFrom) and not one.level and self._is_of_library(one.module or ""):
                for alias in one.names:
                    if alias.name == "*":
                        self._stars.append((one.module or "", one.lineno))
                    else:
                        yield alias.asname or alias.name, f"{one.module}.{alias.name}"

    def _bound_in(self, function: ast.AST) -> frozenset[str]:
        stars, self._stars = self._stars, []
        names = frozenset(name for name, _ in self._bindings(function))
        self._stars = stars
        return names

    def _is_of_library(self, module: str) -> bool:
        return module == self._library or module.startswith(f"{self._library}.")


def _own_names(function: _Scope) -> frozenset[str]:
    """Return the parameters of a function and the names it assigns."""
    found = {one.arg for one in ast.walk(function) if isinstance(one, ast.arg)}
    stored = (one for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
    return frozenset(found | {one.id for one in stored})


def _annotations(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
        yield node.annotation
    if isinstance(node, _Function) and node.returns is not None:
        yield node.returns


def _is_unpacked(call: ast.Call) -> bool:
    return any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords)


def _shape(call: ast.Call) -> str:
    return ", ".join([str(len(call.args)), *sorted(f"{one.arg}=" for one in call.keywords)])
