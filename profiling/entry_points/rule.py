"""Which function of a stack is its entry point."""

import re
from collections.abc import Collection, Sequence
from itertools import dropwhile

from profiling.model import FunctionKey
from profiling.targets import MODULE_BODY

LOOP_LIBRARIES = frozenset({"anyio", "asyncio", "trio", "uvloop"})
_TEST_FILE = re.compile(r"(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$")


def entry_of(frames: Sequence[FunctionKey], library: str | None, roots: Collection[FunctionKey]) -> FunctionKey | None:
    """Return the entry point of a stack: what a task runs, else the first function below the body of a script.

    What a test calls is the entry point, rather than the test. None for the time of a loop that resumes nothing, and
    that tasks account for themselves.

    Args:
        frames: outermost first, at least one.
        library: entered below the last.
        roots: coroutines that tasks run.
    """
    found = next((key for key in frames if key in roots), None)
    if found is not None:
        return found
    if roots and library in LOOP_LIBRARIES:
        return None
    rest = list(dropwhile(_is_test, frames))
    if not rest:
        return frames[0]
    started, *below = rest
    return below[0] if started.qualname == MODULE_BODY and below and below[0].qualname != MODULE_BODY else started


def _is_test(key: FunctionKey) -> bool:
    return _TEST_FILE.search(key.file) is not None
