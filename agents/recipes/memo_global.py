"""Keep the results of a pure function that is called again and again with the same few arguments."""

from collections.abc import Iterator

from agents.model import Patch
from agents.recipes import memoisation
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.exposure import exposure
from agents.recipes.functions import Function, function_at, functions
from agents.recipes.kinds import Kind
from agents.recipes.project import Module, Project
from agents.recipes.purity import Definition, Purity, summarise
from agents.recipes.requests import function_request
from agents.recipes.scope import parameters_of
from agents.recipes.splice import NotSpliceable, Rewrite
from profiling.facts import Facts, FunctionFacts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_CALLS = 200
MAX_DISTINCT = 0.25
"""Distinct arguments per call: above, a cache misses too often (docs/recipes.md)."""
MIN_SHARE = 0.01
_COUNTED_DISTINCT = 4096
_SIZES = (128, 8192)


class MemoGlobal:
    """A pure module-level function → the same behind a bounded cache, for exactly the argument types that were seen."""

    card = Card(
        id="memo-global",
        title="Cache a pure function that is called with few distinct arguments",
        rank=1,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.4,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, a "
        "function of three tests of a text: for the same text 2.9x / 3.1x / 3.6x [3.4, 3.7] / 4.1x / "
        "2.4x, for a new one each time 0.67x / 0.66x / 0.61x [0.60, 0.62] / 0.60x / 0.50x; a guarded hit "
        "costs 0.05 us [0.05, 0.06] on a quiet CPython 3.11",
        mechanism="The function is pure and gets the same few arguments over and over; a bounded cache answers "
        "repeated calls without running it.",
        hazard="Checked: it and everything it calls are pure, its result is immutable, nobody patches it, and other "
        "argument types go past the cache; remains: memory for at most the cache's size of arguments and results.",
    )
    examples = (
        Example(
            before='''\
def stem(word, suffix="s"):
    """Cut plural endings."""
    # longest first
    for ending in ("ies", "es", suffix):
        if word.endswith(ending):
            return word[: -len(ending)]
    return word
''',
            after='''\
from functools import lru_cache


def stem(word, suffix="s"):
    """Cut plural endings."""
    if type(word) is str and type(suffix) is str:
        return _stem_cached(word, suffix)
    return _stem_uncached(word, suffix)


def _stem_uncached(word, suffix):
    # longest first
    for ending in ("ies", "es", suffix):
        if word.endswith(ending):
            return word[: -len(ending)]
    return word


_stem_cached = lru_cache(maxsize=256)(_stem_uncached)
''',
            parameters=(("word", 1), ("suffix", 1), (".size", 256)),
        ),
        Example(
            before="_LOG = []\n\n\ndef note(text):\n    _LOG.append(text)\n    return text.upper()\n",
            after=None,
            because="it changes a list that others see",
        ),
        Example(
            before="def words(text):\n    return text.split()\n",
            after=None,
            because="the list it returns could be changed by one caller and seen by the next",
        ),
        Example(
            before="import time\n\n\ndef stamp(text):\n    return f'{text}{time.time()}'\n",
            after=None,
            because="it reads the clock",
        ),
        Example(
            before="_UNIT = 'm'\n\n\ndef use(unit):\n    global _UNIT\n    _UNIT = unit\n\n\n"
            "def show(number):\n    return f'{number} {_UNIT}'\n",
            after=None,
            because="it reads a global that is rebound",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every pure function with an immutable result."""
        for function in functions(module):
            if _is_licensed(function, module, project):
                yield Site(
                    recipe=self.card.id,
                    key=function.key,
                    module=module.file,
                    line=function.node.lineno,
                    requests=(function_request(function.key),),
                    node_path=",".join(parameter.arg for parameter in parameters_of(function.node)),
                )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Ask for many calls with few distinct arguments that can be compared by value, and for time to be saved."""
        seen = exposure(profile, site.key)
        fact = facts.functions.get(site.requests[0].id)
        if seen is None or fact is None:
            return Veto(reason="the function was not sampled, or no call of it was recorded")
        reason = _objection(fact)
        if reason is not None:
            return Veto(reason=reason)
        masks = memoisation.type_masks(tuple(site.node_path.split(",")), fact)
        if masks is None:
            return Veto(reason="an argument is not exactly str, bytes, int, bool or None")
        if seen.share < MIN_SHARE:
            return Veto(reason=f"{seen.text}, less than {MIN_SHARE:.0%}")
        call_s = seen.total_s / fact.calls
        if call_s < memoisation.MIN_CALL_S:
            return Veto(reason=f"a call takes {call_s * 1e6:.1f} us, less than {memoisation.MIN_CALL_S * 1e6:.0f} us")
        distinct = fact.distinct_arguments / fact.calls
        return Choice(
            expected_share=seen.share * max(0.0, 1 - distinct - memoisation.HIT_S / call_s),
            evidence=f"facts:calls={fact.calls} distinct={fact.distinct_arguments}; profile: {seen.text}",
            parameters=(*masks, (".size", _size(fact.distinct_arguments))),
        )

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Return the edits.

        Raises:
            NotSpliceable: the function is not as it was.
        """
        function = function_at(module, site.key)
        if function is None:
            raise NotSpliceable(f"{site.key.place}: {site.key.qualname} is not there any more")
        node = function.node
        parts = memoisation.part_names(node, module)
        cache = memoisation.import_of("functools", "lru_cache", node, module, project)
        if parts is None or cache is None:
            raise NotSpliceable(f"{site.key.place}: no free name for the cache")
        masks = dict(choice.parameters)
        size = masks.pop(".size")
        arguments = ", ".join(parameter.arg for parameter in parameters_of(node))
        typed = ", typed=True" if memoisation.is_typed(masks) else ""
        rewrite = Rewrite(module)
        memoisation.add_imports(rewrite, module, cache)
        memoisation.split(
            rewrite,
            node,
            module,
            guard=f"if {memoisation.condition(masks)}:\n    return {parts.cached}({arguments})\n"
            f"return {parts.uncached}({arguments})\n",
            uncached=parts.uncached,
            tail=f"{parts.cached} = {cache.expression}(maxsize={size}{typed})({parts.uncached})",
        )
        return rewrite.patch()


def _is_licensed(function: Function, module: Module, project: Project) -> bool:
    if not parameters_of(function.node) or not memoisation.is_plain(function, module, project):
        return False
    if memoisation.part_names(function.node, module) is None:
        return False
    summary = summarise(Definition(module=module, node=function.node), project)
    if summary.purity is not Purity.PURE or summary.result is not Kind.SCALAR:
        return False
    return memoisation.import_of("functools", "lru_cache", function.node, module, project) is not None


def _objection(fact: FunctionFacts) -> str | None:
    """Return what the facts say against a cache."""
    if fact.calls < MIN_CALLS:
        return f"{fact.calls} calls, fewer than {MIN_CALLS}"
    if fact.distinct_arguments >= _COUNTED_DISTINCT or fact.distinct_arguments > MAX_DISTINCT * fact.calls:
        return f"{fact.distinct_arguments} distinct arguments in {fact.calls} calls, more than {MAX_DISTINCT:.0%}"
    if fact.keyable_calls < fact.calls:
        return f"{fact.calls - fact.keyable_calls} of {fact.calls} calls had arguments that can't be compared by value"
    if not fact.consistent or not fact.results_immutable:
        return "the same arguments gave different, mutable or no results"
    if fact.max_depth > memoisation.MAX_DEPTH:
        return f"it calls itself {fact.max_depth} deep, more than {memoisation.MAX_DEPTH}"
    return None


def _size(distinct: int) -> int:
    smallest, largest = _SIZES
    return min(largest, max(smallest, 1 << (2 * distinct - 1).bit_length()))


RECIPE = MemoGlobal()
