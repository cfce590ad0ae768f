"""Import a costly module in the functions that use it, when the workload runs none of them."""

import ast
import re
from collections.abc import Iterator

from agents.model import Patch
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.deferral import Deferral, Import, deferrals, eager_importers
from agents.recipes.exposure import executed_keys
from agents.recipes.functions import FunctionNode, functions
from agents.recipes.import_costs import chosen, costly_line, imported_all_the_same
from agents.recipes.positions import span
from agents.recipes.project import Module, Project
from agents.recipes.requests import function_request
from agents.recipes.splice import NotSpliceable, Rewrite, end_of_lines, source
from profiling.facts import Facts, FunctionRequest
from profiling.model import Dimension, Domain, FunctionKey
from profiling.profile import Profile

MAX_CALLS = 100_000
"""Most calls of a function that would import (docs/recipes.md; an import statement that finds its module costs 0.07 to
0.28 us)."""

_COMMENT = re.compile(r"[ \t]*(#[^\r\n]*)?")


class LazyImport:
    """`import x` at the top → `import x` in the functions that use it."""

    card = Card(
        id="lazy-import",
        title="Import a costly module only where it is used",
        rank=2,
        domain=Domain.STRUCTURE,
        dimension=Dimension.IMPORT_S,
        confidence=0.6,
        cost_note="measured 2026-11, CPython 3.9 / 3.10 / 3.11 / 3.12 / 3.13, 15 interleaved pairs of CPU time, a "
        "start without fractions, which nobody uses: the whole of the import, 0.26 to 0.45 ms (16 to 89% "
        "of the import time of 21 packages was of no use, an upper bound); where the statement then "
        "stands in a function, a call costs 0.07 to 0.14 us more: `top()` against it 0.45x / 0.41x / "
        "0.27x [0.27, 0.29] / 0.28x / 0.24x",
        mechanism="The module is imported when a function that needs it first runs, so start-up does not pay for it.",
        hazard="Checked: the names are used in those functions alone, nobody takes, patches or exports them, and the "
        "import has no other effect; remains: the first call pays, and import errors are raised there.",
    )
    examples = (
        Example(
            before="""\
import functools
from decimal import Decimal, localcontext  # only for prices

RATE = 3


@functools.cache
def price(text):
    with localcontext():
        return Decimal(text) * RATE
""",
            after="""\
import functools

RATE = 3


@functools.cache
def price(text):
    from decimal import Decimal, localcontext  # only for prices

    with localcontext():
        return Decimal(text) * RATE
""",
        ),
        Example(
            before='''\
"""Reports."""

import xml.etree.ElementTree as tree


class Report:
    def read(self, text):
        """Read it."""

        return tree.fromstring(text)

    def write(self, root):
        """Write it."""
        return tree.tostring(root)
''',
            after='''\
"""Reports."""


class Report:
    def read(self, text):
        """Read it."""
        import xml.etree.ElementTree as tree

        return tree.fromstring(text)

    def write(self, root):
        """Write it."""
        import xml.etree.ElementTree as tree

        return tree.tostring(root)
''',
        ),
        Example(
            before="""\
import decimal


def price(text: decimal.Decimal):
    return decimal.Decimal(text)
""",
            after=None,
            because="the annotation is evaluated when the function is defined",
        ),
        Example(
            before="""\
import decimal

__all__ = ["decimal", "price"]


def price(text):
    return decimal.Decimal(text)
""",
            after=None,
            because="the name is exported",
        ),
        Example(
            before="""\
import decimal


class Price(decimal.Decimal):
    pass


def price(text):
    return decimal.Decimal(text)
""",
            after=None,
            because="the class is derived from it when the module is imported",
        ),
        Example(
            before="""\
try:
    import decimal
except ImportError:
    decimal = None


def price(text):
    return decimal.Decimal(text)
""",
            after=None,
            because="whether it can be imported decides what the module offers",
        ),
        Example(
            before="""\
import decimal


def price(text, number=decimal.Decimal):
    return number(text)
""",
            after=None,
            because="defaults are evaluated when the function is defined",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every import that only functions use."""
        keys = {function.node: function.key for function in functions(module)}
        for deferral in deferrals(module, project):
            if not _is_spliceable(deferral, module):
                continue
            statement = deferral.statement
            last_line = statement.end_lineno or statement.lineno
            yield Site(
                recipe=self.card.id,
                key=FunctionKey(file=module.file, first_line=statement.lineno, qualname="<module>"),
                module=module.file,
                line=statement.lineno,
                requests=tuple(function_request(keys[function]) for function, _ in deferral.functions),
                node_path="\n".join([str(last_line), *eager_importers(statement, module, project)]),
            )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the import is costly and nothing that needs it ran."""
        last_line, *others = site.node_path.split("\n")
        line = costly_line(site, int(last_line), profile)
        if isinstance(line, Veto):
            return line
        reason = _user_reason(site, profile, facts) or imported_all_the_same(others, profile)
        return Veto(reason=reason) if reason else chosen(line, profile)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Take the import away from the top and make it first in each function that uses it."""
        del choice
        for deferral in deferrals(module, project):
            if deferral.statement.lineno == site.line:
                return _rewritten(deferral, module).patch()
        raise NotSpliceable(f"{module.file}:{site.line}: no import that only functions use stands here")


RECIPE = LazyImport()


def _user_reason(site: Site, profile: Profile, facts: Facts) -> str:
    """Return why the functions that would import speak against it."""
    ran = executed_keys(profile)
    for request in site.requests:
        if not isinstance(request, FunctionRequest):
            continue
        seen = facts.functions.get(request.id)
        calls = seen.calls if seen else 0
        if calls > MAX_CALLS:
            return f"{request.key.qualname} was called {calls} times, more than {MAX_CALLS}"
        if calls or request.key in ran:
            return f"{request.key.qualname} ran in the workload, which would import it all the same"
    return ""


def _is_spliceable(deferral: Deferral, module: Module) -> bool:
    """Say whether the edits can be formed; that they do what is meant is proved when they are asked for."""
    try:
        _rewritten(deferral, module)
    except NotSpliceable:
        return False
    return True


def _rewritten(deferral: Deferral, module: Module) -> Rewrite:
    statement, rewrite = deferral.statement, Rewrite(module)
    written = source(module, statement)
    if "#" in written:
        raise NotSpliceable(f"{module.file}:{statement.lineno}: comments stand in the import")
    comment = _COMMENT.match(module.text, span(module, statement).end)
    trailing = f"  {comment.group(1)}" if comment and comment.group(1) else ""
    for function, aliases in deferral.functions:
        is_whole = len(aliases) == len(statement.names)
        line = (written if is_whole and "\n" not in written else _import_line(statement, aliases)) + trailing
        _import_first(rewrite, function, line, module)
    rewrite.remove(statement)
    return rewrite


def _import_line(statement: Import, aliases: tuple[ast.alias, ...]) -> str:
    names = ", ".join(f"{alias.name} as {alias.asname}" if alias.asname else alias.name for alias in aliases)
    if isinstance(statement, ast.Import):
        return f"import {names}"
    return f"from {'.' * statement.level}{statement.module or ''} import {names}"


def _import_first(rewrite: Rewrite, function: FunctionNode, line: str, module: Module) -> None:
    """Put the import behind the docstring, with an empty line before what is no import."""
    if ast.get_docstring(function, clean=False) is None:
        first = function.body[0]
        rewrite.insert_before(first, line if isinstance(first, Import) else f"{line}\n\n")
        return
    docstring, first = function.body[:2]
    rest = module.text[end_of_lines(module, docstring) :]
    is_apart = rest.lstrip(" \t")[:1] in ("\r", "\n")
    rewrite.insert_after(docstring, line if is_apart or isinstance(first, Import) else f"{line}\n\n")
