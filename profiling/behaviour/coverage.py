"""How many lines of the project its tests run: by coverage.py of the target's own environment, in a run of its own."""

from dataclasses import replace
from pathlib import Path, PurePath

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from profiling.context import interpreter as interpreters
from profiling.deep.run import read_json
from profiling.measure.environment import launch
from profiling.measure.kinds import Kind, KindName, detect
from profiling.measure.processes import Processes
from profiling.model import Command, Interpreter, Tree

_REPORT_LIMIT_S = 60.0


class NotCovered(RuntimeError):
    """The coverage can't be had; the message says why."""


class _Totals(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    percent_covered: float = Field(ge=0, le=100)
    num_statements: int = Field(ge=1)


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    totals: _Totals


def covered_percent(tests: Command, tree: Tree, interpreter: Interpreter, processes: Processes, scratch: Path) -> float:
    """Return the percentage of the project's statements that the tests run, in the process they run in.

    Args:
        tests: the test command; it is run once more, under coverage.
        tree: whose source paths count.
        interpreter: of the target.
        processes: starts it.
        scratch: existing folder outside the tree; emptied by the caller.

    Raises:
        NotCovered: there is no coverage.py, the command is none it can run, or it gave nothing.
        Stopped: the processes were stopped.
    """
    words = _program(tests, detect(tests))
    if not interpreters.has_module(interpreter, "coverage"):
        raise NotCovered(f"{interpreter.executable} has no coverage: install it there")
    data, report = {"COVERAGE_FILE": str(scratch / "coverage.data")}, scratch / "coverage.json"
    # Of a folder coverage wants the path, of a module the name it is imported by.
    places = (PurePath(path).stem if path.endswith(".py") else path for path in tree.source_paths)
    source = f"--source={','.join(places)}"
    for argv, limit_s in (
        (("run", source, *words), tests.timeout_s),
        (("json", "-q", "-o", str(report)), _REPORT_LIMIT_S),
    ):
        command = replace(tests, argv=("python", "-m", "coverage", *argv), timeout_s=limit_s)
        finished = processes.run(launch(command, tree, interpreter, extra_env=data))
        if finished.timed_out:
            raise NotCovered(f"coverage did not end within {limit_s:.0f} s")
    try:
        return _Report.model_validate(read_json(report)).totals.percent_covered
    except ValidationError as error:
        raise NotCovered("coverage saw no line of the project") from error


def _program(tests: Command, kind: Kind) -> tuple[str, ...]:
    """Return the words that follow `coverage run`.

    Raises:
        NotCovered: the command starts something else than Python, or spreads its tests over processes.
    """
    if kind.parallel:
        raise NotCovered(f"`{tests.text}` spreads its tests over processes, which coverage does not follow by itself")
    if kind.is_pytest:
        return ("-m", "pytest", "-p", "no:cacheprovider", *kind.words)
    words = tests.argv[1:]
    is_python = kind.name is KindName.MODULE or (kind.name is KindName.SCRIPT and words[:1] != ())
    if not is_python or (words[0].startswith("-") and words[0] != "-m"):
        raise NotCovered(f"`{tests.text}` is not run by Python itself: name its pytest or unittest with --tests")
    return words
