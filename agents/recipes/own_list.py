"""A local list that is made in one block of a function and used nowhere else: when it is complete is plain there."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.recipes.functions import FunctionNode
from agents.recipes.project import Module
from agents.recipes.scope import names
from agents.recipes.uses import Use, UseKind, block_of, reads_its_frame, uses


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnList:
    """One list.

    An exception that leaves the block leaves the list unseen: nothing outside the block uses it.

    Attributes:
        name: of the local.
        made: the one occurrence that binds it, to a list nothing else holds yet.
        value: what makes it.
        block: the statements around it.
        found: every occurrence, in source order.
        places: index in the block of the statement each occurrence stands in.
    """

    name: str
    made: Use
    value: ast.expr
    block: Sequence[ast.stmt]
    found: tuple[Use, ...]
    places: Mapping[ast.AST, int]

    @property
    def start(self) -> int:
        """Return the index of the statement that makes it."""
        return self.places[self.made.node]

    def at(self, first: int, last: int) -> tuple[Use, ...]:
        """Return the occurrences in statements `first` to `last`, both included, but for the one that makes it."""
        return tuple(use for use in self.found if first <= self.places[use.node] <= last and use is not self.made)


def own_list(function: FunctionNode, name: str, module: Module) -> OwnList | None:
    """Return the list of this name when it is bound once, used after that in its block alone, and by no inner scope."""

    def is_builtin(builtin: str) -> bool:
        return names(module).is_builtin(builtin, function.body[0])

    found = uses(function, name, is_builtin)
    made = [use for use in found if use.kind is UseKind.BIND_LIST]
    if len(made) != 1 or made[0].value is None or reads_its_frame(function, module):
        return None
    if any(use.is_in_inner_scope or (use.binds and use is not made[0]) for use in found):
        return None
    block = block_of(made[0], function)
    places = places_in(block, found)
    if places is None or any(place < places[made[0].node] for place in places.values()):
        return None
    return OwnList(name=name, made=made[0], value=made[0].value, block=block, found=found, places=places)


def places_in(block: Sequence[ast.stmt], found: Sequence[Use]) -> Mapping[ast.AST, int] | None:
    """Return the index of the statement each use stands in; None when one stands outside the block."""
    index_of = {statement: index for index, statement in enumerate(block)}
    places = {
        use.node: next((index_of[step] for step in (*use.path, use.node) if step in index_of), -1) for use in found
    }
    return None if -1 in places.values() else places
