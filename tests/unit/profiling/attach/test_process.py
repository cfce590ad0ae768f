import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from profiling.attach.process import Attachment, CantAttach, attach
from profiling.measure.processes import Processes
from profiling.model import Tree

# What py-spy 0.4.3 prints, and what it writes where it was told to.
PY_SPY = """
    import pathlib, sys
    if "--version" in sys.argv:
        print("py-spy 0.4.3")
    elif "dump" in sys.argv:
        print("Process 7: python shop.py --fast\\nPython v3.12.4 (/usr/bin/python3.12)\\n")
    else:
        output = pathlib.Path(sys.argv[sys.argv.index("--output") + 1])
"""


@pytest.fixture
def running() -> Iterator[int]:
    """Give a process that lives as long as the test."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process.pid
        process.kill()


@pytest.fixture
def attached_by(tmp_path: Path) -> Callable[..., Attachment]:
    """Make an attachment by a py-spy whose recording a test writes."""

    def make(recording: str, pid: int) -> Attachment:
        (tmp_path / "shop.py").write_text("def sell():\n    return 1\n")
        program = tmp_path / "bin" / "py-spy"
        program.parent.mkdir()
        program.write_text(f"#!{sys.executable}\n{dedent(PY_SPY)}    {recording}\n")
        program.chmod(0o755)
        return Attachment(
            pid=pid,
            seconds=1,
            tree=Tree(root=tmp_path, import_roots=(".",), packages=("shop",), source_paths=("shop.py",)),
            processes=Processes(),
            scratch=tmp_path,
            folders=(program.parent,),
            on_progress=lambda _: None,
        )

    return make


def test_what_was_recorded_is_told_of_the_process_that_was_asked_for(
    attached_by: Callable[..., Attachment], running: int, tmp_path: Path
) -> None:
    line = f"thread (7): MainThread;sell ({tmp_path}/shop.py:2) 120\\n"

    found = attach(attached_by(f"output.write_text('{line}')", running))

    assert (found.pid, found.program, found.python, found.tool) == (
        running,
        "python shop.py --fast",
        "3.12.4",
        "py-spy 0.4.3",
    )
    assert [(each.key.qualname, each.samples) for each in found.functions] == [("sell", 120)]
    assert any("the process ended after" in note for note in found.notes)


def test_a_process_that_only_waits_is_a_result(attached_by: Callable[..., Attachment], running: int) -> None:
    found = attach(attached_by("output.write_text('')", running))

    assert (found.samples, found.busy_threads, found.functions) == (0, 0.0, ())
    assert any("waited all the time" in note for note in found.notes)


@pytest.mark.parametrize(
    ("recording", "said", "hint"),
    [
        ("sys.exit('Error: Permission Denied: Try running again')", "does not let us look", "SYS_PTRACE"),
        ("sys.exit('Error: Failed to find python version from target')", "runs no Python that py-spy", "newer py-spy"),
        ("sys.exit('Error: something else')", "can't look into process .*: something else", "by hand"),
        ("pass", "left nothing to read", "--duration"),
        ("output.write_bytes(bytes(range(256)))", "left nothing to read.*no stack", "--duration"),
    ],
)
def test_why_a_process_can_t_be_looked_at_is_said_with_what_to_do(
    attached_by: Callable[..., Attachment], running: int, recording: str, said: str, hint: str
) -> None:
    with pytest.raises(CantAttach, match=said) as raised:
        attach(attached_by(recording, running))

    assert hint in raised.value.hint


def test_a_py_spy_that_hangs_is_stopped(
    attached_by: Callable[..., Attachment], running: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("profiling.attach.process._START_S", 1.0)

    with pytest.raises(CantAttach, match="no answer"):
        attach(attached_by("import time; time.sleep(60)", running))


def test_a_process_that_is_not_there_is_refused_before_anything_runs(attached_by: Callable[..., Attachment]) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()

    with pytest.raises(CantAttach, match=f"no process {process.pid}"):
        attach(attached_by("sys.exit('Error: ran')", process.pid))


def test_optimize_does_not_look_at_itself(attached_by: Callable[..., Attachment]) -> None:
    with pytest.raises(CantAttach, match="is optimize itself"):
        attach(attached_by("pass", os.getpid()))


def test_a_process_that_ended_unwaited_for_is_said_to_have_ended(attached_by: Callable[..., Attachment]) -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

        with pytest.raises(CantAttach, match=f"process {process.pid} ended"):
            attach(attached_by("sys.exit('Error: Failed to find python version')", process.pid))


def test_without_py_spy_it_is_said_how_to_get_it(
    attached_by: Callable[..., Attachment], running: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = attached_by("pass", running)
    (tmp_path / "bin" / "py-spy").unlink()
    monkeypatch.setenv("PATH", "")

    with pytest.raises(CantAttach, match="neither in the target's environment nor on PATH") as raised:
        attach(wanted)

    assert raised.value.hint.endswith("-m pip install py-spy")
