"""The facts pass: one run with the fact harnesses injected, merged over its processes."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from profiling.collect import facts_requests
from profiling.collect.facts_requests import Plan
from profiling.facts import ExpressionFacts, FactRequest, Facts, FunctionFacts, LoopFacts
from profiling.injection import Injection, prepare
from profiling.measure import environment
from profiling.measure.processes import Finished, Processes
from profiling.model import Command, Interpreter, Tree

DISTINCT_LIMIT = 4096
"""Distinct arguments and receivers are counted up to here, in one process as in all."""

SHORTEST_LIMIT_S = 60.0
_NOTE_LENGTH = 300

_facts = TypeAdapter(Facts)
_functions = TypeAdapter(FunctionFacts)
_loops = TypeAdapter(LoopFacts)
_expressions = TypeAdapter(ExpressionFacts)


class FactsFileError(ValueError):
    """A stored facts file can't be read; the message names it and says why."""


def collect(  # noqa: PLR0913 - what is asked, and the five things that every run of the target needs
    requests: tuple[FactRequest, ...],
    tree: Tree,
    command: Command,
    interpreter: Interpreter,
    *,
    processes: Processes,
    scratch: Path,
    timeout_factor: float = 40.0,
    plain_wall_s: float | None = None,
) -> Facts:
    """Run the command once and record what the requests ask for.

    A run that fails, or is killed at its time limit, gives the facts it had written down until then, and a note.

    Args:
        requests: without any, nothing is run.
        tree: the tree to run.
        command: the workload.
        interpreter: the target's.
        processes: starts the run.
        scratch: an existing folder outside the tree; what is put there is removed again.
        timeout_factor: how many times the plain run's wall time the run may take, at least 60 s in all.
        plain_wall_s: wall seconds of a plain run; without it the command's own time limit holds.

    Raises:
        Stopped: the session is being stopped.
        OSError: the command can't be started.
    """
    if not requests:
        return Facts()
    limit_s = command.timeout_s if plain_wall_s is None else max(SHORTEST_LIMIT_S, timeout_factor * plain_wall_s)
    plan = facts_requests.plan(requests)
    folder = Path(tempfile.mkdtemp(prefix="facts-", dir=scratch))
    try:
        injection = prepare(folder, tree, (plan.harness,))
        launch = environment.launch(command, tree, interpreter, injection=injection)
        finished = processes.run(replace(launch, timeout_s=limit_s))
        reports = tuple(injection.read(facts_requests.HARNESS))
        merged = merge(_of_report(report, plan) for report in reports)
        notes = (*plan.notes, *_run_notes(finished, limit_s), *_report_notes(reports, injection), *merged.notes)
        return replace(merged, notes=tuple(dict.fromkeys(notes)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def merge(several: Iterable[Facts]) -> Facts:
    """Join the facts of several processes.

    Counts are added, largest values kept, and what was always so must have been so in each. Distinct arguments and
    receivers are added too, up to 4096: those that two processes share count twice. Results of the same arguments in
    two processes are not compared.
    """
    functions: dict[str, FunctionFacts] = {}
    loops: dict[str, LoopFacts] = {}
    expressions: dict[str, ExpressionFacts] = {}
    notes: dict[str, None] = {}
    for facts in several:
        for id_, function in facts.functions.items():
            functions[id_] = _both_functions(functions[id_], function) if id_ in functions else function
        for id_, loop in facts.loops.items():
            loops[id_] = _both_loops(loops[id_], loop) if id_ in loops else loop
        for id_, expression in facts.expressions.items():
            expressions[id_] = _both_expressions(expressions[id_], expression) if id_ in expressions else expression
        notes |= dict.fromkeys(facts.notes)
    return Facts(functions=functions, loops=loops, expressions=expressions, notes=tuple(notes))


def write(facts: Facts, path: Path) -> None:
    """Write facts as JSON; a reader sees all of it or what was there before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_facts.dump_json(facts, indent=1))
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def read(path: Path) -> Facts:
    """Read what `write` wrote.

    Raises:
        FactsFileError: it is missing or damaged.
    """
    try:
        return _facts.validate_json(path.read_bytes())
    except OSError as error:
        raise FactsFileError(f"no facts can be read from {path}: {error.strerror}; run the facts pass again") from error
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise FactsFileError(f"{path} holds no facts ({problem}): remove it and run the facts pass again") from error


def _of_report(report: Mapping[str, object], plan: Plan) -> Facts:
    """Return a process's report by the requests' ids; it comes from the target: what doesn't fit is noted."""
    functions: dict[str, FunctionFacts] = {}
    loops: dict[str, LoopFacts] = {}
    expressions: dict[str, ExpressionFacts] = {}
    notes = [str(note).encode("utf-8", "replace").decode()[:_NOTE_LENGTH] for note in _items(report, "notes")]
    try:
        for id_, content in _entries(report, "functions", plan):
            functions[id_] = _functions.validate_python(content | {"id": id_})
        for id_, content in _entries(report, "loops", plan):
            loops[id_] = _loops.validate_python(content | {"id": id_})
        for id_, content in _entries(report, "expressions", plan):
            expressions[id_] = _expressions.validate_python(content | {"id": id_})
    except ValidationError as error:
        notes.append(f"a report of a process does not fit: {error.errors(include_url=False)[0]['msg']}"[:_NOTE_LENGTH])
    return Facts(functions=functions, loops=loops, expressions=expressions, notes=tuple(notes))


def _entries(report: Mapping[str, object], section: str, plan: Plan) -> Iterator[tuple[str, dict[str, object]]]:
    content = report.get(section)
    for number, entry in content.items() if isinstance(content, dict) else ():
        for id_ in plan.ids.get(number, ()) if isinstance(entry, dict) else ():
            yield id_, entry


def _items(report: Mapping[str, object], section: str) -> list[object]:
    content = report.get(section)
    return content if isinstance(content, list) else []


def _run_notes(finished: Finished, limit_s: float) -> Iterator[str]:
    if finished.timed_out:
        yield f"the facts run was killed at its limit of {limit_s:.0f} s: the facts are those of the time until then"
    elif finished.usage.exit_code != 0:
        last = finished.stderr.strip().rpartition("\n")[2][:_NOTE_LENGTH]
        yield f"the facts run ended with exit code {finished.usage.exit_code}: {last or 'it printed no error'}"


def _report_notes(reports: tuple[Mapping[str, object], ...], injection: Injection) -> Iterator[str]:
    if not reports:
        yield "no process of the command reported: it ran no Python, or one with -I, -E or -S"
    lost = injection.lost_processes(facts_requests.HARNESS)
    if reports and lost:
        yield f"{lost} of the processes left no report"
    errors = sum(count for report in reports if isinstance(count := report.get("hook_errors"), int))
    if errors:
        yield f"the harness met {errors} faults of its own: what it could not see is counted as changing"


def _both_functions(one: FunctionFacts, other: FunctionFacts) -> FunctionFacts:
    opened = _added(one.opened_files, other.opened_files)
    names = (*one.argument_types, *other.argument_types)
    types = {name: _added(one.argument_types.get(name, {}), other.argument_types.get(name, {})) for name in names}
    return FunctionFacts(
        id=one.id,
        calls=one.calls + other.calls,
        distinct_arguments=min(DISTINCT_LIMIT, one.distinct_arguments + other.distinct_arguments),
        keyable_calls=one.keyable_calls + other.keyable_calls,
        consistent=one.consistent and other.consistent,
        consistent_by_receiver=one.consistent_by_receiver and other.consistent_by_receiver,
        receivers=min(DISTINCT_LIMIT, one.receivers + other.receivers),
        argument_types=types,
        result_types=_added(one.result_types, other.result_types),
        results_immutable=one.results_immutable and other.results_immutable,
        raised=one.raised + other.raised,
        max_depth=max(one.max_depth, other.max_depth),
        opened_files=opened,
        written_files=min(len(opened), one.written_files + other.written_files),
    )


def _both_loops(one: LoopFacts, other: LoopFacts) -> LoopFacts:
    return LoopFacts(
        id=one.id,
        entries=one.entries + other.entries,
        trips=one.trips + other.trips,
        max_trips=max(one.max_trips, other.max_trips),
    )


def _both_expressions(one: ExpressionFacts, other: ExpressionFacts) -> ExpressionFacts:
    lengths = [length for length in (one.max_len, other.max_len) if length is not None]
    return ExpressionFacts(
        id=one.id,
        evaluations=one.evaluations + other.evaluations,
        types=_added(one.types, other.types),
        max_len=max(lengths, default=None),
        total_len=one.total_len + other.total_len,
        elements_hashable=one.elements_hashable and other.elements_hashable,
        loop_entries=one.loop_entries + other.loop_entries,
        changed_entries=one.changed_entries + other.changed_entries,
    )


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """Return the sums, most frequent first."""
    sums = {name: one.get(name, 0) + other.get(name, 0) for name in (*one, *other)}
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))
