from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from profiling.measure import placing
from profiling.measure.placement import SHIFTS, Placement
from profiling.measure.placing import placed
from profiling.measure.processes import Launch, Processes

MAPS = "print([line.split('-')[0] for line in open('/proc/self/maps') if 'libc' in line][0])"
MANY_THREADS = """
import threading
done = threading.Event()
threads = [threading.Thread(target=done.wait) for _ in range(200)]
for thread in threads:
    thread.start()
done.set()
for thread in threads:
    thread.join()
print(len(threads))
"""
LIMITS = "import resource; print(resource.getrlimit(resource.RLIMIT_STACK)[1])"


@pytest.fixture
def fresh_probe() -> Iterator[None]:
    placing._prefix.cache_clear()
    yield
    placing._prefix.cache_clear()


@pytest.fixture
def possible() -> None:
    if not placing._prefix():
        pytest.skip("this system can't place a process")


@pytest.mark.usefixtures("possible")
def test_processes_of_one_placement_have_their_libraries_at_one_address_and_others_elsewhere(
    script_launch: Callable[..., Launch], processes: Processes
) -> None:
    def address(shift_pages: int) -> str:
        return processes.run(placed(script_launch(MAPS), Placement(shift_pages=shift_pages))).stdout

    first, again, other = address(300), address(300), address(300 + 512)

    assert first == again
    assert int(first, 16) - int(other, 16) == 512 * 4096  # newer kernels move large libraries by 2 MiB at a time


@pytest.mark.usefixtures("possible")
def test_a_placed_command_keeps_its_arguments_exit_code_and_hard_limits(
    script_launch: Callable[..., Launch], processes: Processes
) -> None:
    plain, moved = script_launch(LIMITS), placed(script_launch(LIMITS), Placement(shift_pages=5))
    failing = placed(script_launch("import sys; sys.exit(7)"), Placement(shift_pages=5))

    assert moved.argv[-len(plain.argv) :] == plain.argv
    assert processes.run(moved).stdout == processes.run(plain).stdout
    assert processes.run(failing).usage.exit_code == 7


def test_without_a_placement_the_launch_stays_as_it_is(script_launch: Callable[..., Launch]) -> None:
    launch = script_launch("pass")
    assert placed(launch, None) is launch


@pytest.mark.usefixtures("fresh_probe")
def test_where_a_tool_is_missing_the_launch_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script_launch: Callable[..., Launch]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    launch = script_launch("pass")
    assert placed(launch, Placement(shift_pages=1)) is launch


@pytest.mark.usefixtures("fresh_probe")
def test_where_the_sandbox_refuses_the_launch_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script_launch: Callable[..., Launch]
) -> None:
    for name in ("setarch", "prlimit", "true"):
        tool = tmp_path / name
        tool.write_text("#!/bin/sh\necho 'failed to set personality: Operation not permitted' >&2\nexit 1\n")
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    launch = script_launch("pass")
    assert placed(launch, Placement(shift_pages=1)) is launch


@pytest.mark.usefixtures("fresh_probe")
def test_where_reserved_memory_counts_as_used_the_launch_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script_launch: Callable[..., Launch]
) -> None:
    (tmp_path / "overcommit").write_text("2\n")
    monkeypatch.setattr(placing, "_OVERCOMMIT", tmp_path / "overcommit")
    launch = script_launch("pass")
    assert placed(launch, Placement(shift_pages=1)) is launch


@pytest.mark.usefixtures("possible")
def test_a_placed_program_can_start_many_threads(script_launch: Callable[..., Launch], processes: Processes) -> None:
    done = processes.run(placed(script_launch(MANY_THREADS), Placement(shift_pages=SHIFTS - 1)))
    assert (done.usage.exit_code, done.stdout) == (0, "200\n")


@pytest.mark.usefixtures("fresh_probe")
def test_what_the_system_can_is_tried_once(
    monkeypatch: pytest.MonkeyPatch, script_launch: Callable[..., Launch]
) -> None:
    wanted: list[str] = []
    monkeypatch.setattr(placing.shutil, "which", wanted.append)
    for shift in range(3):
        placed(script_launch("pass"), Placement(shift_pages=shift))
    assert len(wanted) == len(set(wanted)) > 0
