"""Have memray watch the heap: a better memory pass where the target's environment has it, with C stacks if asked."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from profiling.collect import memory_pass
from profiling.collect.baseline import Baseline
from profiling.collect.memory import FunctionMemory, Memory
from profiling.collect.memory_pass import MemoryPass
from profiling.collect.runs import Workload, ending
from profiling.collect.stacks import StackKey
from profiling.deep.model import Heap, HeapFunction, NativeBytes
from profiling.deep.project_files import ProjectFiles
from profiling.deep.run import DeepRun, Outcome, read_json
from profiling.model import FunctionKey, RunUsage

_HARNESS = "ratchet_memray"
_READER = Path(__file__).parents[1] / "harness" / "ratchet_memray_reader.py"
_COST = 10.0
"""Wall seconds of the run over plain: memray takes 2 to 3 times."""
_READING_LIMIT_S = 120.0
_LIMIT_BYTES = 2**30
_MOST_NATIVES = 3
_ALL_THREADS = "(all threads)"
"""memray's records are merged over threads, which keeps them few."""
_WHAT = "while memray watched its heap"
_GRAIN = (
    "memory by memray: small objects are seen as the arenas they lie in (up to 1 MiB), charged to the function that"
    " needed a new one"
)

Bytes = Annotated[int, Field(ge=0, le=2**62)]
_Row = tuple[Bytes, tuple[Annotated[int, Field(ge=0)], ...], tuple[str, ...]]


