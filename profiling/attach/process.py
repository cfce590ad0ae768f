"""Look at a running process for a while, by py-spy from outside: nothing is put into it, nothing is left behind."""

import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from profiling.attach.joined import Tally
from profiling.attach.model import Attached
from profiling.deep.project_files import ProjectFiles
from profiling.deep.py_spy import is_denied, own_word, why_refused
from profiling.deep.source_lines import SourceLines
from profiling.deep.stacks import SampledStack, StacksUnreadable, read_stacks
from profiling.measure.environment import secrets_removed
from profiling.measure.processes import Finished, Launch, Processes
from profiling.model import Tree

_RATE_HZ = 100
_FEW_SAMPLES = 100
_START_S = 15.0
"""Wall seconds for what py-spy does before and after it samples: finding symbols in a large binary takes some."""
_PROCESS_LINE = re.compile(r"^Process \d+: (.*)$", re.MULTILINE)
_PYTHON_LINE = re.compile(r"^Python v(\d+\.\d+\.\d+\S*)", re.MULTILINE)
_PTRACE_HINT = "run as root or as the process's user; in a container it needs --cap-add SYS_PTRACE"
_ERRORS = re.compile(r"Errors: (\d+)")


class CantAttach(RuntimeError):
    """The process can't be looked at; the message says why, `hint` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """How a process is looked at.

    Attributes:
        pid: of the process.
        seconds: whole wall seconds to look at it.
        tree: the project's, whose functions are named.
        processes: starts py-spy.
        scratch: existing folder outside the tree; emptied by the caller.
        folders: where py-spy is looked for before PATH.
        on_progress: told what runs now.
    """

    pid: int
    seconds: int
    tree: Tree
    processes: Processes
    scratch: Path
    folders: tuple[Path, ...]
    on_progress: Callable[[str], None]


def attach(wanted: Attachment) -> Attached:
    """Return what a process was seen doing.

    Raises:
        CantAttach: there is no such process, it is no Python, the system refuses, or there is no py-spy.
        profiling.measure.processes.Stopped: the processes were stopped.
    """
    _check(wanted.pid)
    program = _program(wanted.folders)
    head = _ran(wanted, (program, "dump", "--pid", str(wanted.pid)), timeout_s=_START_S)
    _refuse_failed(wanted, head)
    command = _found(_PROCESS_LINE, head.stdout)
    output = wanted.scratch / "attached.txt"
    wanted.on_progress(f"looking at process {wanted.pid} ({command[:60]}) for {wanted.seconds} s")
    options = ("--rate", str(_RATE_HZ), "--format", "raw", "--full-filenames", "--threads", "--subprocesses")
    argv = (program, "record", "--pid", str(wanted.pid), "--duration", str(wanted.seconds), *options)
    finished = _ran(wanted, (*argv, "--output", str(output)), timeout_s=wanted.seconds + _START_S)
    _refuse_failed(wanted, finished)
    files = ProjectFiles(tree=wanted.tree, scripts=tuple(word for word in command.split() if word.endswith(".py")))
    tally = Tally(files=files, source=SourceLines(root=wanted.tree.root), rate_hz=_RATE_HZ)
    tally.add_all(_stacks(output))
    seconds = min(finished.usage.wall_s, float(wanted.seconds))
    return Attached(
        pid=wanted.pid,
        program=command,
        python=_found(_PYTHON_LINE, head.stdout),
        tool=_version(wanted, program),
        seconds=seconds,
        rate_hz=_RATE_HZ,
        samples=tally.samples,
        processes=len(tally.processes),
        threads=len(tally.threads),
        functions=tally.functions(),
        libraries=tally.libraries(),
        elsewhere=tally.elsewhere(),
        stacks=tally.stacks(),
        notes=_notes(wanted, tally, finished),
    )


def _check(pid: int) -> None:
    if pid == os.getpid():
        raise CantAttach(f"process {pid} is optimize itself", "name the process that runs your program")
    try:
        os.kill(pid, 0)
    except ProcessLookupError as error:
        raise CantAttach(f"there is no process {pid}", "its number is in: ps -ef | grep python") from error
    except PermissionError as error:
        raise CantAttach(f"process {pid} is another user's", "run as that user, or as root") from error
    refused = why_refused(is_macos=sys.platform == "darwin", is_child=False)
    if refused is not None:
        raise CantAttach(f"the system lets nobody look into process {pid}: {refused}", "see what it says above")


def _program(folders: tuple[Path, ...]) -> str:
    beside = next((folder / "py-spy" for folder in folders if (folder / "py-spy").is_file()), None)
    found = str(beside) if beside is not None else shutil.which("py-spy")
    if found is None:
        raise CantAttach(
            "py-spy, which looks into processes from outside, is neither in the target's environment nor on PATH",
            f"any Python's will do: {sys.executable} -m pip install py-spy",
        )
    return found


def _ran(wanted: Attachment, argv: tuple[str, ...], *, timeout_s: float) -> Finished:
    env = {**secrets_removed(os.environ), "RUST_BACKTRACE": "0"}
    try:
        return wanted.processes.run(Launch(argv=argv, cwd=wanted.scratch, env=env, timeout_s=timeout_s))
    except OSError as error:
        raise CantAttach(f"{argv[0]} can't be started: {error.strerror or error}", "install py-spy anew") from error


def _refuse_failed(wanted: Attachment, finished: Finished) -> None:
    """Say why py-spy gave nothing, where it did."""
    if finished.usage.exit_code == 0 and not finished.timed_out:
        return
    word, pid = own_word(finished.stderr) or f"exit code {finished.usage.exit_code}", wanted.pid
    if not _is_alive(pid):
        raise CantAttach(
            f"process {pid} ended before anything was seen of it",
            "see a whole run of the program: optimize profile -- COMMAND",
        )
    if finished.timed_out:
        raise CantAttach(
            f"py-spy gave no answer about process {pid} in time", "one that is stopped can't be seen: kill -CONT PID"
        )
    if is_denied(finished.stderr):
        raise CantAttach(f"the system does not let us look into process {pid}: {word}", _PTRACE_HINT + _container(pid))
    if "python version" in word.lower():
        hint = "name the process that runs Python itself, not its shell or server; a newer py-spy knows newer Pythons"
        raise CantAttach(f"process {pid} runs no Python that py-spy knows: {word}", hint + _container(pid))
    raise CantAttach(f"py-spy can't look into process {pid}: {word}", "try py-spy by hand" + _container(pid))


def _is_alive(pid: int) -> bool:
    """Say whether a process runs; one that ended and was not waited for does not."""
    try:
        os.kill(pid, 0)
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0] != "Z"
        )
    except ProcessLookupError:
        return False
    except (OSError, IndexError):  # without /proc a process that can be signalled is one that runs
        return True


def _container(pid: int) -> str:
    """Return advice where the process sees other files than we do."""
    try:
        is_other = Path(f"/proc/{pid}/ns/mnt").readlink() != Path("/proc/self/ns/mnt").readlink()
    except OSError:
        return ""
    return "; it runs in another container: run optimize in there" if is_other else ""


def _stacks(output: Path) -> tuple[SampledStack, ...]:
    """Return what was sampled: nothing where all threads were idle."""
    try:
        if output.stat().st_size == 0:
            return ()
        return read_stacks(output)
    except (OSError, StacksUnreadable) as error:
        raise CantAttach(f"py-spy left nothing to read: {error}", "look for a shorter time: --duration 5s") from error


def _version(wanted: Attachment, program: str) -> str:
    line = _ran(wanted, (program, "--version"), timeout_s=_START_S).stdout.strip()
    return line if line.startswith("py-spy ") and len(line) < 40 and line.isprintable() else "py-spy"


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1].strip()[:500] if match else ""


def _notes(wanted: Attachment, tally: Tally, finished: Finished) -> tuple[str, ...]:
    notes = []
    if finished.usage.wall_s < wanted.seconds - 0.5:
        notes.append(f"the process ended after {finished.usage.wall_s:.1f} s of {wanted.seconds} s")
    if not tally.samples:
        notes.append("no thread was seen running: the process waited all the time")
    elif tally.samples < _FEW_SAMPLES:
        notes.append(f"{tally.samples} samples only (below {_FEW_SAMPLES} shares say little): look for longer")
    if tally.samples and not tally.functions():
        notes.append(f"nothing of {wanted.tree.root} was seen running: name its repository with -C")
    if "behind in sampling" in finished.stderr:
        notes.append("py-spy could not keep up: busy threads are more than it says, shares are right")
    errors = _ERRORS.search(finished.stderr)
    if errors is not None and int(errors[1]):
        notes.append(f"{errors[1]} samples could not be read")
    return tuple(notes)
