"""What a rule without a rewrite is, and what it says of a place."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agents.recipes.project import Module
from profiling.model import FunctionKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A program text and the lines in it that a rule remarks on; none for what it must pass over."""

    source: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a rule sees something.

    Attributes:
        line: 1-based.
        seen: what stands there, a few words that hold names of the source.
        node: whose function it is laid to: the innermost around it.
        about: what it is about (what is searched there, or sorted), whose names say how much there may be of it.
    """

    line: int
    seen: str
    node: ast.AST
    about: tuple[ast.AST, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A recipe whose rewrite is absent.

    Attributes:
        id: kebab-case.
        title: what it finds, for people.
        action: what to do about it, imperative.
        confirm: what measurement would show that it matters here.
        find: yields the places of a module, in any order; it looks at the syntax alone.
        examples: its tests: at least one that it finds and one that it passes over.
    """

    id: str
    title: str
    action: str
    confirm: str
    find: Callable[[Module], Iterator[Place]]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What one rule says of one place.

    Attributes:
        rule: whose it is.
        key: the function it is in (qualname `<module>` outside of one).
        place: where.
    """

    rule: Rule
    key: FunctionKey
    place: Place

    @property
    def line(self) -> int:
        """Return its line, 1-based."""
        return self.place.line

    @property
    def seen(self) -> str:
        """Return what stands there, a few words."""
        return self.place.seen

    @property
    def text(self) -> str:
        """Return it as one sentence."""
        return f"{self.seen} at {self.key.file}:{self.line}: {self.rule.action} (to confirm: {self.rule.confirm})"