class _Process(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    peak_bytes: Bytes
    at_peak: tuple[_Row, ...]
    at_end: tuple[_Row, ...]
    frames: tuple[tuple[str, str, int], ...]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    processes: tuple[_Process, ...]
    unread: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """What memray told; memory is None when it told nothing, and the notes say why.

    Attributes:
        usage: of the run.
        memory: figures by function; natives: C stacks with most bytes.
        notes: what limits the figures.
        is_whole: every process was watched to its end, and the program behaved as it does without.
    """

    usage: RunUsage | None
    memory: Memory | None
    natives: Mapping[FunctionKey, tuple[NativeBytes, ...]]
    notes: tuple[str, ...]
    is_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attributed:
    """One process: figures by function, and what was held at the peak by innermost function and stack."""

    functions: Mapping[FunctionKey, FunctionMemory]
    stacks: Mapping[FunctionKey, Mapping[StackKey, int]]


def heap(run: DeepRun) -> tuple[Heap | None, tuple[str, ...]]:
    """Return the heap by function with C stacks, or None; and notes."""
    version = run.installed("memray")
    if version is None:
        return None, (f"memray is not in the target's environment: {run.advice} memray",)
    run.on_progress(f"memray {version}: at most {run.limit_s(_COST):.0f} s")
    traced = _trace(run, with_native=True)
    memory = traced.memory
    if memory is None or traced.usage is None:
        return None, traced.notes
    functions = [
        HeapFunction(
            key=key,
            owned_bytes=each.owned_bytes,
            peak_bytes=each.peak_bytes,
            live_bytes=each.live_bytes,
            natives=traced.natives.get(key, ()),
        )
        for key, each in memory.functions.items()
    ]
    found = Heap(
        version=version,
        peak_bytes=memory.peak_bytes,
        cpu_ratio=run.cpu_ratio(traced.usage),
        functions=tuple(sorted(functions, key=lambda each: (-each.owned_bytes, -each.peak_bytes, each.key))),
    )
    return found, traced.notes


def run(
    workload: Workload, scratch: Path, baseline: Baseline, budget_s: float, on_progress: Callable[[str], None]
) -> MemoryPass:
    """Run the memory pass by memray where the target's environment has it and all of the run was seen, else by ours.

    Takes the place of `profiling.collect.memory_pass.run` and gives the same, but for classes, tasks and imports, which
    memray does not see. Of a failure the notes say why ours stands in.
    """
    deep = DeepRun(
        workload=workload,
        plain=baseline.usages,
        timed_out=baseline.timed_out,
        scratch=scratch,
        on_progress=on_progress,
    )
    version = deep.installed("memray") if budget_s > 0 else None
    if version is None:
        return memory_pass.run(workload, scratch, baseline, budget_s, on_progress)
    on_progress(f"memory pass by memray {version}")
    traced = _trace(deep, with_native=False)
    if traced.memory is not None and traced.is_whole:
        return MemoryPass(usage=traced.usage, merged=traced.memory, notes=traced.notes)
    found = memory_pass.run(workload, scratch, baseline, budget_s, on_progress)
    failures = tuple(note for note in traced.notes if note != _GRAIN)
    return replace(found, notes=(*failures, *found.notes))


def _trace(run: DeepRun, *, with_native: bool) -> Traced:
    files = run.folder()
    options = {"folder": str(files.resolve()), "native": with_native, "limit_bytes": _LIMIT_BYTES}
    outcome = run.injected(_HARNESS, options, factor=_COST, what=_WHAT)
    notes = [*outcome.notes, *_complaints(outcome)]
    answer = _read(run, files)
    if isinstance(answer, str) or not answer.processes:
        reason = answer if isinstance(answer, str) else _reason(outcome, answer)
        notes.append(f"memray gave nothing: {reason}")
        return Traced(usage=None, memory=None, natives={}, notes=tuple(notes))
    if answer.unread:
        name, why = answer.unread[0]
        notes.append(f"{len(answer.unread)} of memray's files can't be read and are left out ({name}: {why})")
    files_of = ProjectFiles(
        tree=run.workload.tree, scripts=tuple(str(report.get("argv0", "")) for report in outcome.reports)
    )
    found = [_attributed(process, files_of) for process in answer.processes]
    memory = _merged(answer.processes, found, notes=(*notes, _GRAIN))
    return Traced(
        usage=outcome.finished.usage,
        memory=memory,
        natives=_natives(answer.processes, files_of),
        notes=memory.notes,
        is_whole=not notes,
    )


def _complaints(outcome: Outcome) -> Iterator[str]:
    for report in outcome.reports:
        name = report.get("argv0") or "-c"
        if isinstance(stopped := report.get("stopped_because"), str):
            yield f"memray was stopped in process {name}: {stopped}"
        if isinstance(problem := report.get("problem"), str):
            yield f"memray did not begin in process {name}: {problem}"


def _reason(outcome: Outcome, answer: _Answer) -> str:
    if answer.unread:
        return f"its file can't be read ({answer.unread[0][1]})"
    how = ending(outcome.finished.usage, timed_out=outcome.finished.timed_out)
    return f"no process left a file; the program {how}"


def _read(run: DeepRun, files: Path) -> _Answer | str:
    """Return what the target's own memray reads in the files, or why that failed."""
    output = run.folder() / "answer.json"
    try:
        done = run.python(str(_READER), str(files.resolve()), str(output.resolve()), timeout_s=_READING_LIMIT_S)
    except OSError as error:
        return f"its reader can't be started ({error.strerror or error})"
    if done.timed_out:
        return f"reading its files took longer than {_READING_LIMIT_S:g} s: name a shorter workload"
    value = read_json(output)
    if value is None:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return f"its files can't be read ({last[:200]})"
    try:
        answer = _Answer.model_validate(value)
    except (ValidationError, RecursionError):
        return "its reader's answer is malformed"
    return answer if _is_whole(answer) else "its reader's answer is malformed"


def _is_whole(answer: _Answer) -> bool:
    """Say whether every frame number in it has a frame."""
    return all(
        number < len(process.frames)
        for process in answer.processes
        for row in (*process.at_peak, *process.at_end)
        for number in row[1]
    )


def _attributed(process: _Process, files: ProjectFiles) -> _Attributed:
    """Charge one process's allocations to project functions: to the innermost, and at the peak to all above it too."""
    functions: defaultdict[FunctionKey, FunctionMemory] = defaultdict(FunctionMemory)
    stacks: defaultdict[FunctionKey, defaultdict[StackKey, int]] = defaultdict(lambda: defaultdict(int))
    for size, stack, _ in process.at_peak:
        keys = _keys(process, stack, files)
        if keys:
            functions[keys[0]].owned_bytes += size
            frames = tuple(dict.fromkeys(reversed(keys)))
            stacks[keys[0]][StackKey(thread=_ALL_THREADS, frames=frames, library=None)] += size
        for key in dict.fromkeys(keys):
            functions[key].peak_bytes += size
    for size, stack, _ in process.at_end:
        keys = _keys(process, stack, files)
        if keys:
            functions[keys[0]].live_bytes += size
    return _Attributed(functions=functions, stacks=stacks)


def _keys(process: _Process, stack: Sequence[int], files: ProjectFiles) -> list[FunctionKey]:
    """Return the project functions of a stack, innermost first."""
    frames = (process.frames[number] for number in stack)
    found = (files.function(file, line) for _, file, line in frames)
    return [key for key in found if key is not None]


def _merged(processes: Sequence[_Process], found: Sequence[_Attributed], *, notes: tuple[str, ...]) -> Memory:
    """Merge processes as the other memory pass does: peaks are the largest of one, live bytes the sum."""
    functions: defaultdict[FunctionKey, FunctionMemory] = defaultdict(FunctionMemory)
    stacks: dict[FunctionKey, Mapping[StackKey, int]] = {}
    for one in found:
        for key, figures in one.functions.items():
            function = functions[key]
            function.peak_bytes = max(function.peak_bytes, figures.peak_bytes)
            function.live_bytes += figures.live_bytes
            if figures.owned_bytes > function.owned_bytes:
                function.owned_bytes = figures.owned_bytes
                stacks[key] = one.stacks.get(key, {})
    return Memory(
        functions=functions,
        stacks={stack: size for owned in stacks.values() for stack, size in owned.items()},
        peak_bytes=max(process.peak_bytes for process in processes),
        notes=notes,
    )


def _natives(processes: Sequence[_Process], files: ProjectFiles) -> Mapping[FunctionKey, tuple[NativeBytes, ...]]:
    """Return the C stacks with most bytes, by the innermost project function, of the process with the largest heap."""
    largest = max(processes, key=lambda process: process.peak_bytes)
    sizes: defaultdict[FunctionKey, defaultdict[tuple[str, ...], int]] = defaultdict(lambda: defaultdict(int))
    for size, stack, native in largest.at_peak:
        keys = _keys(largest, stack, files) if native else []
        if keys:
            sizes[keys[0]][native] += size
    return {
        key: tuple(
            NativeBytes(stack=stack, size_bytes=size)
            for stack, size in sorted(each.items(), key=lambda item: -item[1])[:_MOST_NATIVES]
        )
        for key, each in sizes.items()
    }
