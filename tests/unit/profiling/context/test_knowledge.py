import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from profiling.context.answering import Source, Wishes
from profiling.context.gathering import gather
from profiling.context.hashing import digest
from profiling.context.knowledge import Framework, Knowledge, know
from profiling.context.probe import Task
from profiling.context.scripts import Script
from profiling.model import Command

Make = Callable[[Mapping[str, str]], Path]
Commit = Callable[[Path], Path]
FILES = {
    "pyproject.toml": (
        '[project]\nname = "shop"\ndependencies = ["sqlalchemy"]\nscripts = {shop = "shop.cli:main"}\n'
        "[tool.pytest.ini_options]\n"
    ),
    "src/shop/__init__.py": "import asyncio\nasync def f(): pass\n",
    "tests/test_shop.py": "import unittest\n",
    "bench.py": "print(1)\n",
    "uv.lock": "",
    "CLAUDE.md": "",
}


def ours(root: Path) -> Path:
    """Make the folder that a session makes."""
    (root / ".codeflash").mkdir()
    (root / ".codeflash" / ".gitignore").write_text("cache/\n")
    return root


def asked(known: Knowledge) -> set[str]:
    return {step.probe for step in known.answers.steps if step.source is Source.PROBE}


def test_what_the_probes_know_is_told_in_types(make: Make) -> None:
    known = know(make(FILES), Wishes())
    assert known.tree is not None
    assert (known.tree.import_roots, known.tree.packages, known.tree.source_paths) == (
        *(("src",), ("shop",)),
        ("src/shop",),
    )
    assert known.package_manager == "uv"
    with_pytest, without = known.tests(has_pytest=True), known.tests(has_pytest=False)
    assert with_pytest == Command(argv=("python", "-m", "pytest", "-q", "tests"))
    assert without == Command(argv=("python", "-m", "unittest", "discover", "-s", "tests"))
    assert known.workloads == (Command(argv=("python", "bench.py")),)
    assert known.documents == ("CLAUDE.md",)
    assert known.speed_dependencies == ("sqlalchemy",)
    assert known.tools == ("git",)
    assert known.async_frameworks == (Framework(name="asyncio", files=1),)
    assert known.coroutine_functions == 1
    assert known.scripts == (Script(name="shop", target="shop.cli:main"),)
    assert known.problems == ()


def test_of_a_probe_that_was_not_asked_nothing_is_said(make: Make) -> None:
    known = know(make(FILES), Wishes(task=Task.AUDIT, probes=frozenset({"entry_points"})))
    assert asked(known) == {"entry_points"}
    with pytest.raises(KeyError, match="python_environment"):
        known.tree.__class__  # noqa: B018  it is looked up


@pytest.mark.parametrize("is_checkout", [True, False])
def test_a_repository_that_has_no_folder_of_ours_is_left_as_it_was(
    make: Make, commit: Commit, is_checkout: bool
) -> None:
    root = make(FILES)
    if is_checkout:
        commit(root)
    before = sorted(path for path in root.rglob("*") if ".git" not in path.parts)
    know(root, Wishes())
    assert sorted(path for path in root.rglob("*") if ".git" not in path.parts) == before


def test_where_there_is_one_the_second_time_asks_nobody_and_says_the_same(make: Make) -> None:
    root = ours(make(FILES))
    first, second = know(root, Wishes()), know(root, Wishes())
    assert len(asked(first)) == len(first.answers.by_probe)
    assert asked(second) == set()
    assert second.answers.by_probe == first.answers.by_probe


def test_what_was_gathered_is_known(make: Make) -> None:
    root = ours(make(FILES))
    gather(root, Wishes())
    assert asked(know(root, Wishes())) == set()


