from collections.abc import Callable
from pathlib import Path

import pytest

from profiling.deep.run import DeepRun
from profiling.deep.stacks import read_stacks
from profiling.deep.tachyon import by_function, command, is_available, program_of, tachyon
from profiling.model import FunctionKey, Interpreter

PYTHON = Interpreter(executable="/env/bin/python3.15", version=(3, 15, 0))
COLLAPSED = """\
tid:7;bench.py:<module>:3;shop.py:work:8 40
tid:7;bench.py:<module>:3;shop.py:work:8;<native> 7
tid:7;bench.py:<module>:3;shop.py:work:8;encoder.py:encode:200;<GC> 3
tid:8;other.py:work:8 5
"""


def test_only_3_15_and_newer_have_it() -> None:
    assert is_available(PYTHON)
    assert not is_available(Interpreter(executable="/usr/bin/python3", version=(3, 14, 2)))
    assert not is_available(Interpreter(executable="/usr/bin/pypy3", version=(3, 15, 0), implementation="pypy"))


def test_older_targets_are_told_what_it_takes(deep_run: Callable[..., DeepRun]) -> None:
    found, (note,) = tachyon(deep_run(version=(3, 13, 1)))
    assert found is None
    assert "from 3.15 on; the target runs 3.13.1" in note


@pytest.mark.parametrize(
    ("argv", "program"),
    [
        (("/env/bin/python3.15", "bench.py", "1"), ("bench.py", "1")),
        (("/env/bin/python3.15", "-m", "pytest", "-q"), ("-m", "pytest", "-q")),
        (("/env/bin/pytest", "-q"), ("/env/bin/pytest", "-q")),
        (("/env/bin/python3.15", "-c", "pass"), None),
        (("/env/bin/python3.15", "-I", "bench.py"), None),
        (("/usr/bin/make", "bench"), None),
    ],
)
def test_scripts_and_modules_can_be_sampled(argv: tuple[str, ...], program: tuple[str, ...] | None) -> None:
    assert program_of(argv, PYTHON) == program


def test_the_sampler_is_started_by_the_target_s_interpreter() -> None:
    assert command(PYTHON, ("-m", "pytest", "-q"), "/out/stacks.txt", 25.0) == (
        *("/env/bin/python3.15", "-m", "profiling.sampling", "run"),
        *("-a", "--native", "--mode", "cpu", "--collapsed", "-d", "20", "-o", "/out/stacks.txt"),
        *("-m", "pytest", "-q"),
    )


def test_a_command_that_is_neither_is_refused(deep_run: Callable[..., DeepRun]) -> None:
    found, (note,) = tachyon(deep_run("python", "-c", "pass", version=(3, 15, 0)))
    assert found is None
    assert "a script or a module" in note


def test_a_sampler_that_is_not_there_is_told(
    deep_run: Callable[..., DeepRun], write: Callable[[str, str], Path]
) -> None:
    write("bench.py", "pass\n")
    found, notes = tachyon(deep_run("python", "bench.py", version=(3, 15, 0)))
    assert found is None
    assert notes[0].startswith("Tachyon gave nothing: it wrote no output")
    assert "untried" in notes[1]


def test_samples_are_charged_to_the_innermost_project_function(tmp_path: Path) -> None:
    path = tmp_path / "stacks.txt"
    path.write_text(COLLAPSED)
    work = FunctionKey(file="src/shop.py", first_line=5, qualname="Shop.work")
    module = FunctionKey(file="bench.py", first_line=1, qualname="<module>")

    (found,) = by_function(read_stacks(path), [work, module])

    assert (found.key, found.samples, found.native_samples, found.gc_samples) == (work, 50, 7, 3)
