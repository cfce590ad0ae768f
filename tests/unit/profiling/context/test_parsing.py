import ast
import gc
import inspect
import sys
import threading
import warnings
from collections.abc import Callable, Iterator

import pytest

from profiling.context.parsing import parsed

TEXT = inspect.getsource(ast)[:20_000].rpartition("\n\n\n")[0]


class Cyclic:
    """Garbage that only a collection finds, and whose end lets others run."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        for _ in range(200):
            threading.get_ident()


@pytest.fixture
def often() -> Iterator[None]:
    """Collect and switch threads as often as can be."""
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(50, 2, 2)
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*thresholds)


def errors_of_two_who_parse(parse: Callable[[str], object], times: int = 5) -> list[str]:
    errors: list[str] = []

    def parsing() -> None:
        for _ in range(times):
            [Cyclic() for _ in range(5)]
            try:
                parse(TEXT)
            except SystemError as error:
                errors.append(str(error))

    workers = [threading.Thread(target=parsing) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return errors


@pytest.mark.usefixtures("often")
def test_two_probes_that_parse_at_the_same_time_do_not_disturb_each_other() -> None:
    if sys.version_info < (3, 12):
        assert errors_of_two_who_parse(ast.parse), "this interpreter does not mix parses up: nothing would be shown"
    assert errors_of_two_who_parse(parsed) == []


@pytest.mark.parametrize("text", ["def (:", "x = '\0'", "(" * 100_000, b"x = '\xff'", b"# coding: no-such\n"])
def test_what_is_no_python_has_no_tree(text: str | bytes) -> None:
    assert parsed(text) is None


def test_warnings_of_what_is_parsed_are_not_ours() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert parsed("x = '\\d'\n") is not None
    assert caught == []
