"""Read a date that is written as ISO 8601 says without the general parser of formats."""

import ast
from collections.abc import Iterator

from agents.model import Patch
from agents.recipes import library
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.expression_sites import can_be_made, place_of, site_at
from agents.recipes.functions import FunctionNode, function_at, functions, own_calls
from agents.recipes.gains import function_share
from agents.recipes.imports import add_below_imports, is_leading
from agents.recipes.project import Module, Project
from agents.recipes.requests import expression_request
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, is_as_written, source
from profiling.facts import Facts
from profiling.model import Dimension, Domain
from profiling.profile import Profile

MIN_CALLS = 500
"""Fewer calls save less than a few milliseconds."""
_CALL_S = 3.3e-6
"""What one call saves (see the card's cost note)."""

_FORMATS = {
    "%Y-%m-%d": ("_iso_date", 'len(text) == 10 and text[4::3] == "--"'),
    "%Y-%m-%d %H:%M:%S": ("_iso_time", 'len(text) == 19 and text[4::3] == "-- ::" and text[11:13] != "24"'),
    "%Y-%m-%dT%H:%M:%S": ("_iso_time_t", 'len(text) == 19 and text[4::3] == "--T::" and text[11:13] != "24"'),
}
"""By format: the function's name, and how a text looks that `fromisoformat` reads as this format does, or not at all.

Newer interpreters read 24:00:00 as the end of a day, which strptime refuses.
"""


