"""What every detector looks at: all that is known of one workload on one tree."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from profiling.facts import Facts
from profiling.growth import Growth
from profiling.model import FunctionKey
from profiling.profile import FunctionProfile, Profile, Stack
from profiling.targets import MODULE_BODY


@dataclass(frozen=True, kw_only=True)
class Observed:
    """One workload.

    Attributes:
        profile: of it.
        facts: recorded at nominated places.
        growth: of a scaling test, None where none was made.
        root: of the tree, to name what stands on a line; None where there is no tree at hand.
    """

    profile: Profile
    facts: Facts
    growth: Growth | None = None
    root: Path | None = None

    @cached_property
    def by_key(self) -> dict[FunctionKey, FunctionProfile]:
        """Return the profiled functions."""
        return {function.key: function for function in self.profile.functions}

    @cached_property
    def coroutines(self) -> frozenset[FunctionKey]:
        """Return what event loops ran: project coroutines, and functions that are callbacks themselves.

        A module body is neither: it runs the loop, and stands for callbacks in which nothing of the project was seen.
        """
        held = (one.key for one in self.profile.functions if one.loop_cpu_s > 0 or one.loop_blocked_s > 0)
        return frozenset(key for key in held if key.qualname != MODULE_BODY)

    def coroutine_of(self, stack: Stack) -> FunctionKey | None:
        """Return the innermost coroutine of a stack."""
        return next((key for key in reversed(stack.frames) if key in self.coroutines), None)
