"""Keep the result of a function without parameters that computes the same each time."""

import ast
from collections.abc import Iterator, Mapping

from agents.model import Patch
from agents.recipes import kinds, memoisation, stores
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.exposure import exposure
from agents.recipes.functions import Function, function_at, functions, own, own_nodes
from agents.recipes.kinds import Kind
from agents.recipes.project import Module, Project
from agents.recipes.purity import Definition, Purity, Summary, summarise
from agents.recipes.requests import function_request
from agents.recipes.scope import names, parameters_of
from agents.recipes.splice import NotSpliceable, Rewrite
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_CALLS = 2


class MemoConst:
    """A pure `def f():` → its result computed once, a copy given where it is a list or dict."""

    card = Card(
        id="memo-const",
        title="Compute once what a function without parameters computes each time",
        rank=5,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.5,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, a "
        "dict of 20 entries, kept and copied: 6.5x / 6.4x / 8.6x [8.2, 9.2] / 7.2x / 7.5x",
        mechanism="The function has no parameters and depends on nothing that changes; it is computed once.",
        hazard="Checked: it is pure but for constants of the process that no test replaces, and a list or dict is "
        "copied for each caller; remains: the result stays in memory.",
    )
    examples = (
        Example(
            before='''\
import sys

_NAMES = ("alpha", "beta")


def table():
    """Number the names."""
    found = {name: number for number, name in enumerate(_NAMES)}
    if sys.platform == "win32":
        found["windows"] = -1
    return found
''',
            after='''\
import sys
from functools import lru_cache

_NAMES = ("alpha", "beta")


def table():
    """Number the names."""
    return _table_cached().copy()


def _table_uncached():
    found = {name: number for number, name in enumerate(_NAMES)}
    if sys.platform == "win32":
        found["windows"] = -1
    return found


_table_cached = lru_cache(maxsize=1)(_table_uncached)
''',
        ),
        Example(
            before="import os\n\n\ndef home():\n    return os.environ['HOME']\n",
            after=None,
            because="the environment can change",
        ),
        Example(
            before="def rows():\n    return [[0] * 3 for _ in range(3)]\n",
            after=None,
            because="a copy would share the inner lists between callers",
        ),
        Example(
            before="def letters():\n    return set('abcdefg')\n",
            after=None,
            because="a set's copy may have another order, since it is made in one go",
        ),
        Example(
            before="def numbers():\n    for number in range(3):\n        yield number\n",
            after=None,
            because="a generator is used up by its first caller",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every function without parameters that gives the same each time."""
        for function in functions(module):
            if _is_licensed(function, module, project):
                yield Site(
                    recipe=self.card.id,
                    key=function.key,
                    module=module.file,
                    line=function.node.lineno,
                    requests=(function_request(function.key),),
                    node_path="",
                )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Ask for a second call, equal results, and time to be saved."""
        seen = exposure(profile, site.key)
        fact = facts.functions.get(site.requests[0].id)
        if seen is None or fact is None:
            return Veto(reason="the function was not sampled, or no call of it was recorded")
        if fact.calls < MIN_CALLS:
            return Veto(reason="it was called once: there is nothing to keep")
        if not fact.consistent:
            return Veto(reason="its results differed, or it raised")
        call_s = seen.total_s / fact.calls
        if call_s < memoisation.MIN_CALL_S:
            return Veto(reason=f"a call takes {call_s * 1e6:.1f} us, less than {memoisation.MIN_CALL_S * 1e6:.0f} us")
        return Choice(
            expected_share=seen.share * max(0.0, 1 - 1 / fact.calls - memoisation.HIT_S / call_s),
            evidence=f"facts:calls={fact.calls} consistent; profile: {seen.text}",
        )

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Return the edits.

        Raises:
            NotSpliceable: the function is not as it was.
        """
        del choice
        function = function_at(module, site.key)
        if function is None:
            raise NotSpliceable(f"{site.key.place}: {site.key.qualname} is not there any more")
        node = function.node
        parts = memoisation.part_names(node, module)
        cache = memoisation.import_of("functools", "lru_cache", node, module, project)
        if parts is None or cache is None:
            raise NotSpliceable(f"{site.key.place}: no free name for the cache")
        is_shared = _summary(function, module, project).result is Kind.SCALAR
        rewrite = Rewrite(module)
        memoisation.add_imports(rewrite, module, cache)
        memoisation.split(
            rewrite,
            node,
            module,
            guard=f"return {parts.cached}(){'' if is_shared else '.copy()'}\n",
            uncached=parts.uncached,
            tail=f"{parts.cached} = {cache.expression}(maxsize=1)({parts.uncached})",
        )
        return rewrite.patch()


def _is_licensed(function: Function, module: Module, project: Project) -> bool:
    node = function.node
    if parameters_of(node) or not memoisation.is_plain(function, module, project):
        return False
    if memoisation.part_names(node, module) is None or not own(node, ast.Return):
        return False
    summary = _summary(function, module, project)
    is_copied = summary.result is Kind.FLAT and memoisation.container(node, module)
    if summary.purity is not Purity.PURE or not (summary.result is Kind.SCALAR or is_copied):
        return False
    return memoisation.import_of("functools", "lru_cache", node, module, project) is not None


def _summary(function: Function, module: Module, project: Project) -> Summary:
    definition = Definition(module=module, node=function.node)
    return summarise(definition, project, assume=_process_constants(function, module, project))


def _process_constants(function: Function, module: Module, project: Project) -> Mapping[ast.AST, Kind]:
    """Return the expressions that stay the same for a process and that nobody in the project replaces."""
    index = stores.index(project)
    found: dict[ast.AST, Kind] = {}
    for node in own_nodes(function.node):
        called = isinstance(node, ast.Call) and not node.args and not node.keywords
        named = node.func if isinstance(node, ast.Call) else node
        dotted = names(module).dotted(named) if isinstance(named, ast.Attribute | ast.Name) else None
        wanted = kinds.PROCESS_CALLS if called else kinds.PROCESS_CONSTANTS
        last = (dotted or "").rpartition(".")[2]
        if dotted in wanted and not index.is_patched(last) and not index.stores(last):
            found[node] = Kind.SCALAR
    return found


RECIPE = MemoConst()
