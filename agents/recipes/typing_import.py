"""Leave to type checkers an import that only annotations name."""

import ast
from collections.abc import Iterator

from agents.model import Patch
from agents.recipes import stores
from agents.recipes._base import Card, Choice, Example, Site, Veto
from agents.recipes.annotations import are_postponed, is_in_quiet_annotation, may_be_consumed
from agents.recipes.deferral import (
    Import,
    bound_name,
    eager_importers,
    imported_modules,
    is_dynamic,
    is_private_to,
    names_by_id,
    only_binds,
)
from agents.recipes.import_costs import chosen, costly_line, imported_all_the_same
from agents.recipes.imports import add_below_imports, is_leading
from agents.recipes.positions import Span, offset
from agents.recipes.project import Module, Project
from agents.recipes.scope import names
from agents.recipes.splice import NotSpliceable, Rewrite, end_of_lines, indentation, source
from profiling.facts import Facts
from profiling.model import Dimension, Domain, FunctionKey
from profiling.profile import Profile

_TYPING = "from typing import TYPE_CHECKING"


class TypingImport:
    """`import x` for annotations alone → the same under `if TYPE_CHECKING:`."""

    card = Card(
        id="typing-import",
        title="Import for type checkers alone what only annotations name",
        rank=13,
        domain=Domain.STRUCTURE,
        dimension=Dimension.IMPORT_S,
        confidence=0.6,
        cost_note="as lazy-import: the import's own time, where nothing else in the workload imports the module",
        mechanism="With postponed annotations only type checkers need the module, so start-up does not pay for it.",
        hazard="Checked: annotations are postponed, the names stand in nothing else, nobody in the project asks what "
        "annotations mean or uses a library that does, nobody takes, patches or exports the names, and the import "
        "has no other effect; remains: get_type_hints called by users of the project no longer finds the names.",
    )
    examples = (
        Example(
            before="""\
from __future__ import annotations

import decimal
import os
import typing


def price(text: str) -> decimal.Decimal:
    return typing.cast("typing.Any", os.environ[text])
""",
            after="""\
from __future__ import annotations

import os
import typing

if typing.TYPE_CHECKING:
    import decimal


def price(text: str) -> decimal.Decimal:
    return typing.cast("typing.Any", os.environ[text])
""",
        ),
        Example(
            before="""\
from __future__ import annotations

from decimal import Decimal  # for prices
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fractions import Fraction


def price(part: Fraction) -> Decimal | Any:
    return part * 3
""",
            after="""\
from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fractions import Fraction
    from decimal import Decimal  # for prices


def price(part: Fraction) -> Decimal | Any:
    return part * 3
""",
        ),
        Example(
            before="""\
from __future__ import annotations

from decimal import Decimal
from typing import Any


class Price:
    amount: Decimal

    def of(self, given: Any) -> Decimal:
        return given
""",
            after="""\
from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decimal import Decimal


class Price:
    amount: Decimal

    def of(self, given: Any) -> Decimal:
        return given
""",
        ),
        Example(
            before="import decimal\n\n\ndef price(text: str) -> decimal.Decimal:\n    return text\n",
            after=None,
            because="the annotation is evaluated when the function is defined",
        ),
        Example(
            before="from __future__ import annotations\n\nfrom dataclasses import dataclass\n"
            "from decimal import Decimal\n\n\n@dataclass\nclass Price:\n    amount: Decimal\n",
            after=None,
            because="a dataclass looks at the annotations of its fields",
        ),
        Example(
            before="from __future__ import annotations\n\nfrom decimal import Decimal\n"
            "from typing import get_type_hints\n\n\ndef price(amount: Decimal):\n    return get_type_hints(price)\n",
            after=None,
            because="somebody asks what annotations mean",
        ),
        Example(
            before="from __future__ import annotations\n\nfrom decimal import Decimal\n\nfrom shop import command"
            "\n\n\n@command\ndef price(amount: Decimal):\n    return amount\n",
            after=None,
            because="the decorator may look at the annotations",
        ),
        Example(
            before="from __future__ import annotations\n\nfrom decimal import Decimal"
            "\n\n\ndef price(amount: Decimal):\n    return Decimal(amount)\n",
            after=None,
            because="the name is used when the function runs, too",
        ),
    )

    def sites(self, module: Module, project: Project) -> Iterator[Site]:
        """Yield every import that only annotations name."""
        for statement in _statements(module, project):
            if not _stands_alone(statement, module):
                continue
            needs = "needs-typing" if _how(module) == (None, None) else ""
            yield Site(
                recipe=self.card.id,
                key=FunctionKey(file=module.file, first_line=statement.lineno, qualname="<module>"),
                module=module.file,
                line=statement.lineno,
                requests=(),
                node_path="\n".join([f"{statement.end_lineno} {needs}", *eager_importers(statement, module, project)]),
            )

    def choose(self, site: Site, profile: Profile, facts: Facts) -> Choice | Veto:
        """Choose when the import is costly and nothing else makes it."""
        del facts
        first, *others = site.node_path.split("\n")
        last_line, _, needs = first.partition(" ")
        line = costly_line(site, int(last_line), profile)
        if isinstance(line, Veto):
            return line
        if needs and all(module.module != "typing" for module in profile.imports):
            return Veto(reason="typing would have to be imported for it")
        reason = imported_all_the_same(others, profile)
        return Veto(reason=reason) if reason else chosen(line, profile)

    def rewrite(self, site: Site, choice: Choice, module: Module, project: Project) -> Patch:
        """Move the import below `if TYPE_CHECKING:`."""
        del choice
        for statement in _statements(module, project):
            if statement.lineno == site.line:
                return _patch(statement, module)
        raise NotSpliceable(f"{module.file}:{site.line}: no import that only annotations name stands here")


