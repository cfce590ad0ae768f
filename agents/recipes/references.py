"""Which files of the project reach a module's names from outside, through imports, attribute chains or strings."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agents.recipes.once import once
from agents.recipes.project import Module, Project
from agents.recipes.scope import absolute
from agents.recipes.walking import nodes

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)+")
_BY_NAME = frozenset({"delattr", "getattr", "hasattr", "object", "setattr"})  # `patch.object` and `monkeypatch.setattr`


_REACHING: tuple[type[ast.expr], ...] = (ast.Constant, ast.Attribute, ast.Call)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One place where a dotted name is reached.

    Attributes:
        dotted: in full, relative imports resolved; `pkg.mod.*` for a star import.
        base: local name the chain starts from; empty for imports and strings.
        file: where.
        line: 1-based.
    """

    dotted: str
    base: str
    file: str
    line: int


def taken_from_outside(project: Project, module: Module, name: str) -> Reference | None:
    """Return a place that reaches the global `name` of a module as others do, if there is one.

    It stands outside the module, or in it where the module imports itself.

    A star import reaches every name unless `__all__` is a literal that leaves it out; strings such as `"pkg.mod.name"`
    count, since `patch` and entry points use them. Names are compared from their end: tests may import `src.pkg.mod`.
    """
    exported = exports(module).names
    starred = name in exported if exported is not None else not name.startswith("_")
    wanted = [f"{module.name}.{name}", *([f"{module.name}.*"] if starred else [])]
    places = (place for dotted in wanted for place in _by_tail(project).get(_tail(dotted), ()))
    return next((place for place in places if _is_meant(place, tuple(wanted), module)), None)


def reached(node: ast.AST | None, module: Module) -> frozenset[str]:
    """Return the dotted names that an expression may mean by import, in any scope; too much rather than too little."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    starts = imported_by_name(module).get(node.id, frozenset()) if isinstance(node, ast.Name) else frozenset()
    return frozenset(".".join([start, *reversed(names)]) for start in starts)


def relied_on_without_import(project: Project, submodule: str, *, beside: Module, names: frozenset[str]) -> str | None:
    """Return `file:line` of code that reaches a submodule as an attribute and leaves its import to others.

    Args:
        project: all files are looked at.
        submodule: dotted name.
        beside: the module whose import of it is to go.
        names: what that import binds there; chains from these stay good, unless another import there binds them too
            and leaves the submodule out.
    """
    kept = {name for name in names if all(_brings(dotted, submodule) for dotted in _targets(beside).get(name, ()))}
    explicit = {module.file for module in project.everything if submodule in explicit_imports(module)}
    for place in _by_tail(project).get(_tail(submodule), ()):
        own = place.file == beside.file and place.base in kept
        imports_it = place.file != beside.file and place.file in explicit
        if place.dotted == submodule and place.base and not imports_it and not own:
            return f"{place.file}:{place.line}"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exports:
    """What a module says of its public names.

    Attributes:
        is_said: it has an `__all__` in some form.
        names: those in it, None when it is no single literal.
    """

    is_said: bool
    names: frozenset[str] | None


@once
def exports(module: Module) -> Exports:
    """Return what a module's `__all__` says."""
    mentions = sum(node.id == "__all__" for node in nodes(module.syntax, ast.Name))
    literals = [names for statement in module.syntax.body if (names := _all_literal(statement)) is not None]
    return Exports(is_said=mentions > 0, names=literals[0] if len(literals) == mentions == 1 else None)


@once
def explicit_imports(module: Module) -> frozenset[str]:
    """Return the dotted names that import statements of the module name, with their parents."""
    found: set[str] = set()
    for dotted, _ in _imported(module):
        parts = dotted.split(".")
        found.update(".".join(parts[:length]) for length in range(1, len(parts) + 1))
    return frozenset(found)


@once
def references(module: Module) -> tuple[Reference, ...]:
    """Return what a file reaches by dotted name, scopes told apart only by name (too much rather than too little)."""
    bound = imported_by_name(module)
    imports = [
        Reference(dotted=dotted, base="", file=module.file, line=node.lineno) for dotted, node in _imported(module)
    ]
    reaching = nodes(module.syntax, *_REACHING)
    used = [place for node in reaching for place in _reached(node, bound, module.file)]
    return (*imports, *used)


