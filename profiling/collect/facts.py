"""The facts pass: one run with the fact harnesses injected, merged over its processes."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from time import monotonic

from pydantic import TypeAdapter, ValidationError

from profiling.collect import facts_attributes, facts_requests
from profiling.collect.facts_merge import merge
from profiling.collect.facts_reports import facts_of
from profiling.collect.facts_requests import Scope
from profiling.facts import SCHEMA, ClassRequest, FactRequest, Facts
from profiling.injection import Injection, prepare
from profiling.measure import environment
from profiling.measure.processes import Finished, Processes
from profiling.model import Command, Interpreter, Tree

SHORTEST_LIMIT_S = 60.0
_NOTE_LENGTH = 300
_DROPPING = (0.5, 0.65, 0.8, 0.9)
"""Shares of the time limit at each of which the run drops its dearest kind of facts, rather than be killed with all."""

_facts = TypeAdapter(Facts)


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
    whole_run: bool = True,
) -> Facts:
    """Run the command once and record what the requests ask for.

    A run that comes near its time limit drops the dearest kinds of facts, with a note. One that fails, or is killed at
    its limit all the same, gives the facts it had written down until then, and a note.

    Args:
        requests: without any, nothing is run.
        tree: the tree to run.
        command: the workload.
        interpreter: the target's.
        processes: starts the run.
        scratch: an existing folder outside the tree; what is put there is removed again.
        timeout_factor: how many times the plain run's wall time the run may take, at least 60 s in all.
        plain_wall_s: wall seconds of a plain run; without it the command's own time limit holds.
        whole_run: also record what nobody has to ask for (`Facts.run`).

    Raises:
        Stopped: the session is being stopped.
        OSError: the command can't be started.
    """
    if not requests:
        return Facts()
    limit_s = command.timeout_s if plain_wall_s is None else max(SHORTEST_LIMIT_S, timeout_factor * plain_wall_s)
    begun = monotonic()  # the same clock for every process of the machine
    scope = Scope(
        attributes=facts_attributes.names((each for each in requests if isinstance(each, ClassRequest)), tree),
        whole_run=whole_run,
        limits_s=tuple(begun + share * limit_s for share in _DROPPING),
    )
    plan = facts_requests.plan(requests, scope)
    folder = Path(tempfile.mkdtemp(prefix="facts-", dir=scratch))
    try:
        injection = prepare(folder, tree, (plan.harness,))
        launch = environment.launch(command, tree, interpreter, injection=injection)
        finished = processes.run(replace(launch, timeout_s=limit_s))
        reports = tuple(injection.read(facts_requests.HARNESS))
        merged = merge(facts_of(report, plan) for report in reports)
        notes = (*plan.notes, *_run_notes(finished, limit_s), *_report_notes(reports, injection), *merged.notes)
        return replace(merged, notes=tuple(dict.fromkeys(notes)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def beside(profile: Path) -> Path:
    """Return where the facts recorded with a stored profile lie."""
    return profile.with_suffix(".facts.json")


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
        FactsFileError: it is missing or damaged, or another version wrote it.
    """
    try:
        content = path.read_bytes()
        schema = _schema(content)
        if schema != SCHEMA:
            raise FactsFileError(
                f"{path} holds facts of schema {schema}, this version reads {SCHEMA}: "
                "remove it and run the facts pass again"
            )
        return _facts.validate_json(content)
    except OSError as error:
        raise FactsFileError(f"no facts can be read from {path}: {error.strerror}; run the facts pass again") from error
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise FactsFileError(f"{path} holds no facts ({problem}): remove it and run the facts pass again") from error


def _schema(content: bytes) -> object:
    """Return the schema that stored facts name; 1 where they name none, SCHEMA where they are no facts at all."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return SCHEMA  # the reader says what is wrong with them
    return value.get("schema", 1) if isinstance(value, dict) and "functions" in value else SCHEMA


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
