"""Keep the bodies of a file's scopes as bytes: live tuples of a large tree would take most of the memory."""

import marshal
from collections.abc import Sequence
from typing import NamedTuple

from profiling.audit.reading.facts import BodyFacts
from profiling.audit.reading.source import Unreadable
from profiling.audit.reading.terms import Op


class Steps(NamedTuple):
    """What evaluating a scope needs of its body: effects, and the lines of its calls."""

    ops: Sequence[Op]
    lines: Sequence[int]


class PackedBodies:
    """The bodies of one file's scopes. The bytes never leave this process: `marshal` is not for what others wrote."""

    __slots__ = ("_others", "_steps")

    def __init__(self, bodies: Sequence[BodyFacts]) -> None:
        """Pack bodies.

        Raises:
            Unreadable: they are nested too deeply.
        """
        try:
            self._steps = [marshal.dumps((body.ops, [call[0] for call in body.calls])) for body in bodies]
            self._others = [marshal.dumps((body.calls, body.writes, body.loops)) for body in bodies]
        except ValueError as error:
            raise Unreadable("its expressions are nested too deeply to be kept") from error

    def steps(self, index: int) -> Steps:
        """Return what evaluating a scope needs."""
        return Steps._make(marshal.loads(self._steps[index]))  # noqa: S302  # bytes of our own, see above

    def body(self, index: int) -> BodyFacts:
        """Return all of a scope's body."""
        calls, writes, loops = marshal.loads(self._others[index])  # noqa: S302  # as above
        return BodyFacts(list(self.steps(index).ops), calls, writes, loops)

    def __len__(self) -> int:
        """Return how many scopes there are."""
        return len(self._steps)


def steps_of(body: BodyFacts) -> Steps:
    """Return what evaluating a scope needs of its body."""
    return Steps(body.ops, [call[0] for call in body.calls])
