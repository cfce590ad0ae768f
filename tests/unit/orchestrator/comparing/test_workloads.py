from pathlib import Path

import pytest

from orchestrator.comparing.workloads import Places, missing_file, workloads
from orchestrator.errors import UsageError
from profiling.model import Command


@pytest.fixture
def places(tmp_path: Path) -> Places:
    for name in ("base", "head", "checkout"):
        (tmp_path / name / "benchmarks").mkdir(parents=True)
        (tmp_path / name / "bench.py").write_text("print(1)\n")
    (tmp_path / "head" / "benchmarks" / "bench_new.py").write_text("print(2)\n")
    (tmp_path / "base" / "benchmarks" / "bench_old.py").write_text("print(3)\n")
    checkout = tmp_path / "checkout"
    return Places(base=tmp_path / "base", head=tmp_path / "head", here=checkout, checkout=checkout)


def texts(places: Places, *wanted: str) -> list[str]:
    return [command.text for command in workloads(wanted, places)]


def test_a_command_is_taken_as_it_is(places: Places) -> None:
    assert texts(places, "MODE=a python bench.py --n 3") == ["MODE=a python bench.py --n 3"]


def test_without_words_the_first_benchmark_found_is_taken_and_all_means_each(places: Places) -> None:
    assert texts(places) == ["python bench.py"]
    found = texts(places, "all")
    assert found == ["python bench.py", "python benchmarks/bench_new.py", "python benchmarks/bench_old.py"]


def test_a_glob_matches_files_of_either_commit_each_once(places: Places) -> None:
    found = texts(places, "benchmarks/bench_*.py", "benchmarks/bench_new.py")
    assert found == ["python benchmarks/bench_new.py", "python benchmarks/bench_old.py"]


def test_a_file_lists_commands_files_and_globs_one_a_line(places: Places) -> None:
    (places.checkout / "loads.txt").write_text("# mine\npython -m pkg 'a b'\n\nbench.py\nbenchmarks/*_old.py\n")
    assert texts(places, "loads.txt") == ["python -m pkg 'a b'", "python bench.py", "python benchmarks/bench_old.py"]


def test_suites_are_run_by_their_runner(places: Places) -> None:
    (places.head / "benchmarks" / "test_speed.py").write_text("def test_a(benchmark):\n    benchmark(len, 'a')\n")
    (places.head / "benchmarks" / "test_plain.py").write_text("def test_a():\n    pass\n")
    (places.head / "asv.conf.json").write_text("{}")
    assert texts(places, "benchmarks/test_*.py", "asv.conf.json") == [
        "python -m pytest -q benchmarks/test_plain.py",
        "python -m pytest -q benchmarks/test_speed.py --benchmark-only",
        "asv run --config asv.conf.json",
    ]


def test_names_are_relative_to_the_folder_the_person_is_in(places: Places) -> None:
    (places.checkout / "benchmarks" / "bench_new.py").write_text("")
    inside = Places(base=places.base, head=places.head, here=places.checkout / "benchmarks", checkout=places.checkout)
    assert texts(inside, "bench_new.py") == ["python benchmarks/bench_new.py"]
    assert texts(inside, str(places.checkout / "bench.py")) == ["python bench.py"]


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("nothing_*.py", "matches no Python file"),
        ("../*.py", "leads out of the repository"),
        ("/etc/*.py", "leads out of the repository"),
        ("a | b", "needs a shell"),
        ("python 'a", "No closing quotation"),
        ("", "holds no command"),
    ],
)
def test_what_can_not_be_meant_is_refused_with_the_reason(places: Places, word: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        workloads([word], places)


def test_an_empty_list_and_a_repository_without_benchmarks_are_refused(places: Places) -> None:
    (places.checkout / "loads.txt").write_text("# nothing\n")
    with pytest.raises(UsageError, match=r"loads\.txt lists no workload"):
        workloads(["loads.txt"], places)
    for tree in places.trees:
        (tree / "bench.py").unlink()
    for file in (places.head / "benchmarks" / "bench_new.py", places.base / "benchmarks" / "bench_old.py"):
        file.unlink()
    with pytest.raises(UsageError, match="no benchmark was found in either commit"):
        workloads([], places)


def test_the_side_that_lacks_a_file_of_the_workload_is_named(places: Places) -> None:
    new = Command(argv=("python", "benchmarks/bench_new.py"))
    old = Command(argv=("python", "-m", "pytest", "benchmarks/bench_old.py::test_a"))
    assert missing_file(new, places) == (places.base, "benchmarks/bench_new.py")
    assert missing_file(old, places) == (places.head, "benchmarks/bench_old.py")
    assert missing_file(Command(argv=("python", "bench.py", "--out", "x/y.json")), places) is None


def test_a_script_of_neither_side_is_refused(places: Places) -> None:
    with pytest.raises(UsageError, match=r"names nope\.py, which is in neither commit"):
        missing_file(Command(argv=("python", "nope.py")), places)
