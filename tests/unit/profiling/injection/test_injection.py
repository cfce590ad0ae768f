import json
from pathlib import Path

import pytest

from profiling.injection import Harness, Injection, prepare
from profiling.model import Tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    root = tmp_path / "tree"
    root.mkdir()
    return Tree(root=root, import_roots=(".",), packages=("shop",), source_paths=("shop",))


@pytest.fixture
def injection(tmp_path: Path, tree: Tree) -> Injection:
    folder = tmp_path / "injection"
    folder.mkdir()
    return prepare(folder, tree, (Harness(name="ratchet_time", options={"period_s": 0.002}),))


def test_the_configuration_says_what_the_bootstrap_needs(injection: Injection, tree: Tree) -> None:
    config = json.loads(Path(injection.env["RATCHET_HARNESS"]).read_text())

    assert config == {
        "root": str(tree.root.resolve()),
        "source_paths": ["shop"],
        "packages": ["shop"],
        "reports": str(injection.reports),
        "harnesses": [{"name": "ratchet_time", "options": {"period_s": 0.002}}],
    }
    assert set(injection.env) == {"RATCHET_HARNESS"}


def test_a_harness_comes_with_the_files_that_it_imports_and_no_others(injection: Injection) -> None:
    names = {path.name for path in Path(injection.python_path).iterdir()}

    assert {"sitecustomize.py", "ratchet_time.py", "ratchet_codes.py", "ratchet_bootstrap_host.py"} <= names
    assert not {"ratchet_memory.py", "ratchet_run.py", "__init__.py"} & names


def test_a_harness_without_a_file_is_named(tmp_path: Path, tree: Tree) -> None:
    folder = tmp_path / "injection"
    folder.mkdir()

    with pytest.raises(ValueError, match="'ratchet_nothing'"):
        prepare(folder, tree, (Harness(name="ratchet_nothing", options={}),))


def test_unreadable_reports_are_left_out(injection: Injection) -> None:
    for name, text in {
        "ratchet_time.1.0.json": '{"n": 1}',
        "ratchet_time.2.0.json": '{"n": 2',
        "ratchet_time.3.0.json": "[3]",
        "ratchet_time.4.0.json": "[" * 100_000,
        "ratchet_other.5.0.json": '{"n": 5}',
        "ratchet_time.6.0.json": '{"n": 6}',
    }.items():
        (injection.reports / name).write_text(text)
    (injection.reports / "ratchet_time.7.0.json").write_bytes(b"\xff\xfe")

    assert [report["n"] for report in injection.read("ratchet_time")] == [1, 6]


def test_processes_that_left_no_report_are_counted_once(injection: Injection) -> None:
    for pid, number in ((1, 0), (2, 0), (2, 1), (3, 0), (3, 1)):
        (injection.reports / f".started.{pid}.{number}").touch()
    (injection.reports / "ratchet_time.2.1.json").write_text("{}")

    assert injection.lost_processes("ratchet_time") == 2


def test_a_cleared_injection_holds_nothing_of_the_run_before(injection: Injection) -> None:
    (injection.reports / ".started.1.0").touch()
    (injection.reports / "ratchet_time.1.0.json").write_text("{}")

    injection.clear()

    assert list(injection.reports.iterdir()) == []
