import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiling.behaviour.check import behaviour_on_new_inputs
from profiling.behaviour.compare import BehaviourReport, Outcome
from profiling.behaviour.generate import Arguments, examples, parsed
from tests.fakes.behaviour_trees import THIS, Trees, functions_of

SAMPLES: list[Arguments] = [
    ((3, "abc", [1.5, 2.5]), {"names": {"a": (1, None)}}),
    ((9, "x", []), {"names": {"a": (2, None)}}),
]


def test_generated_inputs_have_the_types_and_names_that_were_seen() -> None:
    for args, kwargs in examples(SAMPLES, count=50, number=1):
        number, text, floats = args
        assert type(number) is int
        assert type(text) is str
        assert isinstance(floats, list)
        assert all(type(each) is float for each in floats)
        assert list(kwargs) == ["names"]


def test_generated_inputs_go_beyond_the_seen_ranges_and_keep_the_sign() -> None:
    numbers = [args[0] for args, _ in examples(SAMPLES, count=200, number=1)]

    assert all(isinstance(number, int) and number >= 0 for number in numbers)
    assert any(isinstance(number, int) and number not in range(3, 10) for number in numbers)


def test_the_same_seed_gives_the_same_inputs_and_another_one_others() -> None:
    made = [examples(SAMPLES, count=30, number=number) for number in (1, 1, 2)]

    assert made[0] == made[1] != made[2]


def test_no_recorded_input_is_made_again() -> None:
    texts = [ascii(each) for each in examples(SAMPLES, count=100, number=3)]

    assert len(texts) == len(set(texts))
    assert not {ascii(sample) for sample in SAMPLES} & set(texts)


def test_nothing_is_written_to_the_working_folder(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    program = (
        "import sys; from pathlib import Path; from profiling.behaviour.generate import varied\n"
        "from profiling.behaviour.recording import KeptCall, RecordedFunction, Recording, write\n"
        "from profiling.model import FunctionKey\n"
        "key = FunctionKey(file='m.py', first_line=1, qualname='f'); one = Path(sys.argv[1]); two = one / 'new'\n"
        "two.mkdir(); call = KeptCall(function=0, module='m', main=None, command=0, process=0,\n"
        "    sequence=0, weight=1.0, data=b'', literal='((1, [2]), {})')\n"
        "write(one, [key], [call], ['.'])\n"
        "old = Recording(folder=one, functions=(RecordedFunction(key=key, seen=1, kept=1),))\n"
        "print(varied(old, two, count=20, number=1).functions[0].kept > 5)\n"
    )
    root = str(Path(__file__).resolve().parents[4])
    (tmp_path / "recording").mkdir()

    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "recording")],
        cwd=tmp_path / "here",
        env={"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("True\n", "")
    assert list((tmp_path / "here").iterdir()) == []


def test_without_samples_there_are_no_inputs() -> None:
    assert examples([], count=10, number=1) == []


@pytest.mark.parametrize("text", ["", "1", "((1,),)", "((1,), {1: 2})", "[" * 5000, "f()", "(" * 300, "x" * 9000])
def test_text_that_is_no_call_is_refused(text: str) -> None:
    assert parsed(text) is None


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.nested_given])
@given(st.lists(_values, min_size=1, max_size=4))
def test_inputs_can_be_made_like_anything_that_has_a_literal(values: list[object]) -> None:
    samples = [parsed(ascii(((value,), {}))) for value in values]

    made = examples([sample for sample in samples if sample is not None], count=5, number=0)

    assert {type(args[0]) for args, _ in made} <= {type(value) for value in values}


def on_new_inputs(tmp_path: Path, before: str, after: str, main: str) -> BehaviourReport:
    trees = Trees(tmp_path)
    base, change = (trees.tree({"mod.py": text, "main.py": main}) for text in (before, after))
    recording = trees.record(base, functions_of("mod.py", before))
    assert trees.compare(recording, base, change).differing == 0, "the recorded calls do not show it"
    return behaviour_on_new_inputs(
        recording, base, change, THIS, processes=trees.processes, scratch=trees.fresh("scratch"), seed=5
    )


def test_a_change_that_no_recorded_call_shows_is_found(tmp_path: Path) -> None:
    before = "def f(xs):\n    return list(dict.fromkeys(xs))\n"
    after = "def f(xs):\n    return sorted(set(xs))\n"

    report = on_new_inputs(tmp_path, before, after, "from mod import *\nf([1, 2, 3])\nf([2, 5, 9])\n")

    assert report.outcome is Outcome.DIFFERENT
    assert report.differences[0].place.startswith("result")


def test_outputs_written_down_for_recorded_inputs_are_found(tmp_path: Path) -> None:
    before = "def f(n):\n    return n * n\n"
    after = "def f(n):\n    return {3: 9, 4: 16}.get(n, 0)\n"

    report = on_new_inputs(tmp_path, before, after, "from mod import *\nf(3)\nf(4)\n")

    assert report.outcome is Outcome.DIFFERENT


def test_an_honest_rewrite_stays_the_same_on_new_inputs(tmp_path: Path) -> None:
    before = "def f(xs, known):\n    return [x for x in xs if x not in known]\n"
    after = "def f(xs, known):\n    found = set(known)\n    return [x for x in xs if x not in found]\n"

    report = on_new_inputs(tmp_path, before, after, "from mod import *\nf(['a', 'b'], ['b'])\nf([], ['c'])\n")

    assert report.outcome is Outcome.SAME, report.text
    assert report.compared > 50
