"""Read how far the process's resident memory has grown beyond its highest so far."""

from __future__ import annotations

import os
import sys

_LINUX = sys.platform == "linux"


class Resident:
    """The highest resident set seen: memory that is freed and used again is not counted again."""

    def __init__(self) -> None:
        self.page = os.sysconf("SC_PAGE_SIZE")
        self.highest = self._now()

    def growth(self) -> int:
        """Return the bytes above the highest value so far, which rises to the present one."""
        now = self._now()
        growth = max(0, now - self.highest)
        self.highest += growth
        return growth

    def _now(self) -> int:
        if not _LINUX:
            import resource

            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        descriptor = os.open("/proc/self/statm", os.O_RDONLY)
        try:
            return int(os.read(descriptor, 128).split()[1]) * self.page
        finally:
            os.close(descriptor)