def test_files_that_git_does_not_track_change_the_answers_that_they_are_part_of(make: Make, commit: Commit) -> None:
    root = ours(commit(make({**FILES, "bench.py": "def f(): pass\n"})))
    assert know(root, Wishes()).workloads == ()
    (root / "benchmarks").mkdir()
    (root / "benchmarks" / "bench_new.py").write_text("print(1)\n")
    second = know(root, Wishes())
    assert second.workloads == (Command(argv=("python", "benchmarks/bench_new.py")),)
    assert asked(second) == {"test_framework", "benchmark_candidates"}
    (root / "src" / "other").mkdir()
    (root / "src" / "other" / "__init__.py").touch()
    third = know(root, Wishes())
    assert third.tree is not None
    assert third.tree.packages == ("other", "shop")
    (root / "benchmarks" / "bench_new.py").write_text('"""Nothing."""\n')
    assert know(root, Wishes()).workloads == ()
    (root / "AGENTS.md").touch()
    assert know(root, Wishes()).documents == ("CLAUDE.md", "AGENTS.md")


@pytest.mark.parametrize("name", [".codeflash", ".codeflash/cache"])
def test_nothing_is_read_or_written_through_a_link(make: Make, tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".gitignore").touch()
    root = make(FILES)
    (root / name).parent.mkdir(exist_ok=True)
    (root / ".codeflash" / ".gitignore").touch() if name != ".codeflash" else None
    (root / name).symlink_to(elsewhere)
    known = know(root, Wishes())
    assert known.workloads == (Command(argv=("python", "bench.py")),)
    assert [path.name for path in elsewhere.iterdir()] == [".gitignore"]


def test_answers_that_a_repository_brings_along_do_not_count(make: Make, commit: Commit) -> None:
    root = ours(commit(make(FILES)))
    know(root, Wishes())
    subprocess.run(["git", "-C", str(root), "add", "-f", ".codeflash/cache"], check=True, capture_output=True)
    known = know(root, Wishes())
    assert asked(known) == set(known.answers.by_probe)


def test_kept_answers_that_somebody_else_wrote_are_not_known_where_they_are_none(make: Make) -> None:
    root = ours(make(FILES))
    know(root, Wishes())
    strange = {"confidence": "high", "errors": [], "candidates": [1, {"command": "a | b"}], "usual_count": 2}
    source = {"import_roots": ["../.."], "packages": ["x"], "paths": ["../../x"]}
    strange |= {"source": source, "runnable": 3, "at_hand": {"name": 1}, "dependencies": {"a": 1}, "scripts": "abc"}
    strange |= {"frameworks": [{"files": "many"}], "coroutine_functions": None, "package_manager": ["pip"]}
    content = json.dumps(strange).encode()
    name = digest(content)
    blob = root / ".codeflash" / "cache" / "blobs" / name[:2] / f"{name}.json"
    blob.parent.mkdir(exist_ok=True)
    blob.write_bytes(content)
    index = root / ".codeflash" / "cache" / "index.jsonl"
    records = [json.loads(line) for line in index.read_text().splitlines()]
    index.write_text("".join(json.dumps({**one, "blob": name}, separators=(",", ":")) + "\n" for one in records[:-1]))

    known = know(root, Wishes())

    assert asked(known) == set()
    assert (known.tree, known.workloads, known.tests(has_pytest=True), known.scripts) == (None, (), None, ())
    assert (known.tools, known.speed_dependencies, known.documents) == ((), (), ())
    assert known.package_manager == "pip"
    assert known.async_frameworks == (Framework(name="", files=0),)
    assert known.coroutine_functions == 0


def test_where_answers_can_not_be_kept_they_are_told_all_the_same(make: Make) -> None:
    root = ours(make(FILES))
    (root / ".codeflash" / "cache").write_text("no folder")
    known = know(root, Wishes())
    assert known.package_manager == "uv"
    assert isinstance(known.answers.not_kept, OSError)


def test_declared_commands_that_are_none_are_a_problem(make: Make) -> None:
    known = know(make({"pyproject.toml": '[tool.optimize]\nworkload = "a | b"\n'}), Wishes())
    assert known.workloads == ()
    assert any("the declared workload can't be used" in problem for problem in known.problems)


def test_who_only_asks_imports_neither_yaml_nor_the_schema(make: Make) -> None:
    root = make(FILES)
    code = (
        "import sys, pathlib; from profiling.context.knowledge import know; "
        "from profiling.context.answering import Wishes; know(pathlib.Path(sys.argv[1]), Wishes()); "
        "print(sorted({'yaml', 'profiling.context.compiled_schema'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
