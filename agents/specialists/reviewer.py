"""The reviewer, embedded form: looks in a diff for what a fast change typically breaks."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from agents.model import Finding, Review

INVESTIGATE = 0.7
"""Confidence from which a finding must be fixed or disproved (docs/deciding.md)."""

_CACHES = {"cache", "lru_cache"}
_MUTABLE_CALLS = {"list", "dict", "set", "bytearray", "defaultdict", "deque", "OrderedDict", "Counter"}
_MUTATORS = {"append", "add", "update", "setdefault", "extend", "insert", "pop", "clear", "discard", "remove"}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    """One file of a diff: its path and its whole text on both sides."""

    file: str
    before: str
    after: str


Reviewer = Callable[[tuple[ChangedFile, ...], Callable[[], Path]], Review]
"""Reads a diff that others wrote; the second argument gives a tree with the diff applied, when it is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One version of a file: its functions by qualified name, its module-level names."""

    syntax: ast.Module
    functions: dict[str, _Function]

    @classmethod
    def of(cls, text: str) -> "_Side":
        syntax = ast.parse(text)
        return cls(syntax=syntax, functions=dict(_functions(syntax, "")))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doubt:
    """A finding before its file is known. `subject` identifies it on either side of the diff."""

    subject: str
    severity: str
    lines: tuple[int, int]
    confidence: float
    claim: str
    recommendation: str


def static_review(changes: tuple[ChangedFile, ...], _checkout: Callable[[], Path]) -> Review:
    """Return the findings of the static checks, which need no more than the diff."""
    return review(changes)


def review(changes: tuple[ChangedFile, ...]) -> Review:
    """Return the findings on a diff; what stood there before is not held against it.

    Raises:
        SyntaxError: a side does not parse (the gates come first, so it should).
    """
    findings = tuple(finding for change in changes for finding in _review_file(change))
    confident = [finding for finding in findings if finding.confidence >= INVESTIGATE]
    return Review(
        verdict="needs-attention" if confident else "approve",
        findings=findings,
        next_steps=tuple(f"{finding.file}:{finding.lines[0]}: {finding.recommendation}" for finding in confident),
    )


def _review_file(change: ChangedFile) -> Iterator[Finding]:
    before, after = _Side.of(change.before), _Side.of(change.after)
    for check in _CHECKS:
        known = {doubt.subject for doubt in check(before)}
        yield from (_finding(change.file, doubt) for doubt in check(after) if doubt.subject not in known)
    yield from (_finding(change.file, doubt) for doubt in _interface(before, after))


def _finding(file: str, doubt: _Doubt) -> Finding:
    return Finding(
        severity=doubt.severity,
        file=file,
        lines=doubt.lines,
        confidence=doubt.confidence,
        claim=doubt.claim,
        recommendation=doubt.recommendation,
    )


def _caches(side: _Side) -> Iterator[_Doubt]:
    for name, function in side.functions.items():
        decorator = next((node for node in function.decorator_list if _called_name(node) in _CACHES), None)
        if decorator is not None:
            yield from _cache_doubts(name, function, decorator)


def _cache_doubts(name: str, function: _Function, decorator: ast.expr) -> Iterator[_Doubt]:
    lines = (decorator.lineno, function.lineno)
    parameters = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    if "." in name and parameters and parameters[0].arg in {"self", "cls"}:
        claim = f"the cache on the method {name} keeps every instance alive and is shared between instances"
        yield _doubt(f"method cache {name}", "high", lines, 0.9, claim, "cache per instance instead")
    elif parameters and _is_unbounded(decorator):
        claim = f"the cache on {name} has no bound: it grows with every new argument"
        yield _doubt(f"unbounded cache {name}", "high", lines, 0.8, claim, "give it a maxsize")
    if any(_is_mutable(value) for value in _returned(function)):
        claim = f"{name} is cached and returns a mutable object: one caller's change is seen by all"
        yield _doubt(f"mutable cache {name}", "high", lines, 0.8, claim, "cache an immutable value, return a copy")


def _swallowed(side: _Side) -> Iterator[_Doubt]:
    for name, function in side.functions.items():
        for node in _own_nodes(function):
            broad = isinstance(node, ast.ExceptHandler) and _is_broad(node.type)
            if broad and isinstance(node, ast.ExceptHandler) and all(_is_nothing(line) for line in node.body):
                lines = (node.lineno, node.end_lineno or node.lineno)
                claim = f"{name} swallows every exception"
                yield _doubt(f"swallow {name}", "high", lines, 0.85, claim, "catch what can be handled, only")


def _shared_state(side: _Side) -> Iterator[_Doubt]:
    containers = {
        target.id: node
        for node in side.syntax.body
        if isinstance(node, ast.Assign) and _is_mutable(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for name, function in side.functions.items():
        for node in _own_nodes(function):
            shared = _written_name(node)
            if shared in containers:
                lines = (node.lineno, node.lineno) if isinstance(node, ast.expr | ast.stmt) else (1, 1)
                claim = f"{name} writes to the module-level {shared}: unbounded, and shared by threads without a lock"
                yield _doubt(f"shared {shared}", "medium", lines, 0.7, claim, "bound it and guard it")
            if isinstance(node, ast.Global):
                claim = f"{name} rebinds {', '.join(node.names)} for the whole module: not safe under threads"
                subject = f"global {name} {sorted(node.names)}"
                yield _doubt(subject, "medium", (node.lineno, node.lineno), 0.6, claim, "pass it as a value")


def _order(side: _Side) -> Iterator[_Doubt]:
    for name, function in side.functions.items():
        for node in _own_nodes(function):
            source = node.iter if isinstance(node, ast.For | ast.comprehension) else None
            if source is not None and _is_set(source):
                lines = (source.lineno, source.end_lineno or source.lineno)
                claim = f"{name} iterates over a set: its order changes with the hash seed"
                yield _doubt(f"order {name} {ast.dump(source)}", "medium", lines, 0.6, claim, "keep a list or a dict")


def _interface(before: _Side, after: _Side) -> Iterator[_Doubt]:
    for name, old in before.functions.items():
        new = after.functions.get(name)
        public = not any(part.startswith("_") and not part.endswith("__") for part in name.split("."))
        if new is None:
            if public:
                claim = f"{name} is gone"
                yield _doubt(name, "high", (1, 1), 0.9, claim, "keep the public name")
            continue
        lines = (new.lineno, new.lineno)
        if public and ast.dump(old.args) != ast.dump(new.args):
            claim = f"the signature of {name} changed"
            yield _doubt(name, "high", lines, 0.9, claim, "keep the signature")
        if _is_lazy(old) != _is_lazy(new) or isinstance(old, ast.FunctionDef) != isinstance(new, ast.FunctionDef):
            claim = f"{name} was {_kind(old)} and is {_kind(new)} now: when its body runs has changed"
            yield _doubt(name, "high", lines, 0.9, claim, "keep what it returns")


_CHECKS: tuple[Callable[[_Side], Iterator[_Doubt]], ...] = (_caches, _swallowed, _shared_state, _order)


def _doubt(
    subject: str, severity: str, lines: tuple[int, int], confidence: float, claim: str, recommendation: str
) -> _Doubt:
    return _Doubt(
        subject=subject,
        severity=severity,
        lines=lines,
        confidence=confidence,
        claim=claim,
        recommendation=recommendation,
    )


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, _Function]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{child.name}", child
            yield from _functions(child, f"{prefix}{child.name}.<locals>.")
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        elif not isinstance(child, ast.expr):
            yield from _functions(child, prefix)


def _own_nodes(function: _Function) -> Iterator[ast.AST]:
    """Walk a function's body without its nested functions and classes."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))


