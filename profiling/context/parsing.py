"""Parses source for probes, one at a time: CPython 3.11 mixes up two parses where a garbage collection falls between.

Probes run side by side, each in a thread. There a collection may start in the middle of making a syntax tree and let
another thread run; where that parses too, the first ends in a `SystemError` (python/cpython#106905, mended in 3.12).
"""

import ast
import threading
import warnings

# What a collection finalizes may parse as well, in the thread that holds it.
_PARSING = threading.RLock()


def parsed(source: str | bytes) -> ast.Module | None:
    """Return the syntax tree of a file, None where it is no Python or nested too deeply."""
    with _PARSING:
        try:
            with warnings.catch_warnings():
                # Of the repository's code, not of ours. The lock also guards the list of filters, which is one for all.
                warnings.simplefilter("ignore")
                return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