class IsoDates:
    """`datetime.strptime(text, "%Y-%m-%d")` → a function that tries `datetime.fromisoformat` first."""

    card = Card(
        id="iso-dates",
        title="Read dates in ISO format directly",
        rank=47,
        domain=Domain.CPU,
        dimension=Dimension.CPU_S,
        confidence=0.8,
        cost_note="measured 2026-11, 15 interleaved pairs of CPU time, CPython 3.9, 3.10, 3.11, 3.12, 3.13: a date of "
        "10 characters 11x, 12x, 14x, 13x, 14x, of 19 characters 14x, 14x, 18x, 16x, 15x; 3.3 to 6.2 us a call",
        mechanism="strptime is Python code that matches a regular expression and looks at the locale; fromisoformat "
        "reads digits at fixed places, in C.",
        hazard="Checked: the format is a constant that writes ISO 8601, only a str of its full width is read directly, "
        "and whatever else is given, or is no date, goes to strptime as before; nothing known remains.",
    )
    examples = (
        Example(
            before="""\
from datetime import datetime


def day(row):
    return datetime.strptime(row["day"], "%Y-%m-%d").date()  # of the row
""",
            after="""\
from datetime import datetime


def _iso_date(text):
    if type(text) is str and len(text) == 10 and text[4::3] == "--":
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    return datetime.strptime(text, "%Y-%m-%d")


def day(row):
    return _iso_date(row["day"]).date()  # of the row
""",
        ),
        Example(
            before="""\
import datetime as dt


class Log:
    def times(self):
        return [dt.datetime.strptime(line[:19], "%Y-%m-%dT%H:%M:%S") for line in self]
""",
            after="""\
import datetime as dt


def _iso_time_t(text):
    if type(text) is str and len(text) == 19 and text[4::3] == "--T::" and text[11:13] != "24":
        try:
            return dt.datetime.fromisoformat(text)
        except ValueError:
            pass
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S")


class Log:
    def times(self):
        return [_iso_time_t(line[:19]) for line in self]
""",
        ),
        Example(
            before="""\
from datetime import datetime


def day(text):
    return datetime.strptime(text, "%d.%m.%Y")
""",
            after=None,
            because="the format is another one",
        ),
        Example(
            before="""\
from datetime import datetime


def day(text, form):
    return datetime.strptime(text, form)
""",
            after=None,
            because="the format is not known",
        ),
        Example(
            before="""\
from datetime import datetime


class Stamp(datetime):
    pass


def day(text):
    return Stamp.strptime(text, "%Y-%m-%d")
""",
            after=None,
            because="the class may read dates in a way of its own",
        ),
        Example(
            before="""\
from time import strptime


def day(text):
    return strptime(text, "%Y-%m-%d")
""",
            after=None,
            because="it gives another type",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every call of `strptime` with a format of ISO 8601."""
        for function in functions(module) if "strptime" in module.text else ():
            for node in _calls(function.node, module, project):
                if can_be_made(lambda node=node: _patch(node, module)):  # type: ignore[misc]
                    requests = (expression_request(module, node), expression_request(module, node.args[0]))
                    yield site_at(self.card.id, function, node, module, *requests)

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when many texts of the format's full width are read."""
        called, text = (facts.expressions.get(request.id) for request in site.requests)
        calls = called.evaluations if called else 0
        if calls < MIN_CALLS or text is None:
            return Veto(reason=f"{calls} dates were read, fewer than {MIN_CALLS}")
        if (text.max_len or 0) not in (10, 19) or set(text.types) != {"str"}:
            return Veto(reason=f"texts of up to {text.max_len} characters of {', '.join(sorted(text.types))} were read")
        share = function_share(profile, site.key, saved_s=calls * _CALL_S)
        if share <= 0:
            return Veto(reason=f"{site.key.qualname} was not sampled")
        return Choice(expected_share=share, evidence=f"facts:dates_read={calls} profile:share={share:.4f}")

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Call a function of the module that reads ISO dates directly.

        Raises:
            NotSpliceable: the call does not stand there any more.
        """
        del choice
        function = function_at(module, site.key)
        found = _calls(function.node, module, project) if function else iter(())
        same = next((one for one in found if place_of(one) == site.node_path), None)
        if same is None:
            raise NotSpliceable(f"{module.file}:{site.line}: no ISO date is read here")
        return _patch(same, module)


RECIPE = IsoDates()


def _calls(function: FunctionNode, module: Module, project: Project) -> Iterator[ast.Call]:
    if library.is_replaced("datetime.datetime.fromisoformat", project):
        return
    for node in own_calls(function, "strptime"):
        if len(node.args) != 2 or node.keywords:
            continue
        is_plain = not isinstance(node.args[0], ast.Starred) and _format(node) in _FORMATS
        is_named = isinstance(node.func, ast.Attribute) and not function.name.startswith("_iso_")
        if is_plain and is_named and library.called(node, {"datetime.datetime.strptime"}, module, project):
            yield node


def _format(node: ast.Call) -> str:
    given = node.args[1]
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""


def _patch(node: ast.Call, module: Module) -> Patch:
    written, known = source(module, node), names(module)
    if "#" in written or not is_as_written(module, node):
        raise NotSpliceable(f"{module.file}:{node.lineno}: there is a comment in the call")
    name, looks = _FORMATS[_format(node)]
    method = node.func
    assert isinstance(method, ast.Attribute)
    text = _function(name, looks, source(module, method.value), _format(node))
    imported = known.imported(_root(method), node)
    if imported is None or not is_leading(module, imported.statement) or not _means_builtins(module):
        raise NotSpliceable(f"{module.file}:{node.lineno}: datetime is not imported at the top")
    rewrite = Rewrite(module)
    if known.is_free(name):
        add_below_imports(rewrite, module, f"\n{text}")
    elif not _is_there(name, text, module):
        raise NotSpliceable(f"{module.file}:{node.lineno}: the name {name} is taken")
    rewrite.replace(node, f"{name}({source(module, node.args[0])})")
    return rewrite.patch()


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _means_builtins(module: Module) -> bool:
    """Say whether the builtins that the function uses mean themselves in the module."""
    known, top = names(module), module.syntax.body[0]
    return all(known.is_builtin(name, top) for name in ("type", "str", "len", "ValueError"))


def _is_there(name: str, text: str, module: Module) -> bool:
    """Say whether an earlier rewrite has defined the function already, and nothing else has the name."""
    bound = names(module).bindings(name)
    return len(bound) == 1 and ast.dump(bound[0]) == ast.dump(ast.parse(text).body[0])


def _function(name: str, looks: str, owner: str, form: str) -> str:
    return f"""\
def {name}(text):
    if type(text) is str and {looks}:
        try:
            return {owner}.fromisoformat(text)
        except ValueError:
            pass
    return {owner}.strptime(text, "{form}")"""
