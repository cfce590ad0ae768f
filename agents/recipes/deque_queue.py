"""Turn a local list used as a queue into a deque: `pop(0)` and `insert(0, …)` move every element, a deque none."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.functions import FunctionNode, function_at, functions, own_calls
from agents.recipes.gains import function_share
from agents.recipes.imports import Reached, add_import, reach
from agents.recipes.nonempty import unproven_pops
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, source
from agents.recipes.uses import Use, UseKind, inserts_first, reads_its_frame, uses
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain, FunctionKey
from profiling.profile import Profile

MIN_LENGTH = 64
"""Longest queue seen below which nothing is gained (docs/recipes.md)."""
_MOVE_NS = 0.1
"""What `pop(0)` costs for each element behind it, less `popleft()` (0.08 to 0.14 ns, see the card's cost note)."""

_HARMLESS = frozenset({UseKind.LENGTH, UseKind.TRUTH, UseKind.ITERATE, UseKind.PROBE})
_CHANGING = frozenset({"append", "extend", "insert", "pop"})
_LIST_ANNOTATIONS = frozenset({"list", "List"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Queue:
    """A local list that is a queue: its bindings, its `pop(0)` and `insert(0, …)` calls, and how `deque` is reached."""

    function: FunctionNode
    bindings: tuple[ast.expr, ...]
    annotations: tuple[ast.expr, ...]
    fronts: tuple[ast.Call, ...]
    reached: Reached


class DequeQueue:
    """`q.pop(0)` and `q.insert(0, x)` on a local list → `q.popleft()` and `q.appendleft(x)` on a deque."""

    card = Card(
        id="deque-queue",
        title="Use a deque for a list that is used from its front",
        rank=9,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.8,
        cost_note="measured 2026-11, CPython 3.11, 15 pairs of 20000 pop(0)+append against popleft()+append: "
        "1.4x [1.4, 1.4] at 64 elements, 1.6x [1.6, 1.7] at 100, 6.2x [6.0, 6.3] at 1000, 22x [22, 23] at 20000; "
        "0.08 to 0.14 ns an element and pop; insert(0, x)+pop() against appendleft(x)+pop(), CPython 3.9 / 3.10 / "
        "3.11 / 3.12 / 3.13: 1.3x / 1.3x / 2.1x [2.0, 2.1] / 1.4x / 1.5x at 64, 4.6x / 4.7x / 8.8x [8.4, 9.3] / 6.8x "
        "/ 6.7x at 1000, 51x / 50x / 109x [102, 150] / 73x / 94x at 20000",
        mechanism="list.pop(0) moves every remaining element down by one and list.insert(0, x) every one up; "
        "deque.popleft() and deque.appendleft(x) take constant time.",
        hazard="Checked: the list never leaves the function and only append, extend, pop, insertion in front, len, "
        "truth, in and iteration touch it, none of them while it is iterated, and no pop can meet it empty unnoticed; "
        "remains: a debugger or traceback that shows locals prints a deque.",
    )
    examples = (
        Example(
            before="""\
def walk(root):
    queue = [root]  # breadth first
    while queue:
        node = queue.pop(0)
        queue.extend(node.children)
        yield node
""",
            after="""\
from collections import deque


def walk(root):
    queue = deque([root])  # breadth first
    while queue:
        node = queue.popleft()
        queue.extend(node.children)
        yield node
""",
        ),
        Example(
            before="""\
\"\"\"Levels.\"\"\"

import os
from functools import wraps


def levels(root):
    todo, depth = list(root), 0
    while len(todo) > 0:
        for _ in range(len(todo)):
            todo.extend(todo.pop(0))
        depth += 1
    return depth
""",
            after="""\
\"\"\"Levels.\"\"\"

import os
from collections import deque
from functools import wraps


def levels(root):
    todo, depth = deque(root), 0
    while len(todo) > 0:
        for _ in range(len(todo)):
            todo.extend(todo.popleft())
        depth += 1
    return depth
""",
        ),
        Example(
            before="""\
def newest(events, size):
    last, found = [], 0
    for event in events:
        last.insert(0, event)
        if len(last) > size:
            last.pop()
        found += event in last
    return found
""",
            after="""\
from collections import deque


def newest(events, size):
    last, found = deque(), 0
    for event in events:
        last.appendleft(event)
        if len(last) > size:
            last.pop()
        found += event in last
    return found
""",
        ),
        Example(
            before="""\
def first(items):
    queue = list(items)
    queue.append(None)
    queue.pop(0)
    return queue
""",
            after=None,
            because="the queue is returned: callers get a deque where they had a list",
        ),
        Example(
            before="""\
def first(items):
    queue = list(items)
    return queue.pop(0)
""",
            after=None,
            because="the pop may meet an empty list, and an empty deque words its IndexError differently",
        ),
        Example(
            before="""\
def drain(queue):
    while queue:
        print(queue.pop(0))
""",
            after=None,
            because="the queue is a parameter: the caller's object would have to change",
        ),
        Example(
            before="""\
def drain(items):
    queue = list(items)
    while queue:
        queue.pop(0)
        print(queue[0:2])
""",
            after=None,
            because="deques have no slices",
        ),
        Example(
            before="""\
def grow(items):
    queue = list(items)
    for item in queue:
        if item:
            queue.append(item - 1)
    while queue:
        queue.pop(0)
""",
            after=None,
            because="a list may grow while it is iterated, a deque raises RuntimeError",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every local list that may become a deque."""
        for function in functions(module):
            for name in sorted(_queue_names(function.node)):
                queue = _queue(function.node, name, module, project)
                if queue is not None and _is_spliceable(queue, module):
                    yield _site(function.key, name, queue, module)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the list was seen long enough at its front."""
        seen = [facts.expressions[request.id] for request in site.requests if request.id in facts.expressions]
        longest = max((fact.max_len or 0 for fact in seen), default=0)
        if longest < MIN_LENGTH:
            return Veto(reason=f"the queue was at most {longest} long, less than {MIN_LENGTH}")
        others = sorted({kind for fact in seen for kind in fact.types} - {"list"})
        if others:
            return Veto(reason=f"the queue was also a {', '.join(others)}")
        moved = sum(fact.total_len for fact in seen)
        share = function_share(profile, site.key, saved_s=moved * _MOVE_NS * 1e-9)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not seen running by the CPU profile")
        moves = sum(fact.evaluations for fact in seen)
        evidence = f"facts:moves={moves} max_len={longest} moved={moved} profile:saved_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Make the list a deque where it is bound, use its left end, and import deque if need be."""
        del choice
        function = function_at(module, site.key)
        queue = _queue(function.node, site.node_path, module, project) if function else None
        if queue is None:
            raise NotSpliceable(f"{module.file}:{site.line}: {site.node_path} is no local queue here")
        return _patch(queue, module)


RECIPE = DequeQueue()


def _queue_names(function: FunctionNode) -> set[str]:
    calls = (call for call in own_calls(function, "insert", "pop") if _is_at_front(call))
    owners = (call.func.value for call in calls if isinstance(call.func, ast.Attribute))
    return {owner.id for owner in owners if isinstance(owner, ast.Name)}


def _is_at_front(call: ast.Call) -> bool:
    return _pops_first(call) or inserts_first(call)


def _pops_first(call: ast.Call) -> bool:
    """Say whether it is `….pop(0)`."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "pop" or len(call.args) != 1 or call.keywords:
        return False
    index = call.args[0]
    return isinstance(index, ast.Constant) and type(index.value) is int and index.value == 0


def _queue(function: FunctionNode, name: str, module: Module, project: Project) -> _Queue | None:
    """Return the queue of this name if nothing can tell a deque from it."""

    def is_builtin(builtin: str) -> bool:
        return names(module).is_builtin(builtin, function.body[0])

    found = uses(function, name, is_builtin)
    called = (use.path[1] for use in found if use.kind is UseKind.METHOD)
    fronts = tuple(call for call in called if isinstance(call, ast.Call) and _is_at_front(call))
    if reads_its_frame(function, module) or not fronts or not all(_is_allowed(use, name) for use in found):
        return None
    annotations = tuple(_annotations(found))
    if unproven_pops(function.body, name, is_builtin) or not all(map(_is_list_annotation, annotations)):
        return None
    reached = reach(project, module, function, package="collections", name="deque")
    bindings = tuple(use.value for use in found if use.value is not None)
    if reached is None or not bindings:
        return None
    return _Queue(function=function, bindings=bindings, annotations=annotations, fronts=fronts, reached=reached)


def _is_allowed(use: Use, name: str) -> bool:
    if use.kind is UseKind.METHOD:
        call = use.path[1]
        assert isinstance(call, ast.Call)
        return use.method in _CHANGING and _is_queue_call(call, use.method)
    if use.kind is UseKind.ITERATE:
        return not any(_changes(part, name) for part in _run_meanwhile(use))
    return use.kind is UseKind.BIND_LIST or use.kind in _HARMLESS


def _is_queue_call(call: ast.Call, method: str) -> bool:
    """Say whether a call means the same on a list and on a deque, `pop(0)` apart."""
    if call.keywords or any(isinstance(argument, ast.Starred) for argument in call.args):
        return False
    if method == "insert":
        return inserts_first(call)
    return not call.args or _pops_first(call) if method == "pop" else len(call.args) == 1


def _run_meanwhile(use: Use) -> Iterator[ast.AST]:
    """Yield what runs while the list is iterated: the loop's body, or the whole comprehension."""
    for step, below in zip(use.path, (use.node, *use.path), strict=False):
        if isinstance(step, ast.For) and step.iter is below:
            yield from step.body
        elif isinstance(step, ast.comprehension):
            yield use.path[use.path.index(step) + 1]
        if isinstance(step, ast.stmt):
            return


def _changes(node: ast.AST, name: str) -> bool:
    owners = (part.value for part in walk(node) if isinstance(part, ast.Attribute) and part.attr in _CHANGING)
    return any(isinstance(owner, ast.Name) and owner.id == name for owner in owners)


def _annotations(found: tuple[Use, ...]) -> Iterator[ast.expr]:
    return (use.path[0].annotation for use in found if use.path and isinstance(use.path[0], ast.AnnAssign))


def _is_list_annotation(annotation: ast.expr) -> bool:
    """Say whether it is `list`, `list[…]`, `List` or `List[…]`, which a deque's can replace."""
    named = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return isinstance(named, ast.Name) and named.id in _LIST_ANNOTATIONS


def _site(key: FunctionKey, name: str, queue: _Queue, module: Module) -> Site:
    receivers = (call.func.value for call in queue.fronts if isinstance(call.func, ast.Attribute))
    return Site(
        recipe=DequeQueue.card.id,
        key=key,
        module=module.file,
        line=queue.fronts[0].lineno,
        requests=tuple(expression_request(module, receiver) for receiver in receivers),
        node_path=name,
    )


def _is_spliceable(queue: _Queue, module: Module) -> bool:
    try:
        _patch(queue, module)
    except NotSpliceable:
        return False
    return True


def _patch(queue: _Queue, module: Module) -> Patch:
    rewrite, made = Rewrite(module), queue.reached.expression
    for value in queue.bindings:
        _make_deque(rewrite, module, value, made)
    for annotation in queue.annotations:
        rewrite.replace(annotation.value if isinstance(annotation, ast.Subscript) else annotation, made)
    for call in queue.fronts:
        if "#" in source(module, call) or not isinstance(call.func, ast.Attribute):
            raise NotSpliceable(f"{module.file}:{call.lineno}: a comment stands in the call")
        owner = source(module, call.func.value)
        rewrite.replace(
            call, f"{owner}.popleft()" if _pops_first(call) else f"{owner}.appendleft({_put(call, module)})"
        )
    if queue.reached.line is not None:
        add_import(rewrite, module, queue.reached.line)
    return rewrite.patch()


def _make_deque(rewrite: Rewrite, module: Module, value: ast.expr, made: str) -> None:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "list":
        rewrite.replace(value.func, made)
        return
    is_empty = isinstance(value, ast.List) and not value.elts and source(module, value) == "[]"
    rewrite.replace(value, f"{made}({'' if is_empty else source(module, value)})")


def _put(call: ast.Call, module: Module) -> str:
    """Return what `insert(0, …)` puts in front, as it is written."""
    value = call.args[1]
    return f"({source(module, value)})" if isinstance(value, ast.Yield | ast.YieldFrom) else source(module, value)
