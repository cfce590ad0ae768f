"""`optimize compare` on real repositories: what it says, what it leaves, what bad input gets."""

import json
import os
import signal
import subprocess
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.conftest import Finished, command, environment, git, target_python

Optimize = Callable[..., Finished]

SLOW = "names = [name.lower() for name in known]"
FAST = "names = {name.lower() for name in known}"


def change(root: Path, branch: str, files: dict[str, str]) -> None:
    """Commit files on a new branch of main, and go back."""
    git(root, "checkout", "-q", "-b", branch, "main")
    for name, text in files.items():
        (root / name).write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", branch)
    git(root, "checkout", "-q", "main")


@pytest.fixture
def compared(shop: Path) -> Path:
    """A shop with a branch that is faster and a new benchmark on it."""
    text = (shop / "shop" / "text.py").read_text().replace(SLOW, FAST)
    change(shop, "fast", {"shop/text.py": text, "bench_new.py": (shop / "bench.py").read_text()})
    return shop


def make_wheel(path: Path, version: int) -> None:
    """Write what an installer takes: a module and its description."""
    info = f"shopdep-{version}.dist-info"
    files = {
        "shopdep.py": f"VERSION = {version}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: shopdep\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)


def asked(root: Path, *more: str) -> list[str]:
    return ["compare", "-C", str(root), "--python", target_python(), *more]


def check_untouched(root: Path) -> None:
    """Nothing of the comparison is left: no worktree, no branch, no records where there were none."""
    assert git(root, "worktree", "list").count("\n") == 0
    assert git(root, "status", "--porcelain") == ""
    assert not (root / ".codeflash").exists()


def check_refused(done: Finished, code: int, *words: str) -> None:
    assert done.code == code, done.err or done.out
    assert "Traceback" not in done.err
    assert "hint: " in done.err
    for word in words:
        assert word in done.err, done.err


@pytest.mark.flaky(reruns=2)
def test_a_faster_commit_is_better_and_its_changed_function_is_named_with_its_share(
    compared: Path, optimize: Optimize
) -> None:
    there = optimize(*asked(compared, "main", "fast", "--json"))
    assert there.code == 0, there.err
    report = json.loads(there.out)
    (workload,) = report["workloads"]
    assert (report["standing"], workload["standing"]) == ("better", "better")
    deciding = next(one for one in workload["dimensions"] if one["decides"])
    assert deciding["dimension"] == "cpu_s"
    assert deciding["low"] <= deciding["ratio"] <= deciding["high"] < 1
    function = workload["functions"][0]
    assert function["change"] == {
        "file": "shop/text.py",
        "qualname": "unknown",
        "kind": "changed",
        "line_before": 12,
        "line_after": 12,
    }
    assert function["base"]["self_share"] > function["head"]["self_share"]
    assert function["base"]["calls"] == 1
    check_untouched(compared)


@pytest.mark.flaky(reruns=2)
@pytest.mark.slow
def test_a_slower_commit_is_a_regression_that_fails_the_gate(compared: Path, optimize: Optimize) -> None:
    gate = ("--no-functions", "--fail-on", "regression", "--workload", "bench.py")
    back = optimize(*asked(compared, "fast", "main", *gate))
    assert back.code == 1, back.out
    assert "[compare] fast" in back.out
    assert "beyond" in back.out
    check_untouched(compared)


@pytest.mark.flaky(reruns=2)
@pytest.mark.slow
def test_commits_with_the_same_code_show_no_difference(compared: Path, optimize: Optimize) -> None:
    change(compared, "words", {"shop/__init__.py": '"""A shop."""\n', "README": "words\n"})
    done = optimize(*asked(compared, "main", "words", "--markdown", "--fail-on", "regression"))
    assert done.code == 0, done.out
    assert done.out.startswith("### `main")
    assert "no code of the source differs" in done.out
    assert "| **cpu\\_s** |" in done.out or "| **cpu_s** |" in done.out
    check_untouched(compared)


@pytest.mark.slow
def test_several_workloads_are_measured_and_one_that_a_side_lacks_is_named(
    compared: Path, optimize: Optimize, tmp_path: Path
) -> None:
    (tmp_path / "loads.txt").write_text("# two\npython bench.py\nbench_*.py\n")
    out = tmp_path / "result.json"
    flags = ("--workload", "loads.txt", "--no-functions", "--max-pairs", "6", "--out", str(out))
    done = optimize(*asked(compared, "main", "fast", *flags))
    assert done.code == 3, done.err
    found = {one["command"]: one["problem"] for one in json.loads(out.read_text())["workloads"]}
    assert found["python bench.py"] == ""
    assert "has no bench_new.py" in found["python bench_new.py"]
    assert "--inject bench_new.py" in done.out
    check_untouched(compared)

    git(compared, "checkout", "-q", "fast")
    flags = ("--workload", "bench_new.py", "--inject", "bench_new.py", "--no-functions", "--max-pairs", "6")
    injected = optimize(*asked(compared, "main", "fast", *flags))
    assert injected.code == 0, injected.out
    check_untouched(compared)


@pytest.mark.slow
def test_pytest_and_asv_suites_are_measured_by_their_bodies(shop: Path, optimize: Optimize) -> None:
    (shop / "perf").mkdir()
    body = "from shop.text import checksum\n\ndef {}:\n    for _ in range(300):\n        checksum('a' * 90)\n"
    (shop / "perf" / "suite.py").write_text(body.format("time_checksum()"))
    (shop / "test_speed.py").write_text(body.format("test_checksum()"))
    (shop / "asv.conf.json").write_text('{"benchmark_dir": "perf"}')
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "suites")
    change(shop, "fast", {"shop/text.py": (shop / "shop" / "text.py").read_text().replace(SLOW, FAST)})
    python = command()[0]
    wanted = ("--workload", "asv.conf.json", "--workload", "test_speed.py", "--no-functions", "--max-pairs", "6")
    done = optimize("compare", "-C", str(shop), "--python", python, "main", "fast", *wanted, "--json")
    assert done.code == 0, done.err + done.out
    found = json.loads(done.out)["workloads"]
    assert [one["command"] for one in found] == [
        "asv run --config asv.conf.json",
        "python -m pytest -q test_speed.py",
    ]
    assert [one["problem"] for one in found] == ["", ""]


