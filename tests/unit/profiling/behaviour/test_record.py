import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.behaviour.recording import (
    KeptCall,
    Limits,
    RecordedFunction,
    Recording,
    RecordingError,
    read_calls,
    write,
)
from profiling.harness.ratchet_record_kept import Kept
from profiling.model import FunctionKey
from tests.fakes.behaviour_trees import Trees, functions_of

MOD = """
import threading

class Order:
    def __init__(self, number):
        self.number = number
        self.lock_free = True

    def total(self, times=2):
        return self.number * times

def scaled(value, *rest, by=1, **more):
    return value

def locked(lock):
    return lock

def long(text):
    return len(text)

def deep(nest):
    return nest

def unused():
    return 1

def outer():
    def inner():
        return 1
    return inner()
"""
MAIN = """
from mod import *

if __name__ == "__main__":
    for number in range(500):
        Order(number).total()
        scaled(number, "x", by=number, name=[number])
    locked(threading.Lock())
    long("x" * 5000)
    nest = []
    for _ in range(5000):
        nest = [nest]
    deep(nest)
    scaled({"a": 1}, (1.5, None))
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recording, dict[str, RecordedFunction]]:
    trees = Trees(tmp_path_factory.mktemp("record"))
    base = trees.tree({"mod.py": MOD, "main.py": MAIN})
    limits = Limits(calls_per_function=40, bytes_per_call=2000)
    recording = trees.record(base, functions_of("mod.py", MOD), limits=limits)
    return recording, {each.key.qualname: each for each in recording.functions}


def test_every_call_is_counted_and_so_many_are_kept(
    recorded: tuple[Recording, dict[str, RecordedFunction]],
) -> None:
    functions = recorded[1]

    assert (functions["Order.total"].seen, functions["scaled"].seen) == (500, 501)
    assert 0 < functions["Order.total"].kept <= 40
    assert functions["unused"] == RecordedFunction(key=functions["unused"].key, seen=0, kept=0)


def test_what_can_not_be_kept_is_counted_by_its_reason(
    recorded: tuple[Recording, dict[str, RecordedFunction]],
) -> None:
    functions = recorded[1]

    assert functions["locked"].left_out == {"unpicklable argument: lock": 1}
    assert functions["long"].left_out == {"too large": 1}
    assert sum(functions["deep"].left_out.values()) + functions["deep"].kept == 1


def test_the_weights_add_up_to_the_calls_that_were_seen(
    recorded: tuple[Recording, dict[str, RecordedFunction]],
) -> None:
    recording, functions = recorded
    weights = Counter[str]()
    for call in read_calls(recording):
        weights[call.function] += call.weight

    numbers = {key.qualname: str(number) for number, key in enumerate(functions_of("mod.py", MOD))}
    assert weights[numbers["Order.total"]] == pytest.approx(functions["Order.total"].seen)
    assert weights[numbers["scaled"]] == pytest.approx(functions["scaled"].seen)


def test_a_rare_kind_of_call_is_kept_and_small_arguments_are_known_as_text(
    recorded: tuple[Recording, dict[str, RecordedFunction]],
) -> None:
    literals = [call.literal for call in read_calls(recorded[0]) if call.literal]

    assert "(({'a': 1}, (1.5, None)), {})" in literals
    assert any("'by': 0, 'name': [0]" in text for text in literals)


def test_the_target_does_not_notice(tmp_path: Path) -> None:
    trees = Trees(tmp_path)
    main = "import sys, mod\nmod.f([1])\nopen('seen', 'w').write(repr(sorted(sys.modules)))"
    base = trees.tree({"mod.py": "def f(x):\n    x.append(2)\n    return x\n", "main.py": main})

    recording = trees.record(base, functions_of("mod.py", "def f(x):\n    pass\n"))

    assert "ratchet" not in (base.root / "seen").read_text()
    assert [call.literal for call in read_calls(recording)] == ["(([1],), {})"], "as it was before the call"


def test_a_command_that_is_killed_leaves_a_note(tmp_path: Path) -> None:
    trees = Trees(tmp_path)
    base = trees.tree({"mod.py": "def f():\n    while True:\n        pass\n", "main.py": "import mod\nmod.f()"})

    recording = trees.record(base, functions_of("mod.py", "def f(): 0"), timeout_s=1.0)

    assert "was stopped at its time limit of 1 s" in recording.notes[0]


def test_a_command_that_fails_leaves_a_note_and_its_calls(tmp_path: Path) -> None:
    trees = Trees(tmp_path)
    base = trees.tree({"mod.py": "def f():\n    return 1\n", "main.py": "import mod\nmod.f()\nimport no_such_module"})

    recording = trees.record(base, functions_of("mod.py", "def f(): 0"))

    assert recording.functions[0].kept == 1
    assert recording.notes == (
        (
            "`python main.py` ended with exit code 1 while it was recorded: "
            "ModuleNotFoundError: No module named 'no_such_module'"
        ),
    )


def test_calls_of_several_commands_say_which(tmp_path: Path) -> None:
    trees = Trees(tmp_path)
    base = trees.tree(
        {"mod.py": "def f(x):\n    return x\n", "one.py": "import mod\nmod.f(1)", "two.py": "import mod\nmod.f(2)"}
    )

    recording = trees.record(base, functions_of("mod.py", "def f(x): 0"), ("python", "one.py"), ("python", "two.py"))

    assert [(call.command, call.literal) for call in read_calls(recording)] == [(0, "((1,), {})"), (1, "((2,), {})")]


def test_a_folder_without_a_recording_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="record the calls again"):
        read_calls(Recording(folder=tmp_path, functions=()))


def test_a_damaged_manifest_is_said(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"calls": [{"index": "x"}]}')

    with pytest.raises(RecordingError, match="holds no recording"):
        read_calls(Recording(folder=tmp_path, functions=()))


def test_calls_lie_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    key = FunctionKey(file="mod.py", first_line=1, qualname="f")
    calls = [
        KeptCall(
            function=0, module="mod", main=None, command=0, process=0, sequence=number, weight=1.0, data=b"x" * number
        )
        for number in (3, 1, 2)
    ]

    write(tmp_path, [key], calls, [])

    rows = json.loads((tmp_path / "manifest.json").read_text())["calls"]
    assert [(row["index"], row["offset"], row["length"]) for row in rows] == [(0, 0, 1), (1, 1, 2), (2, 3, 3)]


@given(st.integers(4, 60), st.lists(st.sampled_from("abc"), max_size=300), st.integers(0, 1000))
def test_a_sample_never_passes_its_limit_and_has_every_kind(limit: int, kinds: list[str], seed: int) -> None:
    kept = Kept(limit, seed)
    for number, kind in enumerate(kinds):
        slot = kept.slot(kind)
        if slot is not None:
            kept.put(slot, ("m", number, slot.is_first, b"", kind))

    report = kept.report()
    calls = report["calls"]
    assert isinstance(calls, list)
    assert report["seen"] == len(kinds)
    assert len(calls) <= limit
    assert [row[1] for row in calls] == sorted({row[1] for row in calls})
    if limit >= 24:
        assert {row[4] for row in calls} == set(kinds)


@pytest.mark.parametrize(("closed_after", "size"), [(None, 15), (12, 10)])
def test_every_call_has_the_same_chance_to_be_sampled(closed_after: int | None, size: int) -> None:
    chosen = Counter[int]()
    for seed in range(300):
        kept = Kept(20, seed)
        for number in range(200):
            slot = kept.slot("one kind")
            if slot is not None:
                kept.put(slot, ("m", number, slot.is_first, b"", None))
            if number + 1 == closed_after:
                kept.close()
        sampled = [row[1] for row in kept.report()["calls"] if not row[2]]  # type: ignore[attr-defined]
        assert len(sampled) == size
        chosen.update(number // 50 for number in sampled)

    assert all(0.8 < chosen[quarter] / (300 * size / 4) < 1.2 for quarter in range(4))


def test_a_table_that_grows_with_each_call_is_sampled_over_the_whole_run(tmp_path: Path) -> None:
    trees = Trees(tmp_path)
    table = "def put(table, key):\n    table[key] = key * 17\n"
    main = "from mod import put\ntable = {}\nfor key in range(400):\n    put(table, f'{key:03}')\n"
    base = trees.tree({"mod.py": table, "main.py": main})

    made = trees.record(base, functions_of("mod.py", table), limits=Limits(total_bytes=200_000))

    sizes = [row["length"] for row in json.loads((made.folder / "manifest.json").read_text())["calls"]]
    assert 10 < len(sizes) < 100
    assert sum(size > 200 * 50 for size in sizes) > len(sizes) / 4
