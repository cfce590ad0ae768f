"""What outlives a call, or is seen by several at once: caches, state of modules, locks, threads and tasks."""

import ast
from collections.abc import Iterator

from agents.specialists.sides import Doubt, Function, Side, called_name, is_mutable, lines_of, own_nodes

UNBOUNDED = "unbounded cache"
"""The check that a bound answers."""

CONCURRENCY = frozenset({"method cache", "shared state", "rebound global", "lock", "thread", "task"})
"""Checks that ask whether a change is safe where several threads or tasks run it."""

_CACHES = {"cache", "lru_cache"}
_MUTATORS = {"append", "add", "update", "setdefault", "extend", "insert", "pop", "clear", "discard", "remove"}


def caches(side: Side) -> Iterator[Doubt]:
    """Doubt caches without a bound, on methods, and of values that callers can change."""
    for name, function in side.functions.items():
        decorator = next((node for node in function.decorator_list if called_name(node) in _CACHES), None)
        if decorator is not None:
            yield from _of_cache(name, function, decorator)


def shared_state(side: Side) -> Iterator[Doubt]:
    """Doubt functions that write to containers of their module, or rebind its names."""
    containers = {
        target.id
        for node in side.syntax.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and is_mutable(node.value)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for name, function in side.functions.items():
        for node in own_nodes(function):
            shared = _written_name(node)
            if shared in containers and isinstance(node, ast.expr):
                yield Doubt(
                    check="shared state",
                    subject=shared,
                    severity="medium",
                    lines=lines_of(node),
                    confidence=0.7,
                    claim=f"{name} writes to the module-level {shared}: unbounded, shared by threads without a lock",
                    recommendation="bound it and guard it",
                )
            if isinstance(node, ast.Global):
                yield Doubt(
                    check="rebound global",
                    subject=f"{name} {sorted(node.names)}",
                    severity="medium",
                    lines=lines_of(node),
                    confidence=0.6,
                    claim=f"{name} rebinds {', '.join(node.names)} for the whole module: not safe under threads",
                    recommendation="pass it as a value",
                )


def kept_defaults(side: Side) -> Iterator[Doubt]:
    """Doubt functions that keep something in the default value of a parameter."""
    for name, function in side.functions.items():
        kept = _mutable_defaults(function)
        for node in own_nodes(function):
            parameter = _written_name(node)
            if parameter in kept and isinstance(node, ast.expr):
                claim = f"{name} keeps values in the default of {parameter}: unbounded, seen by every later call"
                yield Doubt(
                    check="kept default",
                    subject=f"{name} {parameter}",
                    severity="high",
                    lines=lines_of(node),
                    confidence=0.85,
                    claim=claim,
                    recommendation="use a bounded cache of its own",
                )


def interleavings(side: Side) -> Iterator[Doubt]:
    """Doubt locks that an error leaves held, threads nobody waits for, and tasks nobody holds."""
    for name, function in side.functions.items():
        released = any(_calls(node, "release") for node in ast.walk(function) if isinstance(node, ast.Try))
        for node in own_nodes(function):
            found = _interleaving(name, node, is_released=released)
            if found is not None:
                yield found


def _interleaving(name: str, node: ast.AST, *, is_released: bool) -> Doubt | None:
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return None
    called = called_name(node.value)
    if called == "acquire" and not is_released:
        claim = f"{name} acquires a lock that an exception leaves held"
        return _concurrent("lock", name, node, claim, "use it in a with statement")
    if called in {"create_task", "ensure_future"}:
        claim = f"{name} starts a task that nothing holds: it may be collected before it has run, its error lost"
        return _concurrent("task", name, node, claim, "keep the task and await it")
    if called == "start" and isinstance(node.value.func, ast.Attribute):
        made = node.value.func.value
        if isinstance(made, ast.Call) and called_name(made) in {"Thread", "Process", "Timer"}:
            claim = f"{name} starts a {called_name(made)} that nobody can wait for"
            return _concurrent("thread", name, node, claim, "keep it and join it")
    return None


def _concurrent(check: str, name: str, node: ast.Expr, claim: str, recommendation: str) -> Doubt:
    return Doubt(
        check=check,
        subject=name,
        severity="high",
        lines=lines_of(node),
        confidence=0.8,
        claim=claim,
        recommendation=recommendation,
    )


def _of_cache(name: str, function: Function, decorator: ast.expr) -> Iterator[Doubt]:
    lines = (decorator.lineno, function.lineno)
    parameters = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    if "." in name and parameters and parameters[0].arg in {"self", "cls"}:
        yield Doubt(
            check="method cache",
            subject=name,
            severity="high",
            lines=lines,
            confidence=0.9,
            claim=f"the cache on the method {name} keeps every instance alive and is shared between instances",
            recommendation="cache per instance instead",
        )
    elif parameters and _is_unbounded(decorator):
        yield Doubt(
            check=UNBOUNDED,
            subject=name,
            severity="high",
            lines=lines,
            confidence=0.8,
            claim=f"the cache on {name} has no bound: it grows with every new argument",
            recommendation="give it a maxsize",
        )
    returned = (node.value for node in own_nodes(function) if isinstance(node, ast.Return))
    if any(value is not None and is_mutable(value) for value in returned):
        yield Doubt(
            check="mutable cache",
            subject=name,
            severity="high",
            lines=lines,
            confidence=0.8,
            claim=f"{name} is cached and returns a mutable object: one caller's change is seen by all",
            recommendation="cache an immutable value, return a copy",
        )


def _is_unbounded(decorator: ast.expr) -> bool:
    if called_name(decorator) == "cache":
        return True
    if not isinstance(decorator, ast.Call):
        return False
    sizes = [*decorator.args[:1], *(keyword.value for keyword in decorator.keywords if keyword.arg == "maxsize")]
    return any(isinstance(size, ast.Constant) and size.value is None for size in sizes)


def _mutable_defaults(function: Function) -> frozenset[str]:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    given = [*zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True)]
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    pairs = [*given, *((one, default) for one, default in named if default is not None)]
    return frozenset(one.arg for one, default in pairs if is_mutable(default))


def _calls(node: ast.Try, name: str) -> bool:
    return any(
        isinstance(one, ast.Call) and called_name(one) == name for line in node.finalbody for one in ast.walk(line)
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
