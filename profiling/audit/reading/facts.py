"""What is known of one file alone: the unit that is cached."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from profiling.audit.reading.scope import CallFact, ParameterFact, WriteFact
from profiling.audit.reading.source import Unreadable, parse
from profiling.audit.reading.statements import StatementReader
from profiling.audit.reading.terms import Op, Term

EXTRACTOR_VERSION = 3
"""Of what is gathered, how it is written and linked: what another version kept is not used."""


class ScopeFacts(NamedTuple):
    """A module's body, a function or a lambda; see `scope.Scope`."""

    path: str
    kind: int
    parent: int
    owner: int
    around: int
    qualname: str
    line: int
    first_line: int
    end_line: int
    flags: int
    decorators: tuple[str, ...]
    parameters: Sequence[ParameterFact]
    returns: Term
    captured: Sequence[str]
    keyed: Sequence[str]
    rebound: Sequence[str]
    digest: int


class BodyFacts(NamedTuple):
    """What evaluating a scope needs."""

    ops: list[Op]
    calls: list[CallFact]
    writes: list[WriteFact]
    loops: list[tuple[str, int, int, int | None]]


class ClassFacts(NamedTuple):
    """A class; see `scope.ClassScope`."""

    path: str
    scope: int
    bases: tuple[Term, ...]
    metaclass: Term
    dataclass: bool
    methods: dict[str, list[int]]
    nested: dict[str, int]
    annotations: dict[str, Term]
    fields: list[str]
    assigned: list[str]


@dataclass(slots=True, kw_only=True)
class Declarations:
    """What other files may need to know of a file.

    Attributes:
        scopes, classes: in the order in which the file opens them.
        defined, classes_by_name: functions (several with one name) and classes of the module's body.
        imports: module, attribute (None for the module itself) and level, by the name that is bound.
        stars: modules all of whose names are imported, with levels.
        aliases: terms of what may be a type's alias; declared: types of the module's variables.
        exported: `__all__` where it is a literal.
        assigned: names that the module's body, or a function with `global`, gives a value.
        loose: attributes stored on other objects than `self`.
    """

    scopes: list[ScopeFacts]
    classes: list[ClassFacts]
    defined: dict[str, list[int]]
    classes_by_name: dict[str, int]
    imports: dict[str, list[tuple[str, str | None, int]]]
    stars: list[tuple[str, int]]
    aliases: dict[str, Term]
    declared: dict[str, Term]
    exported: list[str] | None
    assigned: list[str]
    loose: list[str]

    def to_json(self) -> str:
        """Return them as one line."""
        return json.dumps(
            [
                self.scopes, self.classes, self.defined, self.classes_by_name, self.imports, self.stars, self.aliases,
                self.declared, self.exported, self.assigned, self.loose,
            ],
            separators=(",", ":"),
        )  # fmt: skip

    @classmethod
    def from_json(cls, text: str) -> "Declarations":
        """Read what `to_json` wrote.

        Raises:
            ValueError, TypeError: it is something else.
        """
        row: list[Any] = json.loads(text)
        scopes, classes, defined, by_name, imports, stars, aliases, declared, exported, assigned, loose = row
        return cls(
            scopes=[ScopeFacts(*each) for each in scopes], classes=[ClassFacts(*each) for each in classes],
            defined=defined, classes_by_name=by_name, imports=imports, stars=stars, aliases=aliases, declared=declared,
            exported=exported, assigned=assigned, loose=loose,
        )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class FileFacts:
    """Everything one file tells.

    Attributes:
        declarations: see there.
        bodies: of its scopes, in the same order.
    """

    declarations: Declarations
    bodies: list[BodyFacts]


def bodies_to_json(bodies: list[BodyFacts]) -> str:
    """Return bodies as one line."""
    return json.dumps(bodies, separators=(",", ":"))


def bodies_from_json(text: str) -> list[BodyFacts]:
    """Read what `bodies_to_json` wrote.

    Raises:
        ValueError, TypeError: it is something else.
    """
    return [BodyFacts(*each) for each in json.loads(text)]


def read_facts(data: bytes, *, digests: bool = True) -> FileFacts:
    """Return what the bytes of a Python file tell.

    Args:
        data: the file.
        digests: whether functions get checksums, which only a later audit asks for.

    Raises:
        Unreadable: they are no Python that can be parsed, or nested too deeply.
    """
    text, tree = parse(data)
    reader = StatementReader(text)
    reader.digests = digests
    try:
        reader.module(tree, text.count("\n") + 1)
    except RecursionError as error:
        raise Unreadable("its statements are nested too deeply to be read") from error
    assigned = set(reader.scopes[0].bound)
    for scope in reader.scopes:
        assigned |= scope.globals
    declarations = Declarations(
        scopes=[ScopeFacts._make(scope.facts()) for scope in reader.scopes],
        classes=[ClassFacts._make(each.facts()) for each in reader.classes],
        defined=reader.defined, classes_by_name=reader.classes_by_name, imports=reader.imports, stars=reader.stars,
        aliases=reader.aliases, declared=reader.declared, exported=reader.exported, assigned=sorted(assigned),
        loose=sorted(reader.loose),
    )  # fmt: skip
    return FileFacts(declarations=declarations, bodies=[BodyFacts._make(scope.body()) for scope in reader.scopes])
