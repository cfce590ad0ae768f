"""Have the standard library's sampler (3.15 and newer) look at the workload from outside.

Untried: no such interpreter was at hand. Options and output are those of CPython's `Lib/profiling/sampling` as of 2025.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import PurePath

from profiling.deep.model import SampledFunction, TachyonSamples
from profiling.deep.run import DeepRun
from profiling.deep.stacks import SampledStack, StacksUnreadable, read_stacks
from profiling.measure.environment import launch
from profiling.model import FunctionKey, Interpreter

_SINCE = (3, 15)
_COST = 3.0
_OPTIONS = ("-a", "--native", "--mode", "cpu", "--collapsed")
_UNTRIED = "Tachyon is untried by us: no 3.15 interpreter was at hand when this was written"
_NO_PROGRAM = "Tachyon runs a script or a module (`python file.py`, `python -m name`) and this command is neither"


def tachyon(run: DeepRun) -> tuple[TachyonSamples | None, tuple[str, ...]]:
    """Return samples by project function, or None; and notes."""
    interpreter = run.workload.interpreter
    if not is_available(interpreter):
        version = ".".join(map(str, interpreter.version))
        return None, (f"Tachyon (`profiling.sampling`) is part of CPython from 3.15 on; the target runs {version}",)
    output = run.folder() / "stacks.txt"
    limit_s = run.limit_s(_COST)
    argv = launch(run.workload.command, run.workload.tree, interpreter).argv
    program = program_of(argv, interpreter)
    if program is None:
        return None, (_NO_PROGRAM,)
    run.on_progress(f"Tachyon: at most {limit_s:.0f} s")
    try:
        finished = run.instead(command(interpreter, program, str(output), limit_s), factor=_COST)
        stacks = read_stacks(output)
    except OSError as error:
        return None, (f"Tachyon can't be started: {error.strerror or error}", _UNTRIED)
    except StacksUnreadable as error:
        last = (finished.stderr.strip().splitlines() or ["nothing"])[-1]
        how = "was stopped at its time limit" if finished.timed_out else f"last said: {last[:200]}"
        return None, (f"Tachyon gave nothing: {error} (it {how})", _UNTRIED)
    keys = [each.key for each in run.functions]
    return TachyonSamples(samples=sum(stack.count for stack in stacks), functions=by_function(stacks, keys)), (
        _UNTRIED,
    )


def is_available(interpreter: Interpreter) -> bool:
    """Say whether an interpreter's standard library has the sampler."""
    return interpreter.version[:2] >= _SINCE and interpreter.implementation == "cpython"


def program_of(argv: tuple[str, ...], interpreter: Interpreter) -> tuple[str, ...] | None:
    """Return the script or `-m module` of a resolved command with its arguments, or None where it is neither.

    Args:
        argv: resolved, with a path in front.
        interpreter: the target's; a console script beside it is a script.
    """
    words = argv[1:]
    if argv[0] == interpreter.executable:
        is_module = len(words) > 1 and words[0] == "-m"
        is_script = bool(words) and not words[0].startswith("-")
        return words if is_module or is_script else None
    is_beside = PurePath(argv[0]).parent == PurePath(interpreter.executable).parent
    return argv if is_beside else None


def command(interpreter: Interpreter, program: tuple[str, ...], output: str, limit_s: float) -> tuple[str, ...]:
    """Return the sampler's command line.

    Args:
        interpreter: the target's: sampler and program must be of one minor version.
        program: see `program_of`.
        output: file for the stacks.
        limit_s: wall seconds to sample at most.
    """
    duration = str(max(1, int(limit_s - 5)))
    sampler = (interpreter.executable, "-m", "profiling.sampling", "run", *_OPTIONS, "-d", duration, "-o", output)
    return (*sampler, *program)


def by_function(stacks: Iterable[SampledStack], keys: Iterable[FunctionKey]) -> tuple[SampledFunction, ...]:
    """Charge every stack to its innermost project function.

    The sampler writes a frame as base name of the file, function and line: functions that share both are not told
    apart, and count for the first of `keys`, which is the one with most CPU.
    """
    known: dict[tuple[str, str], FunctionKey] = {}
    for key in keys:
        known.setdefault((PurePath(key.file).name, key.qualname.rpartition(".")[2]), key)
    totals: Counter[FunctionKey] = Counter()
    special: defaultdict[str, Counter[FunctionKey]] = defaultdict(Counter)
    for stack in stacks:
        found = next((known[place] for frame in reversed(stack.frames) if (place := _place(frame)) in known), None)
        if found is not None:
            totals[found] += stack.count
            special[stack.frames[-1]][found] += stack.count
    return tuple(
        SampledFunction(
            key=key, samples=samples, native_samples=special["<native>"][key], gc_samples=special["<GC>"][key]
        )
        for key, samples in sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    )


def _place(frame: str) -> tuple[str, str]:
    parts = frame.rsplit(":", 2)
    return (parts[0], parts[1]) if len(parts) == 3 else ("", "")
