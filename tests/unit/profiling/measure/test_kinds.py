import pytest

from profiling.measure.kinds import Kind, KindName, detect, guarded
from profiling.model import Command


def kind(*argv: str) -> Kind:
    return detect(Command(argv=argv))


@pytest.mark.parametrize(
    ("argv", "name", "words"),
    [
        (("python", "main.py", "7"), KindName.SCRIPT, ("7",)),
        (("python3.12", "-X", "utf8", "-W", "error", "main.py"), KindName.SCRIPT, ()),
        (("./bench/run.py", "-m"), KindName.SCRIPT, ("-m",)),
        (("python", "-m", "proj.cli", "pytest"), KindName.MODULE, ("pytest",)),
        (("python", "-Improj", "x"), KindName.MODULE, ("x",)),
        (("python", "-c", "import proj", "x"), KindName.CODE, ("x",)),
        (("proj-cli", "run"), KindName.PROGRAM, ("run",)),
        (("make", "pytest"), KindName.PROGRAM, ("pytest",)),
        (("pytest", "-q", "tests/a.py::t"), KindName.PYTEST, ("-q", "tests/a.py::t")),
        (("/env/bin/py.test",), KindName.PYTEST, ()),
        (("python", "-m", "pytest", "-x"), KindName.PYTEST, ("-x",)),
        (("python", "-Wignore", "-mpytest", "-x"), KindName.PYTEST, ("-x",)),
        (("pytest", "bench", "--benchmark-only"), KindName.PYTEST_BENCHMARK, ("bench", "--benchmark-only")),
        (("asv", "run", "--bench", "time_x"), KindName.ASV, ("run", "--bench", "time_x")),
        (("python", "-m", "asv", "run"), KindName.ASV, ("run",)),
        (("asv", "publish"), KindName.PROGRAM, ("publish",)),
        (("python", "/scratch/ratchet_asv.py", "/scratch/asv.json"), KindName.ASV, ("/scratch/asv.json",)),
        (("python",), KindName.SCRIPT, ()),
        (("python", "-m"), KindName.MODULE, ()),
        ((), KindName.PROGRAM, ()),
    ],
)
def test_a_command_is_recognised_by_its_words(argv: tuple[str, ...], name: KindName, words: tuple[str, ...]) -> None:
    assert (kind(*argv).name, kind(*argv).words) == (name, words)


def test_only_suites_have_bodies() -> None:
    suites = {name for name in KindName if Kind(name=name, words=()).has_bodies}

    assert suites == {KindName.PYTEST, KindName.PYTEST_BENCHMARK, KindName.ASV}


@pytest.mark.parametrize("option", ["-n4", "-n", "--numprocesses=2", "--dist=loadfile"])
def test_tests_that_are_spread_over_processes_are_told(option: str) -> None:
    assert kind("pytest", option, "2").parallel
    assert not kind("pytest", "-q", "2").parallel


def test_a_node_id_that_begins_with_a_dash_is_no_option() -> None:
    written = Command(argv=("pytest", "-q", "-x.py::test_a[-1]", "-odd.py", "tests/b.py"), timeout_s=3)

    assert guarded(written).argv == ("pytest", "-q", "./-x.py::test_a[-1]", "./-odd.py", "tests/b.py")
    assert guarded(written).timeout_s == 3


@pytest.mark.parametrize(
    "argv",
    [
        ("pytest", "-k", "a or b", "-Werror::DeprecationWarning", "--deselect=tests/a.py::t", "-p", "no:x"),
        ("python", "main.py", "-x.py::t"),
    ],
)
def test_options_and_other_programs_are_left_alone(argv: tuple[str, ...]) -> None:
    assert guarded(Command(argv=argv)).argv == argv
