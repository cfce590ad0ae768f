"""What each import leaves on the traced heap, inside the target."""

from __future__ import annotations

import _tracemalloc
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_FEWEST_BYTES = 2**16


class ImportedBytes:
    """Bytes that an import and all below it left on the heap: a peak would show how it was compiled."""

    def __init__(self, failed: Callable[[], None]) -> None:
        self.failed = failed
        self.kept: dict[str, int] = {}

    def reset(self) -> None:
        """Forget what was seen."""
        self.kept = {}

    def install(self) -> None:
        """Wrap the function behind every import that `sys.modules` does not answer."""
        bootstrap = sys.modules["_frozen_importlib"]
        find_and_load = bootstrap._find_and_load

        def _find_and_load(name: str, import_: Callable[..., object]) -> object:
            before = _tracemalloc.get_traced_memory()[0]
            module = find_and_load(name, import_)
            self.finish(name, before)
            return module

        # Under this file name the interpreter takes our frame out of the tracebacks of failed imports, as its own.
        _find_and_load.__code__ = _find_and_load.__code__.replace(co_filename=find_and_load.__code__.co_filename)
        bootstrap._find_and_load = _find_and_load  # type: ignore[attr-defined]  # the stubs know no private names

    def finish(self, name: str, before: int) -> None:
        """Note the first import of a module; never raises."""
        try:
            kept = _tracemalloc.get_traced_memory()[0] - before
            if kept >= _FEWEST_BYTES and before > 0:
                self.kept.setdefault(name, kept)
        except Exception:
            self.failed()

    def snapshot(self) -> list[list[object]]:
        """Return modules and their bytes, where these are 64 KiB or more."""
        return [[name, kept] for name, kept in list(self.kept.items())]
