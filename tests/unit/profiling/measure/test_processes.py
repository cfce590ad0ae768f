import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from profiling.measure.processes import Launch, Processes, Stopped

ScriptLaunch = Callable[..., Launch]


def test_exit_code_output_and_cost_of_a_command_are_reported(processes: Processes, script_launch: ScriptLaunch) -> None:
    text = "import sys; sum(range(3_000_000)); print('out'); print('err', file=sys.stderr); sys.exit(3)"

    finished = processes.run(script_launch(text))

    assert finished.usage.exit_code == 3
    assert (finished.stdout, finished.stderr) == ("out\n", "err\n")
    assert finished.stdout_bytes == 4
    assert finished.stdout_sha256 == hashlib.sha256(b"out\n").hexdigest()
    assert 0 < finished.usage.cpu_s <= finished.usage.wall_s * 1.5
    assert not finished.timed_out


def test_a_death_by_signal_is_a_negative_exit_code(processes: Processes, script_launch: ScriptLaunch) -> None:
    finished = processes.run(script_launch("import os; os.abort()"))

    assert finished.usage.exit_code == -6


def test_standard_input_is_empty_and_the_environment_is_the_one_given(
    processes: Processes, script_launch: ScriptLaunch
) -> None:
    text = "import os, sys; print(repr(sys.stdin.read()), sorted(os.environ), os.getsid(0) == os.getpid())"

    finished = processes.run(script_launch(text))

    assert finished.stdout == "'' ['LC_ALL'] True\n"


def test_only_the_end_of_a_huge_output_is_kept(processes: Processes, script_launch: ScriptLaunch) -> None:
    text = "import sys\nfor i in range(50): sys.stdout.write(str(i % 10) * 1_000_000)\nprint('end')"

    finished = processes.run(script_launch(text))

    expected = hashlib.sha256(b"".join(str(i % 10).encode() * 1_000_000 for i in range(50)) + b"end\n").hexdigest()
    assert finished.stdout_bytes == 50_000_004
    assert finished.stdout_sha256 == expected
    assert len(finished.stdout) == 64 * 1024
    assert finished.stdout.endswith("9end\n")


def test_what_differs_by_where_it_ran_alone_has_one_digest(
    processes: Processes, script_launch: ScriptLaunch, tmp_path: Path
) -> None:
    text = "import os, sys; print('made', os.path.join(os.getcwd(), 'out'), 'for', os.environ['HOME'], sys.argv[1:])"

    digests = []
    for name in ("base", "the-change"):
        (tmp_path / name).mkdir()
        one = replace(script_launch(text), cwd=tmp_path / name, env={"HOME": str(tmp_path / f"home-of-{name}")})
        digests.append(processes.run(one).stdout_sha256)

    assert digests[0] == digests[1]


def test_a_command_is_killed_with_its_children_at_its_time_limit(
    processes: Processes, script_launch: ScriptLaunch, tmp_path: Path
) -> None:
    text = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "open('pid', 'w').write(str(child.pid))\n"
        "while True: pass\n"
    )

    started = time.monotonic()
    finished = processes.run(script_launch(text, timeout_s=1.0))

    assert finished.timed_out
    assert finished.usage.exit_code == -9
    assert finished.usage.wall_s >= 1.0
    assert finished.usage.cpu_s > 0
    assert time.monotonic() - started < 30
    assert _is_gone(int((tmp_path / "pid").read_text()))


def test_a_grandchild_that_holds_the_pipe_does_not_hang_us(processes: Processes, script_launch: ScriptLaunch) -> None:
    text = "import subprocess; subprocess.Popen(['sleep', '60']); print('done', flush=True)"

    started = time.monotonic()
    finished = processes.run(script_launch(text))

    assert finished.usage.exit_code == 0
    assert finished.stdout == "done\n"
    assert not finished.timed_out
    assert time.monotonic() - started < 30


def test_a_program_that_is_not_there_is_an_error_that_names_it(processes: Processes, tmp_path: Path) -> None:
    launch = Launch(argv=("/no/such/program",), cwd=tmp_path, env={}, timeout_s=5)

    with pytest.raises(FileNotFoundError, match="/no/such/program"):
        processes.run(launch)


def test_when_one_of_two_cannot_be_started_the_other_is_killed(
    processes: Processes, script_launch: ScriptLaunch, tmp_path: Path
) -> None:
    missing = Launch(argv=("/no/such/program",), cwd=tmp_path, env={}, timeout_s=5)

    started = time.monotonic()
    with pytest.raises(FileNotFoundError):
        processes.run_together(script_launch("import time; time.sleep(60)"), missing)

    assert time.monotonic() - started < 30


def test_two_commands_run_at_the_same_time(processes: Processes, script_launch: ScriptLaunch, tmp_path: Path) -> None:
    text = (
        "import os, time\n"
        "open('{me}', 'w').close()\n"
        "deadline = time.monotonic() + 20\n"
        "while not os.path.exists('{other}') and time.monotonic() < deadline: time.sleep(0.01)\n"
        "print(os.path.exists('{other}'))\n"
    )

    first, second = processes.run_together(
        script_launch(text.format(me="a", other="b")), script_launch(text.format(me="b", other="a"))
    )

    assert (first.stdout, second.stdout) == ("True\n", "True\n")


