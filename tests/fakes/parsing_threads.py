"""Two threads that parse while garbage is collected as often as can be: CPython 3.11 then mixes their parses up."""

import ast
import gc
import inspect
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_TEXT = inspect.getsource(ast)[:20_000].rpartition("\n\n\n")[0]


class Cyclic:
    """Garbage that only a collection finds, and whose end is Python code, so that others run."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        for _ in range(200):
            threading.get_ident()


def errors_of_two_who_parse(parse: Callable[[str], object] = ast.parse, times: int = 5) -> list[str]:
    """Return what interpreters that mix parses up raise."""
    errors: list[str] = []

    def parsing() -> None:
        for _ in range(times):
            [Cyclic() for _ in range(5)]
            try:
                parse(_TEXT)
            except SystemError as error:
                errors.append(str(error))

    with _often():
        workers = [threading.Thread(target=parsing) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    return errors


@contextmanager
def _often() -> Iterator[None]:
    """Collect and switch threads as often as can be."""
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(50, 2, 2)
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*thresholds)
