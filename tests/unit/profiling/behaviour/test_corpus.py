from collections.abc import Callable
from pathlib import Path

from profiling.behaviour.check import behaviour_on_corpus, behaviour_on_new_inputs
from profiling.behaviour.compare import BehaviourReport, Outcome
from profiling.behaviour.corpus import ODD_TEXTS, odd
from profiling.behaviour.generate import parsed
from profiling.behaviour.recording import KeptCall, RecordedFunction, Recording, read_calls, write
from profiling.model import FunctionKey
from tests.fakes.behaviour_trees import THIS, Trees, functions_of

KEY = FunctionKey(file="m.py", first_line=1, qualname="f")

LIBRARY = """from packaging.specifiers import SpecifierSet


def fits(version, wanted):
    return SpecifierSet(wanted).contains(version)
"""
NARROW = """import operator
import re

from packaging.specifiers import SpecifierSet

_PLAIN = re.compile(r"[0-9]{1,9}(?:[.][0-9]{1,9})*")
_RANGE = re.compile(rf" *(>=|<) *({_PLAIN.pattern}) *")
_COMPARED = {">=": operator.ge, "<": operator.lt}


def fits(version, wanted):
    if version.__class__ is str and wanted.__class__ is str and _PLAIN.fullmatch(version):
        ranges = [_RANGE.fullmatch(one) for one in wanted.split(",")]
        if None not in ranges:
            found = _release(version)
            return all(_COMPARED[one[1]](found, _release(one[2])) for one in ranges)
    return SpecifierSet(wanted).contains(version)


def _release(text):
    numbers = [int(part) for part in text.split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return numbers
"""
TOO_NARROW = """from packaging.specifiers import SpecifierSet


def fits(version, wanted):
    try:
        low, high = wanted.split(",")
        found = [int(part) for part in version.split(".")]
        return found >= [int(n) for n in low[2:].split(".")] and found < [int(n) for n in high[1:].split(".")]
    except ValueError:
        return SpecifierSet(wanted).contains(version)
"""
MAIN = "from mod import fits\nfor v in ('1.2', '1.10.3', '2.4'):\n    fits(v, '>=1.4,<2.1')\n"


def recorded(folder: Path, *literals: str) -> Recording:
    calls = [
        KeptCall(
            function=0, module="m", main=None, command=0, process=0, sequence=order, weight=1.0, data=b"", literal=text
        )
        for order, text in enumerate(literals)
    ]
    write(folder, [KEY], calls, ["."])
    return Recording(folder=folder, functions=(RecordedFunction(key=KEY, seen=9, kept=len(calls)),))


def made_of(tmp_path: Path, *literals: str) -> list[object]:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    made = odd(recorded(tmp_path / "old", *literals), tmp_path / "new")
    return [parsed(call.literal) for call in read_calls(made) if call.literal is not None and len(call.literal) < 8000]


def test_every_text_of_a_call_is_replaced_in_turn_and_the_others_stay(tmp_path: Path) -> None:
    found = made_of(tmp_path, "(('abc', 3, ['x', 'y']), {'mode': 'r'})")
    assert (("", 3, ["x", "y"]), {"mode": "r"}) in found
    assert (("abc", 3, ["x", "\ufeff1"]), {"mode": "r"}) in found
    assert (("abc", 3, ["", "y"]), {"mode": "r"}) in found
    assert (("abc", 3, ["x", "y"]), {"mode": "\ud800"}) in found
    assert ((" abc", 3, ["x", "y"]), {"mode": "r"}) in found, "what was seen is twisted, too"
    assert len(found) == len({ascii(one) for one in found})


def test_words_of_one_argument_take_the_place_of_words_in_another(tmp_path: Path) -> None:
    found = made_of(tmp_path, "(('1.2',), {'wanted': '>=2.7, <3'})")
    for wanted in (">=1.2, <3", ">=1.2.0, <3", ">=2.7, <1.2"):
        assert (("1.2",), {"wanted": wanted}) in found
    assert (("2.7.0",), {"wanted": ">=2.7, <3"}) in found


def test_bytes_are_replaced_by_bytes(tmp_path: Path) -> None:
    found = made_of(tmp_path, "((b'abc',), {})")
    assert ((b"\xff",), {}) in found
    assert all(isinstance(one, tuple) and isinstance(one[0][0], bytes) for one in found)


def test_where_no_text_is_there_is_nothing_odd(tmp_path: Path) -> None:
    assert made_of(tmp_path, "((1, [2.5], None), {})") == []


def test_the_corpus_holds_what_is_empty_broken_and_of_other_encodings_each_once() -> None:
    assert {"", "\ufeff", "\x00", "\ud800", "def f(:\n", "# -*- coding: latin-1 -*-\nx = 1\n"} <= set(ODD_TEXTS)
    assert len(ODD_TEXTS) == len(set(ODD_TEXTS))


def on_all_inputs(tmp_path: Path, after: str, *checks: Callable[..., BehaviourReport]) -> list[BehaviourReport]:
    trees = Trees(tmp_path)
    base, change = (trees.tree({"mod.py": text, "main.py": MAIN}) for text in (LIBRARY, after))
    recording = trees.record(base, functions_of("mod.py", LIBRARY))
    assert trees.compare(recording, base, change).differing == 0, "the recorded calls do not show it"
    return [
        check(recording, base, change, THIS, processes=trees.processes, scratch=trees.fresh("scratch"), seed=5)
        for check in checks
    ]


def test_narrow_code_that_keeps_the_library_for_the_rest_is_the_same_on_the_whole_corpus(tmp_path: Path) -> None:
    corpus, generated = on_all_inputs(tmp_path, NARROW, behaviour_on_corpus, behaviour_on_new_inputs)
    assert corpus.outcome is Outcome.SAME, corpus.text
    assert generated.outcome is Outcome.SAME, generated.text
    assert corpus.compared > 400


def test_narrow_code_that_is_right_on_all_recorded_calls_alone_is_found(tmp_path: Path) -> None:
    (corpus,) = on_all_inputs(tmp_path, TOO_NARROW, behaviour_on_corpus)
    assert corpus.outcome is Outcome.DIFFERENT
