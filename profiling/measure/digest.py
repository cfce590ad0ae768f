"""A digest of what a run prints that does not depend on where it ran: its own folders have neutral names in it."""

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

_HOMES = ("HOME", "TMPDIR")
_SHORTEST = len("/root")
"""A place like `/` or `/a` would be found in what is no path."""


def own_places(cwd: Path, env: Mapping[str, str]) -> dict[bytes, bytes]:
    """Return the folders that differ between two runs of one command, each with its neutral name.

    They are where the run is started, its home and its temporary folder, as written and as resolved.
    """
    named = {"cwd": str(cwd), **{name: env[name] for name in _HOMES if Path(env.get(name, "")).is_absolute()}}
    return {
        os.fsencode(path): f"\0{name}\0".encode()
        for name, place in named.items()
        for path in (os.path.normpath(place), os.path.realpath(place))
        if len(path) >= _SHORTEST
    }


class Digest:
    """SHA-256 of a stream, the same however it is cut into pieces.

    Args:
        places: what stands for what is found of them (`own_places`); the longest that begins at a byte counts.
    """

    def __init__(self, places: Mapping[bytes, bytes]) -> None:
        self._places = dict(places)
        ordered = sorted(self._places, key=len, reverse=True)
        self._longest = len(ordered[0]) if ordered else 1
        self._found = re.compile(b"|".join(map(re.escape, ordered)))
        self._sha = hashlib.sha256()
        self._rest = b""

    def update(self, data: bytes) -> None:
        """Take the next piece."""
        self._rest = self._taken(self._rest + data, keep=self._longest - 1)

    def hexdigest(self) -> str:
        """Return the digest of all that came; nothing may come after."""
        self._rest = self._taken(self._rest, keep=0)
        return self._sha.hexdigest()

    def _taken(self, data: bytes, *, keep: int) -> bytes:
        """Digest what no later piece can change; return the rest, in which a place may have begun."""
        done, until = 0, max(0, len(data) - keep)
        if any(place in data for place in self._places):
            for match in self._found.finditer(data):
                if match.start() >= until:
                    break
                self._sha.update(data[done : match.start()] + self._places[match[0]])
                done = match.end()
        until = max(done, until)
        self._sha.update(data[done:until])
        return data[until:]
