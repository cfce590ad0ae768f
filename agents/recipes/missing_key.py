"""Ask a dict for a key with `get` where most keys are missing and each of them raises an exception."""

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.bound_names import is_surely_bound
from agents.recipes.builtin_values import shape_of
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import FunctionNode, function_at, functions, own
from agents.recipes.gains import function_share
from agents.recipes.positions import Span, span
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, end_of_lines, indentation, line_start, newline, source
from agents.recipes.tables import parents
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_MISSES = 1000
"""Exceptions in the workload below which nothing is gained."""
MIN_MISS_SHARE = 0.3
"""Part of the lookups that raised below which it does not pay (docs/recipes.md)."""
_MISS_NS, _HIT_NS = 100.0, 45.0
"""What a missing key saves, and what a key that is there costs, behind a test (see the card's cost note)."""

_KEYS = ("bool", "bytes", "float", "int", "str")
_EMPTY = (ast.Dict, ast.List, ast.Tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lookup:
    """`try: name = table[key]`, `except KeyError: name = default`, or `return` in both.

    Attributes:
        statement: the `try`.
        found: the statement in it.
        lookup: `table[key]`.
        table: the name of the dict.
        default: what is taken instead.
        is_dict, is_plain: the table surely is exactly a dict; the key's hash surely raises nothing.
    """

    statement: ast.Try
    found: ast.Assign | ast.Return
    lookup: ast.Subscript
    table: ast.Name
    default: ast.expr
    is_dict: bool
    is_plain: bool


class MissingKey:
    """`try: v = d[k]`, `except KeyError: v = x` → `v = d.get(k, x)`, behind a test of the types."""

    card = Card(
        id="missing-key",
        title="Get a default from the dict instead of catching what it raises",
        rank=30,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.6,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, behind "
        "a test of the types, a key that is not there 1.4x / 1.8x / 2.9x [2.8, 3.1] / 3.9x / 3.5x, one that is there "
        "0.5x / 0.6x / 0.7x [0.5, 0.7] / 0.7x / 0.7x; without the test 2.5x / 2.2x / 3.9x [3.3, 4.1] / 5.0x / 4.7x and "
        "0.9x / 1.0x / 0.9x [0.8, 1.0] / 1.0x / 1.0x",
        mechanism="A missing key makes an exception, which is raised and caught; dict.get gives the default at once.",
        hazard="Checked: the table is exactly a dict and the key of a builtin type that hashes without raising, tested "
        "while the program runs where it is not sure, else it is looked up as before; the default is a constant, a "
        "bound name or an empty display.",
    )
    examples = (
        Example(
            before="""\
def ages(people, known):
    found = []
    for person in people:
        try:
            age = known[person]
        except KeyError:
            age = -1  # not known
        found.append(age)
    return found
""",
            after="""\
def ages(people, known):
    found = []
    for person in people:
        if type(known) is dict and type(person) is str:
            age = known.get(person, -1)
        else:
            try:
                age = known[person]
            except KeyError:
                age = -1  # not known
        found.append(age)
    return found
""",
            parameters=(("str", 1),),
        ),
        Example(
            before="""\
def count(text):
    seen = {}
    for word in text:
        letter = f"{word} "[0]
        try:
            times = seen[letter]
        except KeyError:
            times = 0
        seen[letter] = times + 1
    return seen
""",
            after="""\
def count(text):
    seen = {}
    for word in text:
        letter = f"{word} "[0]
        times = seen.get(letter, 0)
        seen[letter] = times + 1
    return seen
""",
        ),
        Example(
            before="""\
def name_of(code):
    names = {1: "one", 2: "two"}
    try:
        return names[code]
    except KeyError:
        return None
""",
            after="""\
def name_of(code):
    names = {1: "one", 2: "two"}
    if type(code) in (int, str):
        return names.get(code)
    else:
        try:
            return names[code]
        except KeyError:
            return None
""",
            parameters=(("int", 1), ("str", 1)),
        ),
        Example(
            before="def get(d, k, make):\n    try:\n        v = d[k]\n    except KeyError:\n        v = make()\n"
            "    return v\n",
            after=None,
            because="the default would be made where it is not needed",
        ),
        Example(
            before="def get(d, k):\n    try:\n        v = d[k]\n    except (KeyError, TypeError):\n        v = 1\n"
            "    return v\n",
            after=None,
            because="other exceptions are caught too",
        ),
        Example(
            before="def get(d, k):\n    try:\n        v = d[k]\n    except KeyError:\n        w = 1\n    return v\n",
            after=None,
            because="another name takes the default",
        ),
        Example(
            before="def get(d, k):\n    try:\n        v = d[k].name\n    except KeyError:\n        v = 1\n"
            "    return v\n",
            after=None,
            because="more than the lookup may raise",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every lookup whose KeyError gives a default."""
        for function in functions(module) if "KeyError" in module.text else ():
            for found in _all(function.node, module, project):
                if can_be_made(partial(_patch, found, ("str",), module)):
                    asked = (found.lookup, found.default, found.table, found.lookup.slice)
                    requests = (expression_request(module, one) for one in asked)
                    yield site_at(self.card.id, function, found.statement, module, *requests)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when many keys of plain types were missing in dicts."""
        hit, missed, table, key = (facts.expressions.get(request.id) for request in site.requests)
        hits, misses = hit.evaluations if hit else 0, missed.evaluations if missed else 0
        if misses < MIN_MISSES or misses < MIN_MISS_SHARE * (hits + misses):
            return Veto(reason=f"{misses} of {hits + misses} keys were missing")
        others = sorted((table.types.keys() if table else {"nothing seen"}) - {"dict"})
        kinds = tuple(kind for kind in _KEYS if key is not None and kind in key.types)
        others += sorted((key.types.keys() if key else set()) - {*_KEYS})
        if others or not kinds:
            return Veto(reason=f"it was also a lookup of or in a {', '.join(others) or 'key that was not seen'}")
        share = function_share(profile, site.key, saved_s=(misses * _MISS_NS - hits * _HIT_NS) * 1e-9)
        if share <= 0:
            return Veto(reason=f"nothing to gain for {site.key.qualname}: {misses} of {hits + misses} keys missing")
        evidence = f"facts:missing={misses} found={hits} profile:saved_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence, parameters=tuple((kind, 1) for kind in kinds))

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Put `get` in the place of the `try`, or before it."""
        function = function_at(module, site.key)
        for found in _all(function.node, module, project) if function else ():
            if place_of(found.statement) == site.node_path:
                kinds = tuple(name for name, _ in choice.parameters if name in _KEYS) or ("str",)
                return _patch(found, kinds, module)
        raise NotSpliceable(f"{module.file}:{site.line}: no key is looked up here")


RECIPE = MissingKey()


def _all(function: FunctionNode, module: Module, project: Project) -> Iterator[_Lookup]:
    known = names(module)
    for node in own(function, ast.Try):
        found = _lookup(node, module, project)
        if found is None or _is_guarded(found.statement, module):
            continue
        if all(known.is_builtin(name, node) for name in ("KeyError", "dict", "type", *_KEYS)):
            yield found


def _lookup(node: ast.Try, module: Module, project: Project) -> _Lookup | None:
    if len(node.body) != 1 or len(node.handlers) != 1 or node.orelse or node.finalbody:
        return None
    handler = node.handlers[0]
    caught = handler.type.id if isinstance(handler.type, ast.Name) else ""
    if caught != "KeyError" or handler.name is not None or len(handler.body) != 1:
        return None
    found, other = node.body[0], handler.body[0]
    if not isinstance(found, ast.Assign | ast.Return) or not _is_alike(found, other):
        return None
    assert isinstance(other, ast.Assign | ast.Return)
    default, lookup = other.value or ast.Constant(value=None), found.value
    if not isinstance(lookup, ast.Subscript) or not isinstance(lookup.value, ast.Name):
        return None
    if other.value is None or not _is_ready(default, module) or not _is_atom(lookup.slice, module):
        return None
    return _Lookup(
        statement=node,
        found=found,
        lookup=lookup,
        table=lookup.value,
        default=default,
        is_dict=_type(lookup.value, module, project) == "dict",
        is_plain=_type(lookup.slice, module, project) in _KEYS,
    )


def _type(node: ast.expr, module: Module, project: Project) -> str:
    shape = shape_of(node, module, project)
    return shape.type if shape else ""


def _is_alike(found: ast.Assign | ast.Return, other: ast.stmt) -> bool:
    """Say whether both statements do the same with a value: return it, or give it to the same local name."""
    if isinstance(found, ast.Return):
        return isinstance(other, ast.Return)
    if not isinstance(other, ast.Assign) or len(found.targets) != 1:
        return False
    return isinstance(found.targets[0], ast.Name) and [*map(ast.dump, found.targets)] == [*map(ast.dump, other.targets)]


def _is_ready(default: ast.expr, module: Module) -> bool:
    """Say whether evaluating a default does nothing and can't fail, so that it may be done in any case."""
    if isinstance(default, ast.UnaryOp):
        return isinstance(default.op, ast.USub) and isinstance(default.operand, ast.Constant)
    if isinstance(default, _EMPTY):
        return not (default.keys if isinstance(default, ast.Dict) else default.elts)
    if isinstance(default, ast.Name):
        scope = names(module).resolve(default.id, default)
        is_local = scope is not None and scope is not names(module).top
        return is_local and is_surely_bound(default, module)
    return isinstance(default, ast.Constant)


def _is_atom(key: ast.expr, module: Module) -> bool:
    """Say whether a key may be evaluated more often: a constant that hashes, or a name."""
    if isinstance(key, ast.Name):
        scope = names(module).resolve(key.id, key)
        return scope is not None and not scope.is_class
    return isinstance(key, ast.Constant) and type(key.value).__name__ in _KEYS


def _is_guarded(statement: ast.Try, module: Module) -> bool:
    """Say whether a lookup is what is left to do where `get` would not do: the result of this rewrite."""
    holder = parents(module)[statement]
    if not isinstance(holder, ast.If) or holder.orelse != [statement] or len(holder.body) != 1:
        return False
    return ast.unparse(holder.test).startswith("type(")


def _patch(found: _Lookup, kinds: Sequence[str], module: Module) -> Patch:
    statement, rewrite = found.statement, Rewrite(module)
    table, key = found.table.id, source(module, found.lookup.slice)
    default = source(module, found.default)
    given = f"{table}.get({key})" if default == "None" else f"{table}.get({key}, {default})"
    start = span(module, found.found).start
    taken = module.text[start : span(module, found.lookup).start] + given
    if module.text[span(module, found.lookup).end : span(module, found.found).end] or "\n" in taken:
        raise NotSpliceable(f"{module.file}:{statement.lineno}: the lookup stands in parentheses or over lines")
    guard = " and ".join(_tests(found, kinds, key))
    indent = indentation(module, statement)
    where = Span(start=line_start(module, statement.lineno), end=end_of_lines(module, statement))
    written = module.text[where.start : where.end]
    if not guard:
        if "#" in written:
            raise NotSpliceable(f"{module.file}:{statement.lineno}: a comment would be lost")
        rewrite.replace_statement_parts(statement, [(span(module, statement), taken)], ast.parse(taken).body)
        return rewrite.patch()
    step = "\t" if "\t" in indent else "    "
    moved = "\n".join(f"{step}{line}" if line.strip() else "" for line in written.split(newline(module)))
    text = f"{indent}if {guard}:\n{indent}{step}{taken}\n{indent}else:\n{moved}"
    meant = ast.parse(f"if {guard}:\n    {taken.strip()}\nelse:\n    pass").body[0]
    assert isinstance(meant, ast.If)
    meant.orelse = [copy.copy(statement)]
    rewrite.replace_statement_parts(statement, [(where, text)], [meant])
    return rewrite.patch()


def _tests(found: _Lookup, kinds: Sequence[str], key: str) -> Iterator[str]:
    """Yield what must be true, as code, for `get` to do the same."""
    if not found.is_dict:
        yield f"type({found.table.id}) is dict"
    if not found.is_plain:
        ordered = sorted(set(kinds))
        yield f"type({key}) is {ordered[0]}" if len(ordered) == 1 else f"type({key}) in ({', '.join(ordered)})"