def _called_name(node: ast.expr) -> str:
    function = node.func if isinstance(node, ast.Call) else node
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_unbounded(decorator: ast.expr) -> bool:
    if _called_name(decorator) == "cache":
        return True
    if not isinstance(decorator, ast.Call):
        return False
    sizes = [*decorator.args[:1], *(keyword.value for keyword in decorator.keywords if keyword.arg == "maxsize")]
    return any(isinstance(size, ast.Constant) and size.value is None for size in sizes)


def _returned(function: _Function) -> Iterator[ast.expr]:
    return (node.value for node in _own_nodes(function) if isinstance(node, ast.Return) and node.value is not None)


def _is_mutable(value: ast.expr) -> bool:
    displays = ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp
    return isinstance(value, displays) or (isinstance(value, ast.Call) and _called_name(value) in _MUTABLE_CALLS)


def _is_set(value: ast.expr) -> bool:
    return isinstance(value, ast.Set | ast.SetComp) or (
        isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in {"set", "frozenset"}
    )


def _is_broad(kind: ast.expr | None) -> bool:
    return kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"})


def _is_nothing(line: ast.stmt) -> bool:
    return isinstance(line, ast.Pass | ast.Continue) or (
        isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
    )


def _written_name(node: ast.AST) -> str:
    if (
        isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store | ast.Del)
        and isinstance(node.value, ast.Name)
    ):
        return node.value.id
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _MUTATORS:
        return node.func.value.id if isinstance(node.func.value, ast.Name) else ""
    return ""


def _is_lazy(function: _Function) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in _own_nodes(function))


def _kind(function: _Function) -> str:
    colour = "asynchronous " if isinstance(function, ast.AsyncFunctionDef) else ""
    return (
        f"an {colour}generator"
        if _is_lazy(function) and colour
        else ("a generator" if _is_lazy(function) else f"a {colour}function")
    )