RECIPE = TypingImport()


def _statements(module: Module, project: Project) -> Iterator[Import]:
    if not are_postponed(module):
        return
    is_open = names(module).has_star_import or stores.index(project).is_open(module) or is_dynamic(module)
    if is_open or may_be_consumed(project):
        return
    for statement in module.syntax.body:
        if isinstance(statement, Import) and _is_for_annotations(statement, module, project):
            yield statement


def _is_for_annotations(statement: Import, module: Module, project: Project) -> bool:
    if {"__future__", "typing"} & set(imported_modules(statement, module, project)):
        return False
    for alias in statement.names:
        used = names_by_id(module).get(bound_name(alias), ())
        if not used or not all(is_in_quiet_annotation(node, module, project) for node in used):
            return False
        if not is_private_to(alias, module, project):
            return False
    return only_binds(statement, module, project)


def _stands_alone(statement: Import, module: Module) -> bool:
    """Say whether the text allows a move, short of trying it: there may be a hundred of these in a project."""
    try:
        indentation(module, statement)
        end_of_lines(module, statement)
    except NotSpliceable:
        return False
    is_reached = _block(module) is not None or _how(module) != (None, None) or names(module).is_free("TYPE_CHECKING")
    return "#" not in source(module, statement) and is_reached


def _patch(statement: Import, module: Module) -> Patch:
    written = source(module, statement)
    if "#" in written:
        raise NotSpliceable(f"{module.file}:{statement.lineno}: comments stand in the import")
    rewrite = Rewrite(module)
    line = written + _comment(statement, module)
    rewrite.remove(statement)
    block = _block(module)
    if block is not None:
        rewrite.insert_after(block.body[-1], line)
        return rewrite.patch()
    first, test = _reached(rewrite, module)
    indented = line.replace("\r\n", "\n").replace("\n", "\n    ")
    add_below_imports(rewrite, module, f"{first}if {test}:\n    {indented}", beside=statement)
    return rewrite.patch()


def _comment(statement: Import, module: Module) -> str:
    """Return the comment behind a statement, with the spaces before it."""
    end = offset(module, statement.end_lineno or 0, statement.end_col_offset or 0)
    rest = module.text[end:].splitlines()[0] if module.text[end:] else ""
    return rest.rstrip() if rest.strip().startswith("#") else ""


def _block(module: Module) -> ast.If | None:
    """Return the block at the top level that only type checkers read."""
    for statement in module.syntax.body:
        if isinstance(statement, ast.If) and names(module).dotted(statement.test) == "typing.TYPE_CHECKING":
            return statement
    return None


def _how(module: Module) -> tuple[str | None, ast.ImportFrom | None]:
    """Return what `TYPE_CHECKING` is called below the imports of a module, or the import that can bring it."""
    known = names(module)
    for target, ending in (("typing.TYPE_CHECKING", ""), ("typing", ".TYPE_CHECKING")):
        found = known.name_for(target)
        if found is not None and is_leading(module, found[1].statement):
            return f"{found[0]}{ending}", None
    imports = (statement for statement in module.syntax.body if isinstance(statement, ast.ImportFrom))
    typing = (one for one in imports if one.module == "typing" and not one.level and is_leading(module, one))
    return None, next(typing, None)


def _reached(rewrite: Rewrite, module: Module) -> tuple[str, str]:
    """Return a line to put first, where `TYPE_CHECKING` has to be imported, and what it is called."""
    name, statement = _how(module)
    if name is not None:
        return "", name
    if not names(module).is_free("TYPE_CHECKING"):
        raise NotSpliceable(f"{module.file}: TYPE_CHECKING means something else, or is imported too late")
    if statement is None:
        return f"{_TYPING}\n\n", "TYPE_CHECKING"
    first = statement.names[0]
    start = offset(module, first.lineno, first.col_offset)
    names_after = [ast.alias(name="TYPE_CHECKING"), *statement.names]
    expected = ast.ImportFrom(module="typing", names=names_after, level=0)
    rewrite.replace_statement_parts(statement, [(Span(start=start, end=start), "TYPE_CHECKING, ")], [expected])
    return "", "TYPE_CHECKING"
