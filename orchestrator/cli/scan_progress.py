"""How a scan shows that it goes on: what it reads, then how many files are done."""

import time
from pathlib import Path
from typing import Self

from orchestrator.cli.patience import AFTER_S, Patience, say


class ScanProgress:
    """Says on standard error what takes longer than two seconds, and then how it stands every two.

    No thread of it runs before files are read: processes are forked before.
    """

    def __init__(self, root: Path, every_s: float = AFTER_S) -> None:
        self._root = root
        self._every_s = every_s
        self._patience = Patience(every_s)
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._patience.__exit__(*raised)

    def files(self, done: int, all_files: int) -> None:
        """Take how many files of how many are done."""
        now = time.monotonic()
        if not done:
            self._patience(f"reading {self._root}")
            self._next = now + self._every_s
            return
        self._patience.calm()
        if now >= self._next and done < all_files:
            self._next = now + self._every_s
            say(f"scanned {done} of {all_files} files")
