"""Keep an event loop running while a coroutine waits for something that blocks its thread."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from agents.model import Patch
from agents.recipes import library
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.durations import is_duration
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import Function, function_at, functions, own
from agents.recipes.gains import loop_share
from agents.recipes.imports import reach_module
from agents.recipes.project import Module, Project
from agents.recipes.requests import function_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from agents.recipes.tables import parents
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_WAITED_S = 0.01
"""Less time that others waited for the loop is not worth a thread."""

_BLOCKING = frozenset(
    "shutil.copy shutil.copy2 shutil.copyfile shutil.copytree shutil.rmtree socket.create_connection"
    " socket.getaddrinfo socket.gethostbyaddr socket.gethostbyname socket.gethostbyname_ex subprocess.call"
    " subprocess.check_call subprocess.check_output subprocess.run time.sleep urllib.request.urlopen".split()
)
"""Functions that wait without the interpreter's lock, hold nothing of the calling thread, and may run in any other."""
_CATCHING_ALL = ("BaseException", "CancelledError")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wait:
    """A blocking call of a coroutine; `asked` is the name of what it calls."""

    node: ast.Call
    asked: str


class BlockingCall:
    """`subprocess.run(…)` in a coroutine → `await asyncio.to_thread(subprocess.run, …)`."""

    card = Card(
        id="blocking-call",
        title="Let the event loop run while a call blocks",
        rank=42,
        domain=Domain.ASYNC,
        dimension=Dimension.LOOP_BLOCK_S,
        confidence=0.7,
        cost_note="measured 2026-11, a coroutine that sleeps ten times for 50 ms beside a task that ticks each "
        "millisecond, CPython 3.9 to 3.13: its longest gap 503 to 540 ms before, 8 to 11 ms with asyncio.sleep, 5 to "
        "19 ms with a thread, on a busy machine",
        mechanism="A call that blocks its thread stops every task of the event loop; in a thread of its own, or as a "
        "sleep of the loop, it stops its own task alone.",
        hazard="Checked: the function called belongs to no thread, nothing is held over the call with `with`, no "
        "handler catches a cancellation, and the coroutine does not both read and write an attribute or a global; "
        "remains: other tasks may run at a place where none could before, and the coroutine may be cancelled there.",
        needs_approval=True,
    )
    examples = (
        Example(
            before="""\
import asyncio
import time


async def retried(function, times):
    for attempt in range(times):
        try:
            return await function()
        except ValueError:
            time.sleep(0.1 * 2**attempt)


asyncio.run(retried(asyncio.Event().wait, 0))
""",
            after="""\
import asyncio
import time


async def retried(function, times):
    for attempt in range(times):
        try:
            return await function()
        except ValueError:
            await asyncio.sleep(0.1 * 2**attempt)


asyncio.run(retried(asyncio.Event().wait, 0))
""",
        ),
        Example(
            before="""\
import asyncio
import time


async def poll(ready):
    while not ready():
        time.sleep(0.1)  # be kind
    await asyncio.sleep(0)
""",
            after="""\
import asyncio
import time


async def poll(ready):
    while not ready():
        await asyncio.sleep(0.1)  # be kind
    await asyncio.sleep(0)
""",
        ),
        Example(
            before="""\
import asyncio
import subprocess


async def version(tool):
    return subprocess.run([tool, "--version"], capture_output=True, text=True).stdout


asyncio.run(version("true"))
""",
            after="""\
import asyncio
import subprocess


async def version(tool):
    return (await asyncio.to_thread(subprocess.run, [tool, "--version"], capture_output=True, text=True)).stdout


asyncio.run(version("true"))
""",
        ),
        Example(
            before="import asyncio\nimport time\n\n\ndef wait():\n    time.sleep(1)\n",
            after=None,
            because="it is no coroutine",
        ),
        Example(
            before="import time\n\n\nasync def wait():\n    time.sleep(1)\n",
            after=None,
            because="which library runs the coroutine is not known",
        ),
        Example(
            before="""\
import asyncio
import time


async def wait(lock):
    with lock:
        time.sleep(1)
""",
            after=None,
            because="what is held over the call would be held while other tasks run",
        ),
        Example(
            before="""\
import asyncio
import time


class Counter:
    async def count(self):
        seen = self.total
        time.sleep(1)
        self.total = seen + 1
""",
            after=None,
            because="another task could change the attribute between its read and its write",
        ),
        Example(
            before="""\
import asyncio
import time


async def wait():
    try:
        time.sleep(1)
    except BaseException:
        pass
""",
            after=None,
            because="the handler would swallow a cancellation",
        ),
        Example(
            before="""\
import asyncio
import time


async def waits():
    return [time.sleep(n) for n in (1, 2)]
""",
            after=None,
            because="an await changes what a comprehension is",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every blocking call of a coroutine that other tasks may run beside."""
        for function in functions(module) if "async " in module.text else ():
            for found in _waits(function, module, project):
                if can_be_made(lambda found=found: _patch(found, module, project)):  # type: ignore[misc]
                    yield site_at(self.card.id, function, found.node, module, function_request(function.key))

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when others waited for the loop while the coroutine blocked it."""
        del facts
        seen = next((one for one in profile.functions if one.key == site.key), None)
        waited_s = min(seen.loop_others_waited_s, seen.loop_blocked_s) if seen else 0.0
        if seen is None or waited_s < MIN_WAITED_S:
            return Veto(reason=f"others waited {waited_s:.3f} s for the loop, less than {MIN_WAITED_S} s")
        share = loop_share(profile, site.key, saved_s=waited_s)
        evidence = f"profile:loop_blocked_s={seen.loop_blocked_s:.3f} others_waited_s={seen.loop_others_waited_s:.3f}"
        return Choice(expected_share=share, evidence=evidence)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Await the call.

        Raises:
            NotSpliceable: it does not stand there any more.
        """
        del choice
        function = function_at(module, site.key)
        found = _waits(function, module, project) if function else iter(())
        same = next((one for one in found if place_of(one.node) == site.node_path), None)
        if same is None:
            raise NotSpliceable(f"{module.file}:{site.line}: nothing blocks here")
        return _patch(same, module, project)


RECIPE = BlockingCall()


def _waits(function: Function, module: Module, project: Project) -> Iterator[_Wait]:
    if not isinstance(function.node, ast.AsyncFunctionDef) or _reads_and_writes(function.node):
        return
    known = names(module)
    for node in own(function.node, ast.Call):
        if known.scope(node) is not known.inside(function.node):
            continue
        asked = library.called(node, _BLOCKING, module, project)
        if asked is not None and not _is_held(node, function.node, module):
            yield _Wait(node=node, asked=asked)


def _reads_and_writes(function: ast.AsyncFunctionDef) -> bool:
    """Say whether the coroutine changes something shared that it also looks at."""
    read: set[str] = set()
    written: set[str] = set()
    for node in walk(function):
        if isinstance(node, ast.Global | ast.Nonlocal):
            return True
        if isinstance(node, ast.AugAssign) and not isinstance(node.target, ast.Name):
            return True
        if isinstance(node, ast.Attribute):
            (read if isinstance(node.ctx, ast.Load) else written).add(node.attr)
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            written.update(part.attr for part in walk(node.value) if isinstance(part, ast.Attribute))
    return not read.isdisjoint(written)


def _is_held(call: ast.Call, function: ast.AsyncFunctionDef, module: Module) -> bool:
    """Say whether other tasks, or a cancellation, may not come in at a call."""
    above, below = parents(module), parents(module)[call]
    node: ast.AST = call
    while node is not function:
        node, below = above[node], node
        if isinstance(node, ast.With | ast.AsyncWith | ast.Await):
            return True
        if type(node).__name__ in ("Try", "TryStar") and _is_unsafe_try(node, below):
            return True
    return False


def _is_unsafe_try(node: ast.AST, below: ast.AST) -> bool:
    if below in getattr(node, "finalbody", ()):
        return True
    kinds = [handler.type for handler in getattr(node, "handlers", ())]
    return any(kind is None or any(name in ast.unparse(kind) for name in _CATCHING_ALL) for kind in kinds)


def _patch(found: _Wait, module: Module, project: Project) -> Patch:
    node = found.node
    reached = reach_module(project, module, node, package="asyncio")
    if reached is None or reached.line is not None:
        raise NotSpliceable(f"{module.file}:{node.lineno}: asyncio is not imported here")
    written = source(module, node)
    if "#" in written or "\n" in written or not is_as_written(module, node):
        raise NotSpliceable(f"{module.file}:{node.lineno}: the call is spread over lines")
    function = source(module, node.func)
    arguments = written[written.index("(", len(function)) + 1 : -1].strip()
    awaited = f"await {reached.expression}.to_thread({function}{', ' if arguments else ''}{arguments})"
    if found.asked == "time.sleep" and len(node.args) == 1 and is_duration(node.args[0], module, project):
        awaited = f"await {reached.expression}.sleep({arguments})"
    is_whole = isinstance(parents(module)[node], ast.Expr | ast.Assign | ast.Return | ast.AnnAssign)
    rewrite = Rewrite(module)
    rewrite.replace(node, awaited if is_whole else f"({awaited})")
    return rewrite.patch()
