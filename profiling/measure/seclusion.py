"""A home of its own for a run of the target: nothing kept from earlier runs, and everything it leaves is seen."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FOLDERS = {
    "HOME": "home",
    "TMPDIR": "tmp",
    "XDG_CACHE_HOME": "home/.cache",
    "XDG_CONFIG_HOME": "home/.config",
    "XDG_DATA_HOME": "home/.local/share",
    "XDG_STATE_HOME": "home/.local/state",
    "XDG_RUNTIME_DIR": "run",
}
_RANDOM_NAME = re.compile(r"tmp[a-z0-9_]{8}|[0-9a-f]{16,}|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seclusion:
    """Fresh folders for one run.

    Attributes:
        root: holds them.
        env: variables that lead a run there.
    """

    root: Path
    env: Mapping[str, str]

    def left(self) -> tuple[str, ...]:
        """Return the files that a run left there, relative to the root, in order."""
        found = []
        for folder, _, names in os.walk(self.root):
            found += [Path(folder, name).relative_to(self.root).as_posix() for name in names]
        return tuple(sorted(found))


def seclude(root: Path) -> Seclusion:
    """Make fresh folders below an empty, existing one.

    Raises:
        OSError: they can't be made.
    """
    for folder in _FOLDERS.values():
        (root / folder).mkdir(parents=True, exist_ok=True)
    return Seclusion(root=root, env={name: str(root / folder) for name, folder in _FOLDERS.items()})


def without_chance(path: str) -> str:
    """Return a path with what differs from run to run (temporary names, digests, numbers) put the same."""
    return _RANDOM_NAME.sub("*", path)
