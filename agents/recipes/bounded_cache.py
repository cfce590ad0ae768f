"""Bound the cache of a pure function that keeps the result of every call there ever was."""

import ast
from collections.abc import Iterator, Mapping
from functools import partial

from agents.model import Patch
from agents.recipes import stores
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made
from agents.recipes.functions import Function, FunctionNode, function_at, functions, own
from agents.recipes.gains import memory_share
from agents.recipes.imports import Reached, add_import, reach
from agents.recipes.kinds import Kind
from agents.recipes.once import once
from agents.recipes.positions import span
from agents.recipes.project import Module, Project
from agents.recipes.purity import Definition, Purity, summarise
from agents.recipes.references import taken_from_outside
from agents.recipes.requests import function_request
from agents.recipes.scope import names, parameters_of
from agents.recipes.splice import NotSpliceable, Rewrite, source
from agents.recipes.stored_attributes import is_immutable
from agents.recipes.walking import nodes, walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_ENTRIES = 10_000
"""Results kept below which their memory does not show."""
_KEPT = 8
"""One in so many entries is kept: entries that are asked for again are mostly young."""
_SIZES = (1024, 65536)
_ENTRY_BYTES, _BOUND_BYTES = 45.0, 108.0
"""An unbounded and a bounded cache's own part of an entry, without argument and result (see the cost note)."""
_VALUE_BYTES = {"int": 28.0, "float": 24.0, "str": 60.0, "bytes": 50.0, "tuple": 64.0, "complex": 32.0}
_NUMBERS = frozenset({"bool", "complex", "float", "int"})
_ASKED = frozenset({"cache_info", "cache_parameters"})


