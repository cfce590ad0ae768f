"""Have py-spy look at C stacks from outside: which C functions run below a project function."""

import os
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from profiling.deep.model import NativeFunction, NativeShare, NativeTime
from profiling.deep.project_files import ProjectFiles
from profiling.deep.run import DeepRun
from profiling.deep.stacks import Frame, SampledStack, StacksUnreadable, frame, read_stacks
from profiling.measure.environment import bin_folder
from profiling.measure.processes import Finished
from profiling.model import FunctionKey

_RATE_HZ = 200
_COST = 5.0
_FEW_SAMPLES = 100
_MOST_NATIVES = 8
_UNNAMED = "(without a symbol)"
_CAP_SYS_PTRACE = 19
_PTRACE_SCOPE = Path("/proc/sys/kernel/yama/ptrace_scope")
_STATUS = Path("/proc/self/status")
NEEDS_PTRACE = "it needs ptrace: run as root, or in a container with --cap-add SYS_PTRACE"


def native(run: DeepRun) -> tuple[NativeTime | None, tuple[str, ...]]:
    """Return samples of C functions by project function, or None; and notes."""
    program = _program(run)
    if program is None:
        return None, (f"py-spy is neither in the target's environment nor on PATH: {run.advice} py-spy",)
    refused = why_refused(_PTRACE_SCOPE, _STATUS, is_macos=sys.platform == "darwin")
    if refused is not None:
        return None, (f"py-spy may not look into other processes: {refused}",)
    version = _version(run, program)
    output = run.folder() / "stacks.txt"
    limit_s = run.limit_s(_COST)
    run.on_progress(f"{version} --native: at most {limit_s:.0f} s")
    options = ("--native", "--full-filenames", "--subprocesses", "--rate", str(_RATE_HZ), "--format", "raw")
    duration = ("--duration", str(max(1, int(limit_s - 5))))
    try:
        finished = run.beside((program, "record", *options, *duration, "--output", str(output), "--"), factor=_COST)
        stacks = read_stacks(output)
    except OSError as error:
        return None, (f"py-spy can't be started: {error.strerror or error}",)
    except StacksUnreadable as error:
        return None, (f"py-spy gave nothing: {error}{_said(finished)}",)
    found = NativeTime(
        version=version,
        samples=sum(stack.count for stack in stacks),
        functions=by_function(stacks, ProjectFiles(tree=run.workload.tree, scripts=run.workload.command.argv)),
    )
    return found, _notes(found.samples)


def by_function(stacks: Iterable[SampledStack], files: ProjectFiles) -> tuple[NativeFunction, ...]:
    """Charge every stack to its innermost project function, and the C function that ran below it, if one did."""
    totals: Counter[FunctionKey] = Counter()
    natives: defaultdict[FunctionKey, Counter[tuple[str, str]]] = defaultdict(Counter)
    for stack in stacks:
        frames = [frame(text) for text in stack.frames]
        place = next(
            ((index, key) for index in range(len(frames) - 1, -1, -1) if (key := _key(frames[index], files))), None
        )
        if place is None:
            continue
        index, key = place
        totals[key] += stack.count
        last = frames[-1]
        if index < len(frames) - 1 and not last.file.endswith(".py") and not last.file.startswith("<"):
            name = _UNNAMED if last.name.startswith("0x") else last.name
            natives[key][name, Path(last.file).name] += stack.count
    return tuple(
        NativeFunction(
            key=key,
            samples=samples,
            natives=tuple(
                NativeShare(name=name, file=file, samples=count)
                for (name, file), count in natives[key].most_common(_MOST_NATIVES)
            ),
        )
        for key, samples in sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    )


def _key(frame: Frame, files: ProjectFiles) -> FunctionKey | None:
    return files.function(frame.file, frame.line) if frame.file else None


def _program(run: DeepRun) -> str | None:
    beside = bin_folder(run.workload.interpreter) / "py-spy"
    return str(beside) if beside.is_file() else shutil.which("py-spy")


def _version(run: DeepRun, program: str) -> str:
    try:
        finished = run.instead((program, "--version"), factor=0.0)
    except OSError:
        return "py-spy"
    line = finished.stdout.strip()
    return line if line.startswith("py-spy ") and len(line) < 40 and line.isprintable() else "py-spy"


def why_refused(
    scope: Path = _PTRACE_SCOPE, status: Path = _STATUS, *, is_macos: bool, is_child: bool = True
) -> str | None:
    """Return why the system does not let a process look into another, as far as it says so; None where it may.

    Args:
        scope: Yama's setting; absent where there is no Yama.
        status: of this process, for its capabilities.
        is_macos: only root may there.
        is_child: whether the other one was started by it.
    """
    if is_macos:
        return None if os.geteuid() == 0 else "on macOS only root may: run as root, or leave py-spy out"
    try:
        level = int(scope.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None
    if level >= 3:
        return f"{scope} is {level}, which forbids it to all until the next boot"
    if level == 1 and not is_child and not _has_ptrace(status):
        return f"{scope} is 1: only the process that started it may; run as root, or: sysctl kernel.yama.ptrace_scope=0"
    if level == 2 and not _has_ptrace(status):
        return f"{scope} is {level}: only CAP_SYS_PTRACE may; run as root, or in a container with --cap-add SYS_PTRACE"
    return None


def _has_ptrace(status: Path) -> bool:
    try:
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
        effective = next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return False
    return bool(effective >> _CAP_SYS_PTRACE & 1)


def _said(finished: Finished) -> str:
    """Return what py-spy said itself, with advice where it was denied."""
    if finished.timed_out:
        return " (it was stopped at its time limit: name a shorter workload)"
    advice = f"; {NEEDS_PTRACE}" if is_denied(finished.stderr) else ""
    word = own_word(finished.stderr)
    return f" (it last said: {word}){advice}" if word else advice


def own_word(stderr: str) -> str:
    """Return what py-spy complains of on standard error, else its last line; a backtrace may follow what it says."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    complaint = next((line for line in lines if line.startswith("Error: ")), "")
    return (complaint.removeprefix("Error: ") or next(reversed(lines), ""))[:200]


def is_denied(stderr: str) -> bool:
    """Say whether the system refused py-spy."""
    return "ermission" in stderr or "ptrace" in stderr


def _notes(samples: int) -> tuple[str, ...]:
    base = "py-spy starts late and reads from outside: what a program does in its first tenths of a second is not seen"
    if samples >= _FEW_SAMPLES:
        return (base,)
    return (
        base,
        f"py-spy took {samples} samples only (below {_FEW_SAMPLES} shares say little): name a longer workload",
    )
