import gc
import sys
import threading

from orchestrator.collecting import Collector
from tests.fakes.parsing_threads import Cyclic, errors_of_two_who_parse


def test_two_who_parse_at_the_same_time_do_not_disturb_each_other() -> None:
    if sys.version_info < (3, 12):
        assert errors_of_two_who_parse(), "this interpreter does not mix parses up: nothing would be shown"
    with Collector().aside():
        assert errors_of_two_who_parse() == []


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
