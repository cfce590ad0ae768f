from pathlib import Path

import pytest

from profiling.behaviour.symbolic import Exploration, difference_in, explore
from profiling.measure.processes import Finished, Launch, Processes
from profiling.model import FunctionKey, RunUsage
from tests.fakes.behaviour_trees import THIS, Trees, functions_of

KEY = FunctionKey(file="mod.py", first_line=1, qualname="f")
FOUND = """Given: (x=1000),
  ratchet_before.f : returns 7
  ratchet_after.f : raises ValueError('x')
"""
NOTHING = "No differences found. (attempted 125 iterations)\n"


class Answering(Processes):
    """Gives one exit code and output after the other, and keeps what was asked."""

    def __init__(self, *answers: tuple[int, str]) -> None:
        super().__init__()
        self.answers = list(answers)
        self.asked: list[tuple[str, ...]] = []

    def run(self, launch: Launch) -> Finished:
        self.asked.append(launch.argv[1:])
        code, output = self.answers.pop(0)
        return Finished(
            usage=RunUsage(wall_s=1, cpu_s=1, max_rss_mib=1, exit_code=code),
            timed_out=False,
            stdout=output,
            stderr="" if code < 2 else "Traceback\nTypeError: no",
            stdout_bytes=0,
            stdout_sha256="",
        )


def searched(tmp_path: Path, processes: Processes, text: str) -> Exploration:
    trees = Trees(tmp_path)
    base, change = trees.tree({"mod.py": text}), trees.tree({"mod.py": text})
    scratch = trees.fresh("scratch")
    found = explore(functions_of("mod.py", text), base, change, THIS, processes=processes, scratch=scratch)
    assert list(scratch.iterdir()) == []
    return found


def test_a_difference_is_read_with_its_input() -> None:
    found = difference_in(FOUND, KEY)

    assert found is not None
    assert found.text == "mod.py:1 f: given x=1000: returns 7 != raises ValueError('x')"


@pytest.mark.parametrize("output", ["", NOTHING, "Given: ", "\x00"])
def test_output_without_a_difference_has_none(output: str) -> None:
    assert difference_in(output, KEY) is None


def test_without_crosshair_nothing_is_searched(tmp_path: Path) -> None:
    processes = Answering((1, ""))

    assert searched(tmp_path, processes, "def f(x: int) -> int:\n    return x\n") == Exploration(is_available=False)
    assert len(processes.asked) == 1


def test_typed_functions_are_searched_and_others_are_named(tmp_path: Path) -> None:
    text = (
        "def f(x: int) -> int:\n    return x\ndef g(x):\n    return x\n"
        "class C:\n    def h(self: int) -> int:\n        return 1\n"
    )
    processes = Answering((0, ""), (1, FOUND))

    found = searched(tmp_path, processes, text)

    assert [key.qualname for key in found.explored] == ["f"]
    assert [each.before for each in found.differences] == ["returns 7"]
    assert found.notes == (
        "g was not searched: not all its parameters have types",
        "C.h was not searched: it is no plain function of the module",
    )
    assert processes.asked[1][:5] == ("-m", "crosshair", "diffbehavior", "ratchet_before.f", "ratchet_after.f")


def test_a_search_that_fails_is_said(tmp_path: Path) -> None:
    found = searched(tmp_path, Answering((0, ""), (2, "")), "def f(x: int) -> int:\n    return x\n")

    assert found.explored == ()
    assert found.notes == ("f was not searched: CrossHair ended with exit code 2: TypeError: no",)


def test_a_file_with_relative_imports_is_not_searched(tmp_path: Path) -> None:
    found = searched(tmp_path, Answering((0, "")), "from . import x\ndef f(x: int) -> int:\n    return x\n")

    assert found.notes == ("f was not searched: its file has relative imports",)
