"""Tell the project's files from all others, inside the target."""

from __future__ import annotations

import os
import sys


class Places:
    """Says which files are the project's: below the root and a source path, or the script that was started."""

    def __init__(self, root: str, source_paths: list[str]) -> None:
        self.root = os.path.realpath(root)
        self.sources = [os.path.realpath(os.path.join(root, path)) for path in source_paths]
        self.start_folder = os.getcwd()
        self.known: dict[str, str | None] = {}
        self.patience = 200

    def relative(self, filename: str) -> str | None:
        """Return the path of a project file relative to the root, with POSIX separators, or None."""
        if filename in self.known:
            return self.known[filename]
        if filename.startswith("<"):
            return None
        path = os.path.realpath(os.path.join(self.start_folder, filename))
        below = path[len(self.root) + 1 :] if path.startswith(self.root + os.sep) else None
        found = below if below is not None and self._is_project(path) else None
        self.patience -= 1
        if found is not None or below is None or _script() is not None or self.patience < 0:
            self.known[filename] = found  # else: the script is not known yet, it may be this one
        return found

    def _is_project(self, path: str) -> bool:
        parts = path.split(os.sep)
        if "site-packages" in parts or "dist-packages" in parts:
            return False
        if any(path == source or path.startswith(source + os.sep) for source in self.sources):
            return True
        script = _script()
        return script is not None and path == os.path.realpath(os.path.join(self.start_folder, script))


def _script() -> str | None:
    """Return the file of the script that was started; None before it is known.

    At a script's end the interpreter takes `__file__` away again; the command line still names it.
    """
    for name in ("__mp_main__", "__main__"):
        file = getattr(sys.modules.get(name), "__file__", None)
        if isinstance(file, str):
            return file
    named = (getattr(sys, "argv", None) or [None])[0]
    return named if isinstance(named, str) and named.endswith(".py") else None