def test_stop_from_another_thread_kills_what_runs_and_refuses_more(
    processes: Processes, script_launch: ScriptLaunch, tmp_path: Path
) -> None:
    def stop_once_started() -> None:
        while not (tmp_path / "started").exists():
            time.sleep(0.01)
        processes.stop()

    stopper = threading.Thread(target=stop_once_started)
    stopper.start()
    started = time.monotonic()
    with pytest.raises(Stopped):
        processes.run(script_launch("import time; open('started', 'w').close(); time.sleep(60)"))
    stopper.join()

    assert time.monotonic() - started < 30
    with pytest.raises(Stopped):
        processes.run(script_launch("pass"))


def test_peak_memory_of_a_small_child_is_not_that_of_its_big_parent() -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from profiling.measure.processes import Launch, Processes\n"
        "ballast = b'x' * (200 << 20)\n"
        "launch = Launch(argv=(sys.executable, '-c', 'pass'), cwd=Path('/'), env={}, timeout_s=30)\n"
        "print(Processes().run(launch).usage.max_rss_mib)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])}

    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    ).stdout

    assert 1 < float(printed) < 100


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="cores can't be chosen here")
def test_a_command_is_pinned_to_its_core_from_its_first_instruction(
    processes: Processes, script_launch: ScriptLaunch
) -> None:
    core = max(os.sched_getaffinity(0))

    finished = processes.run(script_launch("import os; print(os.sched_getaffinity(0))", core=core))

    assert finished.stdout == f"{{{core}}}\n"


def test_no_descriptor_is_left_open(processes: Processes, script_launch: ScriptLaunch) -> None:
    folder = Path("/dev/fd")
    processes.run(script_launch("pass"))
    before = len(list(folder.iterdir()))

    for _ in range(3):
        processes.run(script_launch("pass"))

    assert len(list(folder.iterdir())) == before


def test_a_broken_pipe_ends_a_command_silently_as_in_a_shell(processes: Processes) -> None:
    environment = {"PATH": os.environ["PATH"]}
    shell = Launch(argv=("/bin/sh", "-c", "yes | head -n 1"), cwd=Path("/"), env=environment, timeout_s=30)

    finished = processes.run(shell)

    assert (finished.stdout, finished.stderr) == ("y\n", "")


def _is_gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").exists() and ") Z " in Path(f"/proc/{pid}/stat").read_text():
            return True
        time.sleep(0.02)
    return False


def test_every_run_reads_the_file_given_from_its_begin(script_launch: ScriptLaunch, tmp_path: Path) -> None:
    (tmp_path / "all").write_text("for all")
    (tmp_path / "one").write_text("for one")
    launch = script_launch("import sys; print(sys.stdin.read())")
    processes = Processes(stdin=tmp_path / "all")

    read = [processes.run(each).stdout for each in (launch, launch, replace(launch, stdin=tmp_path / "one"))]

    assert read == ["for all\n", "for all\n", "for one\n"]


def test_an_input_that_is_not_there_is_an_error_that_names_it(
    processes: Processes, script_launch: ScriptLaunch
) -> None:
    with pytest.raises(FileNotFoundError, match="/no/such/input"):
        processes.run(replace(script_launch("pass"), stdin=Path("/no/such/input")))


def test_who_has_reported_before_is_asked_once_more_before_the_kill_at_the_time_limit(
    processes: Processes, script_launch: ScriptLaunch, tmp_path: Path
) -> None:
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / f"ratchet_time.{2**22 + 1}.0.json").touch()  # of a process that is gone: nobody waits for it
    text = (
        "import os, time\n"
        "open(f'reports/ratchet_time.{os.getpid()}.0.json', 'w').close()\n"
        "question = f'reports/.asked.{os.getpid()}'\n"
        "while not os.path.exists(question): time.sleep(0.01)\n"
        "open('answered', 'w').close()\n"
        "os.remove(question)\n"
        "time.sleep(60)\n"
    )

    finished = processes.run(replace(script_launch(text, timeout_s=1.0), farewell=reports))

    assert finished.timed_out
    assert (tmp_path / "answered").exists()
    assert sorted(path.name[:13] for path in reports.iterdir()) == ["ratchet_time.", "ratchet_time."]


def test_a_process_that_does_not_answer_is_killed_all_the_same(
    processes: Processes, script_launch: ScriptLaunch, tmp_path: Path
) -> None:
    text = "import os, time; open(f'ratchet_time.{os.getpid()}.0.json', 'w').close(); time.sleep(60)"

    finished = processes.run(replace(script_launch(text, timeout_s=0.5), farewell=tmp_path))

    assert (finished.timed_out, finished.usage.exit_code) == (True, -9)
    assert finished.usage.wall_s < 30
