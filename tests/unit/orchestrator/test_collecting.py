import ast
import gc
import inspect
import sys
import threading
from collections.abc import Iterator

import pytest

from orchestrator.collecting import Collector

TEXT = inspect.getsource(ast)[:20_000].rpartition("\n\n\n")[0]


class Cyclic:
    """Garbage that only a collection finds, and whose end is Python code."""

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


def errors_of_two_who_parse(times: int) -> list[str]:
    errors: list[str] = []

    def parse() -> None:
        for _ in range(times):
            [Cyclic() for _ in range(5)]
            try:
                ast.parse(TEXT)
            except SystemError as error:
                errors.append(str(error))

    workers = [threading.Thread(target=parse) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return errors


@pytest.mark.usefixtures("often")
def test_two_who_parse_at_the_same_time_do_not_disturb_each_other() -> None:
    if sys.version_info < (3, 12):
        assert errors_of_two_who_parse(5), "this interpreter does not mix parses up: nothing would be shown"
    with Collector().aside():
        assert errors_of_two_who_parse(5) == []


def test_collections_are_automatic_again_once_the_last_has_left() -> None:
    collector = Collector(is_needed=True)
    with collector.aside():
        with collector.aside():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_where_it_is_not_needed_nothing_is_touched() -> None:
    with Collector(is_needed=False).aside():
        assert gc.isenabled()


def test_garbage_is_collected_meanwhile() -> None:
    ended = threading.Event()

    class Told(Cyclic):
        def __del__(self) -> None:
            ended.set()

    with Collector(is_needed=True, every_s=0.01, most_new=100).aside():
        Told()
        kept = [Cyclic() for _ in range(5000)]
        assert ended.wait(20)
    assert kept
