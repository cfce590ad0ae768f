"""Look at a function's mutable results again later: has somebody changed them? Beside `ratchet_facts_seen`."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from profiling.harness import ratchet_facts_values as values
else:
    import ratchet_facts_values as values

_ALL_OF_THE_FIRST = 32
_THEN_EVERY = 61
_OWN_REFERENCES = 2
"""What `sys.getrefcount` says of an object that only an attribute of ours holds."""
CAN_TELL_ORPHANS = not hasattr(sys, "_is_gil_enabled") or sys._is_gil_enabled()


class Results:
    """The results of one function that are looked at again.

    One is held at a time, until the next call, and only if it is made of builtin containers and scalars alone: nobody
    sees that such an object lives on. Something else may be put into it meanwhile, and would live on with it: so one
    that nobody else holds any more is let go at every audited event that reaches outside the process.
    """

    def __init__(self) -> None:
        self.results = self.watched = self.mutated = 0
        self.held: object = None
        self.content: object = None

    def take(self, value: object) -> None:
        """Hold a result, if it is one of the sample."""
        self.results += 1
        if self.results > _ALL_OF_THE_FIRST and self.results % _THEN_EVERY:
            return
        if CAN_TELL_ORPHANS and self.held is None:
            content = values.plain_content(value)
            if content is not None:
                self.held, self.content = value, content

    def look(self) -> None:
        """Look at the held result and let it go."""
        value, self.held = self.held, None
        if value is not None:
            self.watched += 1
            self.mutated += values.plain_content(value) != self.content

    def let_orphan_go(self) -> None:
        """Look at the held result for the last time if nobody else holds it."""
        if sys.getrefcount(self.held) <= _OWN_REFERENCES:
            self.look()