@once
def _by_tail(project: Project) -> Mapping[str, tuple[Reference, ...]]:
    found: defaultdict[str, list[Reference]] = defaultdict(list)
    for module in project.everything:
        for place in references(module):
            found[_tail(place.dotted)].append(place)
    return {tail: tuple(places) for tail, places in found.items()}


def _tail(dotted: str) -> str:
    return ".".join(dotted.split(".")[-2:])


def _is_meant(place: Reference, wanted: tuple[str, ...], module: Module) -> bool:
    if place.file == module.file:
        return place.dotted in wanted
    return _ends_with(place.dotted, wanted)


def _ends_with(dotted: str, wanted: tuple[str, ...]) -> bool:
    return dotted in wanted or dotted.endswith(tuple(f".{name}" for name in wanted))


def _all_literal(statement: ast.AST) -> frozenset[str] | None:
    """Return the strings of `__all__ = […]`."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.List | ast.Tuple):
        return None
    if [getattr(target, "id", "") for target in statement.targets] != ["__all__"]:
        return None
    values = [getattr(element, "value", None) for element in statement.value.elts]
    strings = frozenset(value for value in values if isinstance(value, str))
    return strings if all(isinstance(value, str) for value in values) else None


def _imported(module: Module) -> Iterator[tuple[str, ast.stmt]]:
    for node in _imports(module):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        else:
            source = absolute(module, node)
            yield source, node
            yield from ((f"{source}.{alias.name}" if source else alias.name, node) for alias in node.names)


@once
def imported_by_name(module: Module) -> Mapping[str, frozenset[str]]:
    """Return what each name may be by import, in any scope."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for node in _imports(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.split(".")[0]].add(
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        else:
            source = absolute(module, node)
            for alias in node.names:
                found[alias.asname or alias.name].add(f"{source}.{alias.name}" if source else alias.name)
    return {name: frozenset(dotted) for name, dotted in found.items()}


@once
def _targets(module: Module) -> Mapping[str, tuple[str, ...]]:
    """Return what is imported by each statement that binds a name, with all its parts (`a.b` of `import a.b`)."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for node in _imports(module):
        source = absolute(module, node) + "." if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            bound = alias.asname or (alias.name if source else alias.name.split(".")[0])
            found[bound].append(source.lstrip(".") + alias.name)
    return {name: tuple(dotted) for name, dotted in found.items()}


def _brings(dotted: str, submodule: str) -> bool:
    return f"{dotted}.".startswith(f"{submodule}.")


def _imports(module: Module) -> tuple[ast.Import | ast.ImportFrom, ...]:
    return (*nodes(module.syntax, ast.Import), *nodes(module.syntax, ast.ImportFrom))


def _reached(node: ast.AST, bound: Mapping[str, frozenset[str]], file: str) -> Iterator[Reference]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and _DOTTED.fullmatch(node.value):
            parts = node.value.replace(":", ".").split(".")
            for length in range(2, len(parts) + 1):  # `patch("pkg.mod.name.attribute")` reaches `pkg.mod.name` too
                yield Reference(dotted=".".join(parts[:length]), base="", file=file, line=node.lineno)
    elif isinstance(node, ast.Attribute):
        yield from _chain(node, bound, file)
    elif isinstance(node, ast.Call):
        yield from _by_string(node, bound, file)


def _chain(node: ast.Attribute, bound: Mapping[str, frozenset[str]], file: str) -> Iterator[Reference]:
    names: list[str] = []
    part: ast.expr = node
    while isinstance(part, ast.Attribute):
        names.append(part.attr)
        part = part.value
    if isinstance(part, ast.Name):
        for start in bound.get(part.id, ()):
            yield Reference(dotted=".".join([start, *reversed(names)]), base=part.id, file=file, line=node.lineno)


def _by_string(call: ast.Call, bound: Mapping[str, frozenset[str]], file: str) -> Iterator[Reference]:
    """Yield `owner.name` for `getattr(owner, "name")`, `patch.object(owner, "name")` and their like."""
    function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if function not in _BY_NAME or len(call.args) < 2:
        return
    owner, name = call.args[:2]
    if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
        return
    chain = ast.Attribute(value=owner, attr=name.value, ctx=ast.Load(), lineno=call.lineno, col_offset=call.col_offset)
    yield from _chain(chain, bound, file)