@pytest.mark.slow
def test_each_side_gets_its_own_environment_where_dependencies_differ(
    shop: Path, optimize: Optimize, tmp_path: Path
) -> None:
    """The dependency is a wheel in two versions: no index is asked."""
    for version in (1, 2):
        make_wheel(tmp_path / f"shopdep-{version}-py3-none-any.whl", version)
    bench = (shop / "bench.py").read_text()
    (shop / "bench.py").write_text(f"import shopdep\nassert shopdep.VERSION == 1\n{bench}")
    (shop / "requirements.txt").write_text(f"{tmp_path}/shopdep-1-py3-none-any.whl\n")
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "needs one")
    git(shop, "checkout", "-q", "-b", "newer")
    (shop / "bench.py").write_text(f"import shopdep\nassert shopdep.VERSION == 2\n{bench}")
    (shop / "requirements.txt").write_text(f"{tmp_path}/shopdep-2-py3-none-any.whl\n")
    git(shop, "commit", "-q", "-a", "-m", "needs two")
    git(shop, "checkout", "-q", "main")
    flags = ("main", "newer", "--workload", "python bench.py", "--no-functions", "--max-pairs", "4")
    done = optimize(*asked(shop, *flags, "--json"), timeout=500)
    assert done.code == 0, done.err + done.out
    report = json.loads(done.out)
    assert report["base"]["interpreter"] != report["head"]["interpreter"]
    assert len(report["base"]["interpreter"]) == len(report["head"]["interpreter"])
    assert report["workloads"][0]["problem"] == ""
    assert any("an environment for each side" in note for note in report["notes"])
    kept = list((shop / ".codeflash" / "cache" / "environments").iterdir())
    assert len(kept) == 2

    shared = optimize(*asked(shop, *flags, "--environments", "shared"))
    assert shared.code == 3
    assert "No module named 'shopdep'" in shared.out

    (shop / "requirements.txt").write_text(f"{tmp_path}/nowhere-1-py3-none-any.whl\n")
    git(shop, "commit", "-q", "-a", "-m", "needs what is not there")
    refused = optimize(*asked(shop, *flags))
    check_refused(refused, 3, "can't be installed", "--environments shared")
    assert git(shop, "worktree", "list").count("\n") == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nope", "main"), ("'nope' names no commit", "git fetch")),
        (("main", "fast", "--inject", "shop/text.py"), ("is source",)),
        pytest.param(("main", "HEAD"), ("the same commit", "optimize doctor"), marks=pytest.mark.slow),
        pytest.param(("main", "fast", "--workload", "x*.py"), ("matches no Python file",), marks=pytest.mark.slow),
        pytest.param(("main", "fast", "--inject", "../x"), ("can't be put into both",), marks=pytest.mark.slow),
        pytest.param(("main", "fast", "--measure-time", "soon"), ("measure-time can't be",), marks=pytest.mark.slow),
    ],
)
def test_what_can_not_be_compared_is_refused_and_leaves_nothing(
    compared: Path, optimize: Optimize, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    check_refused(optimize(*asked(compared, *arguments)), 2, *words)
    check_untouched(compared)


def test_a_workload_that_fails_on_one_side_is_named_with_its_last_words(compared: Path, optimize: Optimize) -> None:
    change(compared, "broken", {"shop/text.py": "raise RuntimeError('not today')\n"})
    done = optimize(*asked(compared, "main", "broken"))
    assert done.code == 3
    assert "not measured: broken (" in done.out
    assert "not today" in done.out
    check_untouched(compared)


def test_an_interrupt_removes_the_worktrees_and_what_ran(shop: Path) -> None:
    (shop / "bench.py").write_text("import shop.text, time, pathlib\npathlib.Path('began').touch()\ntime.sleep(60)\n")
    git(shop, "commit", "-q", "-a", "-m", "sleeps")
    change(shop, "other", {"shop/__init__.py": "x = 1\n"})
    process = subprocess.Popen(
        command(*asked(shop, "main", "other")),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    work = shop / ".codeflash" / "work"
    deadline = time.monotonic() + 60
    while not list(work.glob("lead-*/began")) and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    assert git(shop, "worktree", "list").count("\n") == 2
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert "the worktrees are removed" in err
    check_untouched(shop)
