"""A session killed anywhere goes on where it was: no experiment twice, none lost, the same end."""

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.conftest import Finished, command, environment, git, target_python

MOST_RUNS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What a session left, without what differs from run to run."""

    experiments: list[tuple[int, str, str, str]]
    rows: list[tuple[str, str]]
    commits: list[str]
    files: str


def arguments(root: Path, experiments: int) -> list[str]:
    fixed = ["--workload", "python bench.py", "--tests", "python -m unittest discover -s tests"]
    return ["-C", str(root), *fixed, "--python", target_python(), "--max-experiments", str(experiments), "--json"]


def end_of(root: Path) -> End:
    records = [json.loads(path.read_text()) for path in sorted((root / ".codeflash" / "experiments").glob("*.json"))]
    table = (root / ".codeflash" / "results.tsv").read_text().splitlines()
    header = table[0].split("\t")
    rows = [dict(zip(header, line.split("\t"), strict=True)) for line in table[1:]]
    return End(
        experiments=[(r["number"], r["key"], r["proposal"]["summary"], r["verdict"]["status"]) for r in records],
        rows=[(row["description"].split("; ")[0], row["status"]) for row in rows],
        commits=git(root, "log", "--format=%s", "main..codeflash/optimize").splitlines(),
        files=git(root, "diff", "main", "codeflash/optimize"),
    )


def run_until(root: Path, experiments: int, stop: Callable[[dict[str, object]], bool]) -> int | None:
    """Run the command and kill -9 it at the first event that `stop` names; return its exit code if it ended itself."""
    process = subprocess.Popen(
        command(*arguments(root, experiments)),
        cwd=root.parent,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            if line.startswith("{") and stop(json.loads(line)):
                process.send_signal(signal.SIGKILL)
                break
    code = process.wait(timeout=120)
    return None if code == -signal.SIGKILL else code


def boundary() -> Callable[[dict[str, object]], bool]:
    """Stop where the first node after this start has ended and the next begins."""
    ended = [False]

    def stop(event: dict[str, object]) -> bool:
        if event["kind"] == "node_finished":
            ended[0] = True
        return ended[0] and event["kind"] == "node_started"

    return stop


def finish_killing_at_boundaries(root: Path, experiments: int) -> int:
    """Kill at every node boundary until the session ends by itself; return the number of kills."""
    for kills in range(MOST_RUNS):
        code = run_until(root, experiments, boundary())
        if code is not None:
            assert code == 0
            return kills
    raise AssertionError(f"the session did not end in {MOST_RUNS} runs")


def check_nothing_is_left(root: Path) -> None:
    assert git(root, "worktree", "list", "--porcelain").count("worktree ") == 1
    assert not list((root / ".codeflash" / "work").glob("lead-*"))
    assert not (root / ".codeflash" / "bench" / "draft.json").exists()


@pytest.fixture
def undisturbed(shop: Path, optimize: Callable[..., Finished]) -> Callable[[int], End]:
    root = shop.with_name("undisturbed")
    shutil.copytree(shop, root)

    def run(experiments: int) -> End:
        done = optimize(*arguments(root, experiments))
        assert done.code == 0, done.err
        check_nothing_is_left(root)
        return end_of(root)

    return run


@pytest.mark.slow
def test_a_session_killed_at_every_node_boundary_ends_as_an_undisturbed_one(
    shop: Path, undisturbed: Callable[[int], End]
) -> None:
    (shop / "notes.txt").write_text("not committed\n")
    (shop / "tests" / "test_text.py").write_text("# edited by hand\n" + (shop / "tests" / "test_text.py").read_text())
    before = git(shop, "status", "--porcelain", "--untracked-files=all", "--", "notes.txt", "tests")
    expected = undisturbed(1)
    kills = finish_killing_at_boundaries(shop, 1)
    assert kills >= 11
    assert end_of(shop) == expected
    assert expected.experiments
    assert git(shop, "status", "--porcelain", "--untracked-files=all", "--", "notes.txt", "tests") == before
    check_nothing_is_left(shop)


@pytest.mark.slow
def test_several_experiments_killed_at_every_boundary_end_as_undisturbed_ones(
    shop: Path, undisturbed: Callable[[int], End]
) -> None:
    expected = undisturbed(3)
    finish_killing_at_boundaries(shop, 3)
    assert end_of(shop) == expected
    check_nothing_is_left(shop)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_session_killed_at_random_moments_ends_as_an_undisturbed_one(
    shop: Path, undisturbed: Callable[[int], End], seed: int
) -> None:
    rng = random.Random(seed)
    expected = undisturbed(2)
    for _ in range(8):
        process = subprocess.Popen(
            command(*arguments(shop, 2)),
            cwd=shop.parent,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        time.sleep(rng.uniform(0.2, 9.0))
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=60)
    assert run_until(shop, 2, lambda _: False) == 0
    assert end_of(shop) == expected
    check_nothing_is_left(shop)


@pytest.mark.slow
def test_ctrl_c_saves_the_state_and_the_next_run_goes_on(shop: Path, undisturbed: Callable[[int], End]) -> None:
    process = subprocess.Popen(
        command(*arguments(shop, 1)),
        cwd=shop.parent,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        process_group=0,
    )
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        if event["kind"] == "node_started" and event["data"]["node"] == "measure":
            break
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "optimize" in err
    assert "interrupted" in (shop / ".codeflash" / "HANDOFF.md").read_text()
    assert run_until(shop, 1, lambda _: False) == 0
    assert end_of(shop) == undisturbed(1)


@pytest.mark.slow
def test_an_interrupted_session_is_not_gone_on_with_under_another_workload(shop: Path) -> None:
    def stop(event: dict[str, object]) -> bool:
        return event["kind"] == "node_started" and event["data"] == {"node": "targets"}

    assert run_until(shop, 1, stop) is None
    named = [word.replace("python bench.py", "python -X utf8 bench.py") for word in arguments(shop, 1)]
    process = subprocess.run(
        command(*named), cwd=shop.parent, env=environment(), capture_output=True, text=True, check=True, timeout=120
    )
    events = [json.loads(line) for line in process.stdout.splitlines()]
    assert next(event for event in events if event["kind"] == "session")["data"]["goes_on"] is False
    assert any("another method than before" in event["text"] for event in events if event["kind"] == "baseline")


def asked(root: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    words = command(name, "-C", str(root), *arguments)
    return subprocess.run(
        words, cwd=root.parent, env=environment(), capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.slow
def test_another_terminal_sees_a_session_stops_it_in_order_and_it_goes_on_from_there(
    shop: Path, undisturbed: Callable[[int], End]
) -> None:
    none = asked(shop, "stop")
    assert (none.returncode, none.stdout) == (0, f"no session runs in {shop}\n")
    process = subprocess.Popen(
        command(*arguments(shop, 2)),
        cwd=shop.parent,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        if event["kind"] == "node_started" and event["data"] == {"node": "measure"}:
            break

    seen = json.loads(asked(shop, "status", "--json").stdout)
    told = asked(shop, "status").stdout
    ended = asked(shop, "stop")
    _, err = process.communicate(timeout=60)

    assert (seen["state"], seen["pid"]) == ("running", process.pid)
    assert f"pid {process.pid} of " in told
    assert "next: wait for it\nnext: stop it cleanly: optimize stop -C " in told
    assert (ended.returncode, process.returncode) == (0, 130), ended.stderr + err
    assert ended.stdout == f"session {seen['session']} (pid {process.pid}) has ended\n"
    assert "Traceback" not in err
    after = json.loads(asked(shop, "status", "--json").stdout)
    assert (after["state"], after["pid"], after["session"]) == ("interrupted", None, seen["session"])
    assert (shop / ".codeflash" / "session.db").exists()
    assert run_until(shop, 2, lambda _: False) == 0
    assert end_of(shop) == undisturbed(2)
    assert json.loads(asked(shop, "status", "--json").stdout)["session"] == seen["session"]
