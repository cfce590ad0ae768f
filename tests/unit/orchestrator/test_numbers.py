import threading
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from orchestrator.draft import Draft
from orchestrator.ledger.layout import Layout
from orchestrator.numbers import Numbers, draft_path
from orchestrator.plain import save
from tests.fakes.experiments import draft


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(root=tmp_path)
    layout.create()
    return layout


def drafted(layout: Layout, worker: str, number: int) -> None:
    save(TypeAdapter(Draft), draft(number=number), draft_path(layout, worker))


def test_no_two_workers_get_the_same_number_however_many_ask_at_once(layout: Layout) -> None:
    numbers, given = Numbers(layout=layout), []
    threads = [
        threading.Thread(target=lambda name=name: given.append(numbers.next(name, 4))) for name in map(str, range(12))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(4, 16))


def test_asked_again_before_it_is_recorded_a_worker_gets_the_same_number(layout: Layout) -> None:
    numbers = Numbers(layout=layout)
    assert [numbers.next("cpu-1", 1), numbers.next("cpu-2", 1), numbers.next("cpu-1", 1)] == [1, 2, 1]


def test_after_a_kill_the_number_in_a_worker_s_draft_is_not_given_to_another(layout: Layout) -> None:
    drafted(layout, "cpu-1", 1)
    numbers = Numbers(layout=layout)
    assert numbers.next("cpu-2", 1) == 2
    assert numbers.next("cpu-1", 1) == 1


def test_what_a_dismissed_worker_was_promised_is_free_again(layout: Layout) -> None:
    numbers = Numbers(layout=layout)
    drafted(layout, "cpu-1", numbers.next("cpu-1", 1))
    numbers.forget("cpu-1")
    assert numbers.next("", 1) == 1
    assert not draft_path(layout, "cpu-1").exists()
