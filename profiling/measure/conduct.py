"""How a run behaved beside its work: what it left, changed and hid. Compared between two trees, never judged alone."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """One run.

    Attributes:
        written: files it left or changed, with what differs from run to run put the same: `tree/…`, `home/…`, `tmp/…`.
        patched: names in the interpreter and in foreign modules that are others at its end.
        settings: of the interpreter at its end, by name; several processes' values joined.
        reports: processes of it that reported.
        seen_cpu_s, seen_wall_s: by the processes' own clocks, taken before they ran: the sum, and the longest.
        cpu_s, wall_s: as the system counts for the command and the children it waited for.
        left_behind: processes outlived it.
    """

    written: frozenset[str]
    patched: frozenset[str]
    settings: Mapping[str, str]
    reports: int
    seen_cpu_s: float
    seen_wall_s: float
    cpu_s: float
    wall_s: float
    left_behind: bool
