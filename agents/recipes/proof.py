"""Whether edits make a module with the changes that were meant, and nothing else."""

import ast
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field

from agents.model import Edit
from agents.recipes.pieces import changed_pieces
from agents.recipes.positions import span
from agents.recipes.project import MAX_DEPTH, TOO_DEEP, Module, Unreadable, read_syntax, with_syntax
from agents.recipes.walking import parents_below


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to become of the nodes of a module while that is collected.

    Attributes:
        replaced: expressions, by the one in whose place they are put.
        before, after: statements put in front of a statement, and behind it.
        instead: the statements that a statement becomes.
    """

    replaced: dict[ast.AST, ast.AST] = field(default_factory=dict)
    before: dict[ast.AST, list[ast.stmt]] = field(default_factory=dict)
    after: dict[ast.AST, list[ast.stmt]] = field(default_factory=dict)
    instead: dict[ast.AST, list[ast.stmt]] = field(default_factory=dict)


def is_meant(module: Module, changes: Changes, edits: Sequence[Edit]) -> bool:
    """Say whether edits make the module with its changes and nothing else.

    Args:
        module: as it was.
        changes: to its tree.
        edits: of its text, as of a patch that can be applied.

    Raises:
        Unreadable: what they make does not parse, or is nested too deeply.
    """
    touched = _touched(module, changes)
    for piece in changed_pieces(module, edits, touched):
        syntax = read_syntax(piece.text, module.file)
        new = with_syntax(syntax, piece.text, module.file, module.name)
        if not _Proof(module, changes, touched, new).holds(piece.statements):
            return False
    return True


def _touched(module: Module, changes: Changes) -> set[ast.AST]:
    """Return the nodes that are changed, and all around them."""
    above, touched = parents_below(module.syntax), set[ast.AST]()
    for node in (*changes.replaced, *changes.before, *changes.after, *changes.instead):
        step: ast.AST | None = node
        while step is not None and step not in touched:
            touched.add(step)
            step = above.get(step)
    return touched


class _Proof:
    """A piece of the old tree with its changes, compared with the new one.

    A statement in which nothing was to be changed, and that has the same text no deeper than it stood, has the same
    tree, and one that can be walked.
    """

    def __init__(self, old: Module, changes: Changes, touched: Container[ast.AST], new: Module) -> None:
        self._old, self._changes, self._touched, self._new = old, changes, touched, new
        self._above = parents_below(old.syntax)
        self._depth = 1

    def holds(self, statements: Sequence[ast.stmt]) -> bool:
        """Say whether what some statements become is what was meant."""
        expected, found = list(self._expanded(statements)), self._new.syntax.body
        return len(expected) == len(found) and all(
            self._same_value(before, after) for before, after in zip(expected, found, strict=True)
        )

    def _is_untouched(self, old: object, new: object) -> bool:
        if not isinstance(old, ast.stmt) or not isinstance(new, ast.stmt) or old in self._touched:
            return False
        if old not in self._above or self._depth > self._depth_of(old):
            return False
        return _text(self._old, old) == _text(self._new, new)

    def _depth_of(self, node: ast.AST) -> int:
        """Return how many nodes stand around one of the old tree."""
        depth, step = 0, self._above.get(node)
        while step is not None:
            depth, step = depth + 1, self._above.get(step)
        return depth

    def _same(self, old: ast.AST, new: ast.AST) -> bool:
        """Say whether `new` is `old` with the changes and nothing else."""
        if old in self._changes.replaced:
            return self._same(self._changes.replaced[old], new)
        if type(old) is not type(new):
            return False
        if self._depth >= MAX_DEPTH:
            raise Unreadable(TOO_DEEP.format(file=self._old.file))
        self._depth += 1
        is_same = all(self._same_value(getattr(old, name, None), getattr(new, name, None)) for name in old._fields)
        self._depth -= 1
        return is_same

    def _same_value(self, old: object, new: object) -> bool:
        if isinstance(old, ast.AST) and isinstance(new, ast.AST):
            return self._is_untouched(old, new) or self._same(old, new)
        if isinstance(old, list) and isinstance(new, list):
            expected = list(self._expanded(old))
            return len(expected) == len(new) and all(
                self._same_value(*pair) for pair in zip(expected, new, strict=True)
            )
        return type(old) is type(new) and repr(old) == repr(new)

    def _expanded(self, items: Sequence[object]) -> Iterator[object]:
        for item in items:
            if not isinstance(item, ast.AST):
                yield item
                continue
            yield from self._changes.before.get(item, ())
            yield from self._changes.instead.get(item, (item,))
            yield from self._changes.after.get(item, ())


def _text(module: Module, statement: ast.stmt) -> str:
    """Return the text of a statement, with that of its decorators but for the first sign."""
    decorators = getattr(statement, "decorator_list", [])
    where = span(module, statement)
    return module.text[span(module, decorators[0]).start if decorators else where.start : where.end]
