"""Where a place stands: what repeats it, whether it is about data, and whether its code runs at all often."""

import ast
from dataclasses import dataclass

from agents.recipes.project import Module
from agents.scan.model import Place
from agents.scan.repetition import is_in_every_step, is_light, loops_around, statement_at
from agents.scan.seldom import is_seldom
from agents.scan.wording import Amount, amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a place stands.

    Attributes:
        depth: loops of its function that run it again and again.
        is_every_step: the innermost of them reaches it in every step.
        is_light: nothing else in a step of that loop seems to cost more than a pass over something.
        amount: what its names say of how much there is of what it is about.
        is_seldom: it belongs to a script, to start-up, to documentation, or to a generated file.
    """

    depth: int = 0
    is_every_step: bool = False
    is_light: bool = False
    amount: Amount = Amount.UNKNOWN
    is_seldom: bool = False


def standing_of(place: Place, module: Module) -> Standing:
    """Return where a place stands."""
    loops = loops_around(place.node, module)
    return Standing(
        depth=len(loops),
        is_every_step=bool(loops) and is_in_every_step(place.node, module),
        is_light=bool(loops) and is_light(loops[0], place.node, module),
        amount=amount(place.node, place.about, module),
        is_seldom=is_seldom(place.node, module),
    )


def standing_at(line: int, module: Module) -> Standing:
    """Return where the innermost statement on a line stands."""
    statement = statement_at(line, module)
    if statement is None:
        return Standing(is_seldom=is_seldom(None, module))
    return standing_of(Place(line=line, seen="", node=statement, about=_head(statement)), module)


def _head(statement: ast.stmt) -> tuple[ast.AST, ...]:
    """Return a statement without the block that it holds."""
    parts = [getattr(statement, name, None) for name in ("test", "iter", "subject")]
    heads = tuple(part for part in parts if isinstance(part, ast.AST))
    return heads or (() if hasattr(statement, "body") else (statement,))
