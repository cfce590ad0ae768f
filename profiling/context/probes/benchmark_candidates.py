"""What the project could be measured on: declared workloads, benchmark suites and scripts, installed commands."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

from profiling.context import commands
from profiling.context.manifest import strings
from profiling.context.parsing import parsed
from profiling.context.probe import Confidence, Fact, Probe, ProbeOutput, Task
from profiling.context.scripts import console_scripts
from profiling.context.snapshot import RepoSnapshot
from profiling.model import Command

_TEST_FILES = ("**/test_*.py", "**/*_test.py", "**/bench_*.py")
_SCRIPTS = (
    *("**/bench*.py", "**/*_bench.py", "**/*_benchmark.py", "**/perf_*.py"),
    *("**/benchmarks/*.py", "**/benchmark/*.py", "**/bench/*.py"),
)
_ASV = ("**/asv.conf.json",)
# pytest-benchmark and pytest-codspeed hand it to the test; CodSpeed's mark does without.
_FIXTURE = "benchmark"
# Most files are not parsed: few hold what this finds, in code or in a text.
_LOOKS_LIKE_IT = re.compile(rb"def \w+\([^)]*\bbenchmark\b|mark\.benchmark")
_MOST_FILES = 300
_MOST = 50


class BenchmarkCandidates(Probe):
    """The best first: what was declared, then suites, scripts, and at last the commands it installs."""

    name: ClassVar[str] = "benchmark_candidates"
    version: ClassVar[int] = 2
    declared_inputs: ClassVar[tuple[str, ...]] = (
        *("pyproject.toml", "setup.cfg", "setup.py", "*requirements*.txt", "requirements/*.txt"),
        *_ASV,
        *commands.ASV_FILES,
    )
    sampled_inputs: ClassVar[tuple[str, ...]] = (*_TEST_FILES, *_SCRIPTS)
    most_sampled: ClassVar[int] = _MOST_FILES
    declared_facts: ClassVar[tuple[Fact, ...]] = (Fact.NAMES, Fact.USUAL_FILES)
    tasks: ClassVar[frozenset[Task]] = frozenset({Task.SETUP})

    def run(self, snapshot: RepoSnapshot) -> ProbeOutput:
        """Read the declarations, and at most 300 files that may hold benchmarks."""
        errors: list[str] = []
        found: dict[str, Mapping[str, object]] = {}
        usual = {str(candidate["command"]): candidate for candidate in _usual(snapshot, errors)}
        found.update(usual)
        for candidate in _others(snapshot):
            found.setdefault(str(candidate["command"]), candidate)
        kinds = {candidate["kind"] for candidate in found.values()}
        is_sure = bool(kinds & {"declared", "asv", "pytest-benchmark"})
        return ProbeOutput(
            schema_slice={
                "candidates": list(found.values())[:_MOST],
                "candidate_count": len(found),
                "usual_count": len(usual),
            },
            confidence=Confidence.HIGH if is_sure else Confidence.MEDIUM if "script" in kinds else Confidence.LOW,
            errors=tuple(errors),
        )


def _others(snapshot: RepoSnapshot) -> Iterator[Mapping[str, object]]:
    for file in snapshot.matching(*_ASV):
        yield _candidate(f"asv run --config {file}", "asv", file)
    suites = [file for file in snapshot.sample((*_TEST_FILES, *_SCRIPTS), _MOST_FILES) if _has_fixture(snapshot, file)]
    for file in suites:
        yield _candidate(f"python -m pytest -q {file} --benchmark-only", "pytest-benchmark", file)
    for file in snapshot.sample(_SCRIPTS, _MOST_FILES):
        is_test = file in suites or file.rpartition("/")[2].startswith("test_")
        if not is_test and commands.is_script(snapshot.root / file):
            yield _candidate(f"python {file}", "script", file)
    for script in console_scripts(snapshot.manifest):
        yield _candidate(script.name, "console_script", script.target.partition(":")[0])


def _usual(snapshot: RepoSnapshot, errors: list[str]) -> Iterator[Mapping[str, object]]:
    """Yield what a session would take."""
    try:
        usual = commands.workloads(snapshot.root, snapshot.manifest)
    except commands.BadCommand as error:
        errors.append(f"the declared workload can't be used: {error}")
        return
    declared = strings(snapshot.manifest.table("tool", "optimize").get("workload"))
    for command in usual:
        kind = "declared" if declared and command is usual[0] else _kind(command)
        endings = (".json", ".jsonc") if kind == "asv" else (".py",)
        yield _candidate(command.text, kind, next((word for word in command.argv if word.endswith(endings)), None))


def _kind(command: Command) -> str:
    if command.argv[0] == "asv":
        return "asv"
    return "pytest-benchmark" if "--benchmark-only" in command.argv else "script"


def _candidate(command: str, kind: str, path: str | None) -> Mapping[str, object]:
    return {"command": command, "kind": kind, "path": path}


def _has_fixture(snapshot: RepoSnapshot, file: str) -> bool:
    content = snapshot.read(file) or b""
    if not _LOOKS_LIKE_IT.search(content):
        return False
    tree = parsed(content)
    if tree is None:
        return False
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return _marks_all(tree) or any(_is_benchmark(function) for function in functions)


def _marks_all(tree: ast.Module) -> bool:
    assigned = (node for node in tree.body if isinstance(node, ast.Assign))
    marks = (node for node in assigned if any(getattr(name, "id", "") == "pytestmark" for name in node.targets))
    return any("mark.benchmark" in ast.unparse(node.value) for node in marks)


def _is_benchmark(function: ast.FunctionDef) -> bool:
    is_given = any(argument.arg == _FIXTURE for argument in function.args.args)
    is_marked = any("mark.benchmark" in ast.unparse(mark) for mark in function.decorator_list)
    return function.name.startswith(("test", "bench")) and (is_given or is_marked)
