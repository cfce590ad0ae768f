"""The time pass and the memory pass as the compared tools, through the profiler's own functions."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.rivals.program import Program, Run
from benchmarks.rivals.tools import Machine
from profiling.collect import memory
from profiling.collect.joined import join
from profiling.collect.memory_pass import MemoryPass as NoMemoryPass
from profiling.collect.reports import memory_reports, time_reports
from profiling.collect.runs import Workload, WorkloadError, check
from profiling.collect.source import Source
from profiling.collect.time_pass import TimePass as TimePassRuns
from profiling.injection import Injection
from profiling.measure.environment import secrets_removed
from profiling.measure.processes import Launch
from profiling.model import Command
from profiling.profile import Profile

_LIMIT_S = 150.0
_ALL_PASSES_LIMIT_S = 400.0
_NO_MEMORY_PASS = NoMemoryPass(usage=None, merged=None, notes=())


@dataclass(slots=True, kw_only=True)
class TimePass:
    """One run of the time pass. Its folder is kept for the next run, so that what was compiled there stays so."""

    name: str = "**Ratchet, time pass**"
    _injection: tuple[Path, Injection] | None = None

    def run(self, machine: Machine, program: Program) -> Run:
        """Run a program under it."""
        workload = _workload(machine, program)
        injection = self._injection_for(workload, machine.scratch)
        injection.clear()
        finished = workload.under(injection)
        run = Run(usage=finished.usage, stdout=finished.stdout, stderr=finished.stderr)
        try:
            check(finished, workload.command, " under the time pass")
        except WorkloadError as error:
            return replace(run, failure=str(error).splitlines()[-1])
        passed = TimePassRuns(
            injection=injection, usages=[finished.usage], runs=[time_reports(injection.read("ratchet_time"))]
        )
        found = join(workload, "", (finished.usage,), passed, _NO_MEMORY_PASS)
        return replace(run, profile=found, seconds=_seconds(found, program))

    def _injection_for(self, workload: Workload, scratch: Path) -> Injection:
        root = workload.tree.root
        if self._injection is None or self._injection[0] != root:
            self._injection = (root, workload.injection("ratchet_time", {}, scratch))
        return self._injection[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryPass:
    """One run of the memory pass by its own harness, whatever else the environment has."""

    name: str = "**Ratchet, memory pass**"

    def run(self, machine: Machine, program: Program) -> Run:
        """Run a program under it."""
        workload = _workload(machine, program)
        injection = workload.injection("ratchet_memory", {"periodic": True, "budget_s": _LIMIT_S}, machine.scratch)
        finished = workload.under(injection)
        run = Run(usage=finished.usage, stdout=finished.stdout, stderr=finished.stderr)
        try:
            check(finished, workload.command, " under the memory pass")
        except WorkloadError as error:
            return replace(run, failure=str(error).splitlines()[-1])
        merged = memory.merge(memory_reports(injection.read("ratchet_memory")), Source(root=workload.tree.root))
        owned = {key.qualname: float(function.owned_bytes) for key, function in merged.functions.items()}
        return replace(run, owned_bytes=owned)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllPasses:
    """The whole `optimize profile`: plain runs, time, memory and counts, in a tree that is a repository."""

    name: str = "Ratchet, all passes (3 plain runs, time, memory, counts)"

    def run(self, machine: Machine, program: Program) -> Run:
        """Run the command."""
        argv = (
            sys.executable,
            "-c",
            "import sys; from orchestrator.cli.main import main; sys.exit(main())",
            "profile",
            *("-C", str(program.tree.root), "--python", machine.interpreter.executable, "--json", "--"),
            *("python", *program.target),
        )
        env = {**secrets_removed(os.environ), "PYTHONPATH": str(Path(__file__).parents[2])}
        finished = machine.processes.run(
            Launch(argv=argv, cwd=program.tree.root, env=env, timeout_s=_ALL_PASSES_LIMIT_S)
        )
        lines: Sequence[str] = finished.stderr.strip().splitlines() or ["nothing was printed"]
        failed = finished.timed_out or finished.usage.exit_code != 0
        return Run(usage=finished.usage, failure=lines[-1] if failed else "")


def _workload(machine: Machine, program: Program) -> Workload:
    command = Command(argv=("python", *program.target), timeout_s=_LIMIT_S)
    return Workload(tree=program.tree, command=command, interpreter=machine.interpreter, processes=machine.processes)


def _seconds(found: Profile, program: Program) -> dict[str, float]:
    return {
        function.key.qualname: function.cpu_total_s
        for function in found.functions
        if function.key.qualname in program.phases
    }
