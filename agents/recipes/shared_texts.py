"""Keep equal strings of parsed text once."""

import ast
from collections.abc import Iterator
from functools import partial

from agents.model import Patch
from agents.recipes import library, shapes
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.builtin_values import shape_of
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.fresh_texts import kept_texts
from agents.recipes.functions import Function, function_at, functions
from agents.recipes.gains import memory_share
from agents.recipes.identities import strings_may_be_told_apart
from agents.recipes.imports import add_import, reach_module
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from agents.recipes.tables import parents
from agents.recipes.uses import reads_its_frame
from agents.recipes.walking import walk
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_REPEATS = 5
"""Strings for each distinct one (docs/recipes.md)."""
MIN_STRINGS = 10_000
"""Fewer do not show in any memory."""
MAX_DISTINCT = 1024
"""More may be of a kind without end."""
_STRING_BYTES = 45.0
"""Of an ASCII str without its characters: 49 before Python 3.12, 41 since then."""
_NEVER_FREED = (3, 12)
_LOCAL = "_text"


class SharedTexts:
    """`rows.append((name, kind))` → `rows.append((name, sys.intern(kind) …))`."""

    card = Card(
        id="shared-texts",
        title="Keep equal strings once",
        rank=25,
        domain=Domain.MEMORY,
        dimension=Dimension.PEAK_MIB,
        confidence=0.4,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 100000 strings of 7 characters, 20 "
        "distinct: 57 / 57 / 57 / 49 / 49 bytes each before, less than 0.1 after; CPU time of 15 interleaved pairs, "
        "10000 lines cut in two and one piece kept: 0.55x / 0.53x / 0.63x [0.61, 0.70] / 0.65x / 0.48x; 0.07 to 0.14 "
        "us a string",
        mechanism="Text that is cut into pieces gives a new string for each piece, however often it was there before; "
        "sys.intern gives the one that is kept already.",
        hazard="Checked: nothing in the project compares strings by identity, asks for id, or pickles, and what is no "
        "exact str is kept as it is; remains: libraries that compare strings by identity, some time for each string, "
        "and on CPython 3.12 interned strings stay for ever.",
    )
    examples = (
        Example(
            before="""\
def load(lines):
    rows = []
    for line in lines:
        name, kind = line.split(",")
        rows.append((kind.strip(), int(name)))  # few kinds
    return rows
""",
            after="""\
import sys


def load(lines):
    rows = []
    for line in lines:
        name, kind = line.split(",")
        rows.append((sys.intern(_text) if type(_text := kind.strip()) is str else _text, int(name)))  # few kinds
    return rows
""",
        ),
        Example(
            before="""\
import sys


class Event:
    def __init__(self, line):
        time, level = line.split(" ", 1)
        self.time = float(time)
        self.level = level
""",
            after="""\
import sys


class Event:
    def __init__(self, line):
        time, level = line.split(" ", 1)
        self.time = float(time)
        self.level = sys.intern(level) if type(level) is str else level
""",
        ),
        Example(
            before="""\
def load(lines, last):
    rows = []
    for line in lines:
        kind = line.split(",")[1]
        rows.append(kind)
        if kind is last:
            break
    return rows
""",
            after=None,
            because="it is asked which of two equal strings it is",
        ),
        Example(
            before="""\
import pickle


def save(lines, file):
    pickle.dump([tuple((line.split(",")[1],)) for line in lines], file)


def load(lines):
    return [(line[3:5], 1) for line in lines] + [{"kind": lines[0][3:]}]
""",
            after=None,
            because="a pickle writes a string once and refers to it from then on",
        ),
        Example(
            before="""\
def label(kind):
    found = {"kind": kind}
    return found
""",
            after=None,
            because="the string is not made here",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every place where a piece of text is put into something that lasts."""
        for function in functions(module):
            for node in _kept(function, module, project):
                if can_be_made(partial(_patch, node, module, project)):
                    yield site_at(self.card.id, function, node, module, expression_request(module, node))

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when many strings were equal and their function has a part in the peak."""
        seen = facts.expressions.get(site.requests[0].id)
        if seen is None or set(seen.types) != {"str"} or seen.evaluations < MIN_STRINGS:
            return Veto(reason=f"fewer than {MIN_STRINGS} values, or others than strings, were seen")
        strings, distinct = seen.evaluations, seen.distinct
        if distinct is None or distinct > MAX_DISTINCT or strings < MIN_REPEATS * distinct:
            return Veto(reason=f"{strings} strings were {distinct} distinct ones, too many")
        if profile.interpreter.version[:2] == _NEVER_FREED:
            return Veto(reason="CPython 3.12 never frees a string that was interned")
        saved = (strings - distinct) * (_STRING_BYTES + seen.total_len / strings)
        share = memory_share(profile, site.key, saved_bytes=saved)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} has no part in the peak that the memory pass saw")
        evidence = f"facts:strings={strings} distinct={distinct} profile:peak_share={share:.4f}"
        return Choice(expected_share=share, evidence=evidence)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Intern the string.

        Raises:
            NotSpliceable: it does not stand there any more.
        """
        del choice
        function = function_at(module, site.key)
        found = _kept(function, module, project) if function else iter(())
        same = next((one for one in found if place_of(one) == site.node_path), None)
        if same is None:
            raise NotSpliceable(f"{module.file}:{site.line}: no piece of text is kept here")
        return _patch(same, module, project)


RECIPE = SharedTexts()


def _kept(function: Function, module: Module, project: Project) -> Iterator[ast.expr]:
    if strings_may_be_told_apart(project) or reads_its_frame(function.node, module):
        return
    found = list(kept_texts(function.node, module))
    if not found or library.is_replaced("sys.intern", project):
        return
    known = names(module)
    for node in found:
        is_plain = all(known.is_builtin(name, node) for name in ("str", "type"))
        if is_plain and is_as_written(module, node) and "#" not in source(module, node):
            yield node


def _patch(node: ast.expr, module: Module, project: Project) -> Patch:
    reached = reach_module(project, module, node, package="sys")
    if reached is None:
        raise NotSpliceable(f"{module.file}:{node.lineno}: no free name for sys")
    written, known = source(module, node), names(module)
    if shape_of(node, module, project) == shapes.STR:
        new = f"{reached.expression}.intern({written})"
    elif isinstance(node, ast.Name):
        new = f"{reached.expression}.intern({written}) if type({written}) is str else {written}"
    elif known.is_free(_LOCAL) or _is_own_local(module):
        new = f"{reached.expression}.intern({_LOCAL}) if type({_LOCAL} := {written}) is str else {_LOCAL}"
    else:
        raise NotSpliceable(f"{module.file}:{node.lineno}: the name {_LOCAL} is taken")
    rewrite = Rewrite(module)
    if reached.line is not None:
        add_import(rewrite, module, reached.line)
    rewrite.replace(node, new)
    return rewrite.patch()


def _is_own_local(module: Module) -> bool:
    """Say whether the local of an earlier rewrite is all that has its name."""
    above, known = parents(module), names(module)
    for node in walk(module.syntax):
        if not isinstance(node, ast.Name) or node.id != _LOCAL:
            continue
        scope = known.resolve(_LOCAL, node)
        bound = scope.bindings[_LOCAL] if scope is not None else []
        tests = [above[one] for one in bound if isinstance(one, ast.NamedExpr)]
        is_test = all(isinstance(one, ast.Call) and ast.unparse(one.func) == "type" for one in tests)
        if not tests or len(tests) != len(bound) or not is_test or scope is known.top:
            return False
    return True
