"""The parts of a module that edits change, each of whole statements of its top level: the rest needs no second look."""

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from agents.model import Edit, Patch
from agents.recipes.functions import first_line
from agents.recipes.positions import line_starts, span
from agents.recipes.project import Module


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Statements that stand on lines of their own, and the text that they become.

    Attributes:
        statements: of the module's top level, as they were.
        text: of them and of what stands between them, as edited; it begins at the start of a line.
    """

    statements: tuple[ast.stmt, ...]
    text: str


def changed_pieces(module: Module, edits: Sequence[Edit], touched: Container[ast.AST]) -> Iterator[Piece]:
    """Yield the pieces that edits or touched statements lie in.

    Where an edit reaches up to another statement both are in one piece, so that every piece still ends with a line, or
    with the module. What stands in none is the same text as before.

    Args:
        module: as it was.
        edits: of its text, as of a patch that can be applied.
        touched: nodes in which something is to change.
    """
    groups = _groups(module)
    starts = [start for start, _ in groups]
    changed = {number for number, (_, group) in enumerate(groups) if any(one in touched for one in group)}
    for edit in edits:
        end = edit.start + len(edit.old)
        changed.update(range(max(0, bisect_left(starts, edit.start) - 1), bisect_right(starts, end)))
    for run in _runs(changed):
        yield _piece(module, edits, groups, run)


def _groups(module: Module) -> list[tuple[int, list[ast.stmt]]]:
    """Return the statements with the offset that each begins at, 0 for the first; those that share a line are one."""
    groups: list[tuple[int, list[ast.stmt]]] = [(0, [])]
    lines, end = line_starts(module), 0
    for statement in module.syntax.body:
        start = lines[first_line(statement) - 1]
        if start >= end and groups[-1][1]:
            groups.append((start, []))
        groups[-1][1].append(statement)
        end = span(module, statement).end
    return groups


def _runs(numbers: set[int]) -> Iterator[range]:
    """Yield numbers that follow each other as ranges."""
    for _, run in groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        yield range(found[0], found[-1] + 1)


def _piece(module: Module, edits: Sequence[Edit], groups: Sequence[tuple[int, list[ast.stmt]]], run: range) -> Piece:
    """Return a run of groups as a piece."""
    start = groups[run.start][0]
    end = groups[run.stop][0] if run.stop < len(groups) else len(module.text)
    inside = [edit for edit in edits if start <= edit.start and edit.start + len(edit.old) <= end]
    text = module.text[start:end]
    if inside:
        moved = Patch(edits=tuple(replace(edit, start=edit.start - start) for edit in inside))
        text = moved.apply({module.file: text})[module.file]
    return Piece(statements=tuple(one for number in run for one in groups[number][1]), text=text)