class BoundedCache:
    """`@cache` → `@lru_cache(maxsize=…)` on a pure function with immutable results."""

    card = Card(
        id="bounded-cache",
        title="Bound a cache that keeps every result",
        rank=18,
        domain=Domain.MEMORY,
        dimension=Dimension.PEAK_MIB,
        confidence=0.3,
        cost_note="measured 2026-11, traced bytes of an entry without argument and result: 38 to 52 unbounded, 94 to "
        "108 bounded, on CPython 3.9 to 3.13; CPU time of 15 interleaved pairs, 3.9 / 3.10 / 3.11 / 3.12 / 3.13: a hit "
        "1.0x on all, a miss of a function of 0.1 us 1.2x / 1.8x / 1.3x [1.1, 1.5] / 1.4x / 1.0x: no growing table",
        mechanism="An unbounded cache holds every argument and result until the process ends; a bounded one lets go of "
        "those that were not asked for lately.",
        hazard="Checked: the function is pure, does not call itself, and is declared to take immutable values; its "
        "results are immutable, and nobody asks the cache for its figures; remains: a result that was let go is "
        "computed again, so hits may become misses.",
    )
    examples = (
        Example(
            before='''\
import re
from functools import lru_cache


@lru_cache(maxsize=None)
def slug(title: str) -> str:
    """Lower case, with dashes."""
    return "-".join(re.findall("[a-z]+", title.lower()))
''',
            after='''\
import re
from functools import lru_cache


@lru_cache(maxsize=1024)
def slug(title: str) -> str:
    """Lower case, with dashes."""
    return "-".join(re.findall("[a-z]+", title.lower()))
''',
        ),
        Example(
            before="from functools import cache\n\n\n@cache\ndef squared(number: int) -> int:\n"
            "    return number * number\n",
            after="from functools import lru_cache\n\n\n@lru_cache(maxsize=1024)\ndef squared(number: int) -> int:\n"
            "    return number * number\n",
        ),
        Example(
            before="from functools import cache\n\n\n@cache\ndef fib(n: int) -> int:\n"
            "    return n if n < 2 else fib(n - 1) + fib(n - 2)\n",
            after=None,
            because="it calls itself: without the small results the large ones take very long",
        ),
        Example(
            before="from functools import cache\n\n\nclass Client:\n    pass\n\n\n@cache\ndef client(name: str):\n"
            "    return Client()\n",
            after=None,
            because="every caller must get the same object",
        ),
        Example(
            before="from functools import cache\n\n\n@cache\ndef text(path: str) -> str:\n"
            "    with open(path) as file:\n        return file.read()\n",
            after=None,
            because="the file may have changed when it is read again",
        ),
        Example(
            before="from functools import cache\n\n\n@cache\ndef shown(value) -> str:\n    return str(value)\n",
            after=None,
            because="nothing says what it takes: the text of an object may change",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every pure function behind an unbounded cache."""
        for function in functions(module) if "cache" in module.text else ():
            is_licensed = _is_licensed(function, module, project)
            if is_licensed and can_be_made(partial(_patch, function, _SIZES[0], module, project)):
                yield Site(
                    recipe=self.card.id,
                    key=function.key,
                    module=module.file,
                    line=function.node.lineno,
                    requests=(function_request(function.key),),
                    node_path="",
                )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when many results were kept. A call that is seen is a miss: hits do not reach the function."""
        seen = facts.functions.get(site.requests[0].id)
        if seen is None:
            return Veto(reason="no miss of the cache was recorded")
        mixed = [name for name, kinds in seen.argument_types.items() if len(_NUMBERS & kinds.keys()) > 1]
        if mixed:
            return Veto(reason=f"{', '.join(mixed)} was given as numbers of several types, which share results")
        entries = seen.calls - seen.raised
        if entries < MIN_ENTRIES:
            return Veto(reason=f"{entries} results were kept, fewer than {MIN_ENTRIES}")
        size = _size(entries)
        kinds = [*seen.argument_types.values(), seen.result_types]
        value_bytes = sum(_mean_bytes(kind) for kind in kinds)
        saved_bytes = entries * (_ENTRY_BYTES + value_bytes) - size * (_BOUND_BYTES + value_bytes)
        share = memory_share(profile, site.key, saved_bytes=saved_bytes)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} has no part in the peak that the memory pass saw")
        evidence = f"facts:misses={seen.calls} size={size} profile:peak_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence, parameters=((".size", size),))

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Give the cache a size."""
        function = function_at(module, site.key)
        if function is None or _unbounded(function.node, module) is None:
            raise NotSpliceable(f"{site.key.place}: {site.key.qualname} has no unbounded cache any more")
        return _patch(function, dict(choice.parameters).get(".size", _SIZES[0]), module, project)


RECIPE = BoundedCache()


def _size(entries: int) -> int:
    smallest, largest = _SIZES
    return min(largest, max(smallest, 1 << (entries // _KEPT).bit_length() - 1))


def _mean_bytes(kinds: Mapping[str, int]) -> float:
    counted = sum(kinds.values())
    whole = sum(_VALUE_BYTES.get(kind, 0.0) * count for kind, count in kinds.items())
    return whole / counted if counted else 0.0


def _is_licensed(function: Function, module: Module, project: Project) -> bool:
    node = function.node
    if not isinstance(node, ast.FunctionDef) or not function.is_top_level or _unbounded(node, module) is None:
        return False
    if names(module).bindings(node.name) != (node,) or not _takes_immutable(node, module):
        return False
    index = stores.index(project)
    if index.is_replaced(node.name) or index.is_open(module) or node.name in _asked_for_figures(project):
        return False
    given: set[ast.AST] = {one for one in own(node, ast.Name) if _is_parameter(one, node, module)}
    assume = dict.fromkeys(given, Kind.SCALAR)
    summary = summarise(Definition(module=module, node=node), project, Kind.UNKNOWN, assume)
    return summary.purity is Purity.PURE and summary.result is Kind.SCALAR and bool(given)


def _unbounded(node: FunctionNode, module: Module) -> ast.expr | None:
    """Return the decorator that keeps every result, when it is the only one."""
    if len(node.decorator_list) != 1:
        return None
    decorator = node.decorator_list[0]
    if not isinstance(decorator, ast.Call):
        return decorator if names(module).dotted(decorator) == "functools.cache" else None
    is_cache = names(module).dotted(decorator.func) == "functools.lru_cache"
    return decorator if is_cache and _size_given(decorator) is not None else None


def _size_given(decorator: ast.Call) -> ast.expr | None:
    """Return the argument that says that there is no bound."""
    sizes = [*decorator.args[:1], *(one.value for one in decorator.keywords if one.arg == "maxsize")]
    is_whole = len(sizes) == 1 and not any(isinstance(one, ast.Starred) for one in decorator.args)
    return sizes[0] if is_whole and isinstance(sizes[0], ast.Constant) and sizes[0].value is None else None


def _takes_immutable(node: FunctionNode, module: Module) -> bool:
    """Say whether every parameter is declared to be an immutable builtin value, and never bound anew."""
    parameters = parameters_of(node)
    bindings = names(module).inside(node).bindings
    defaults = [*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]
    is_plain = not node.args.vararg and not node.args.kwarg and all(isinstance(one, ast.Constant) for one in defaults)
    declared = (_is_told_apart(one.annotation) and len(bindings[one.arg]) == 1 for one in parameters)
    return is_plain and bool(parameters) and all(declared)


def _is_told_apart(annotation: ast.expr | None) -> bool:
    """Say whether an annotation names immutable types of which equal values are the same: not so 0.0 and -0.0."""
    written = ast.unparse(annotation) if annotation is not None else ""
    return is_immutable(annotation) and "float" not in written and "complex" not in written


def _is_parameter(name: ast.Name, node: FunctionNode, module: Module) -> bool:
    scope = names(module).resolve(name.id, name)
    is_own = scope is names(module).inside(node) and scope is not None
    return is_own and any(isinstance(one, ast.arg) for one in names(module).bindings(name.id, scope))


@once
def _asked_for_figures(project: Project) -> frozenset[str]:
    """Return the names of functions whose cache is asked for its figures, wherever they are reached."""
    found: set[str] = set()
    for module in project.everything:
        for node in walk(module.syntax) if any(word in module.text for word in _ASKED) else ():
            if isinstance(node, ast.Attribute) and node.attr in _ASKED:
                found.add(node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "?"))
    return frozenset(found)


def _patch(function: Function, size: int, module: Module, project: Project) -> Patch:
    decorator, rewrite = _unbounded(function.node, module), Rewrite(module)
    if isinstance(decorator, ast.Call):
        given = _size_given(decorator)
        assert given is not None
        rewrite.replace(given, str(size))
        return rewrite.patch()
    assert decorator is not None
    if isinstance(decorator, ast.Attribute):
        rewrite.replace(decorator, f"{source(module, decorator.value)}.lru_cache(maxsize={size})")
        return rewrite.patch()
    reached = reach(project, module, function.node, package="functools", name="lru_cache")
    if reached is None:
        raise NotSpliceable(f"{function.key.place}: no free name for lru_cache")
    _import(rewrite, decorator, reached, module, project)
    rewrite.replace(decorator, f"{reached.expression}(maxsize={size})")
    return rewrite.patch()


def _import(rewrite: Rewrite, decorator: ast.expr, reached: Reached, module: Module, project: Project) -> None:
    """Import what is needed, in the place of `cache` where nothing else needs that."""
    if reached.line is None:
        return
    assert isinstance(decorator, ast.Name)
    found = names(module).imported(decorator.id, decorator)
    others = [one for one in nodes(module.syntax, ast.Name) if one.id == decorator.id]
    is_alone = found is not None and len(found.statement.names) == 1 and len(others) == 1
    if found is None or not is_alone or taken_from_outside(project, module, decorator.id) is not None:
        add_import(rewrite, module, reached.line)
        return
    where = span(module, found.statement)
    rewrite.replace_statement_parts(found.statement, [(where, reached.line)], ast.parse(reached.line).body)
