"""What `optimize doctor` looks at: the machine and the repository, one check each, nothing changed or measured."""

import os
import platform
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from agents.specialists.setup import Setup
from orchestrator.errors import OptimizeError
from orchestrator.ledger.layout import Layout
from orchestrator.workspace.commands import Git
from orchestrator.workspace.repository import Repository
from profiling.measure import machine

# Two worktrees with an overlay of at most 512 MiB each, and the records.
_ROOMY_BYTES = 2 * 1024**3
_TIGHT_BYTES = 256 * 1024**2
_SCHEDSTAT = Path("/proc/self/schedstat")


class Level(StrEnum):
    """How bad it is: `fail` prevents a session, `warn` makes it worse."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What one check saw, and what to do about it.

    Attributes:
        figures: what was measured, for programs; the names carry the units.
    """

    name: str
    level: Level
    detail: str
    fix: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)


def git(root: Path) -> Check:
    """Is git there?"""
    try:
        version = Git(folder=root).run("--version").stdout.decode(errors="replace").strip()
    except OptimizeError as error:
        return Check(name="git", level=Level.FAIL, detail=str(error), fix=error.hint or "install git")
    return Check(name="git", level=Level.OK, detail=version)


def processors() -> Check:
    """How many processors may be used, and can a process be pinned to one?"""
    count = os.cpu_count() or 1
    name = "processors"
    if not hasattr(os, "sched_getaffinity"):
        detail = f"{count}; {platform.system()} can't pin a process to one: measurements need more pairs"
        return Check(name=name, level=Level.WARN, detail=detail, fix="nothing; give measurements more time")
    usable = len(os.sched_getaffinity(0))
    return Check(name=name, level=Level.OK, detail=f"{usable} of {count} may be used, processes can be pinned")


def waiting_times() -> Check:
    """Does the kernel say how long a process waited for a processor?"""
    name = "waiting times"
    if _SCHEDSTAT.is_file():
        return Check(name=name, level=Level.OK, detail=f"{_SCHEDSTAT} is there: wall times are freed from waiting")
    detail = f"no {_SCHEDSTAT}: wall times hold the time spent waiting for a processor"
    return Check(name=name, level=Level.WARN, detail=detail, fix="measure I/O-bound workloads on a quiet machine")


def load() -> Check:
    """Is the machine busy with other work?"""
    seen = machine.load()
    figures = {"load_average": seen.average, "cores": float(seen.cores)}
    if seen.others is not None and seen.steal is not None:
        figures |= {"others_busy_cores": seen.others, "stolen_cores": seen.steal}
    if not seen.is_high:
        return Check(name="load", level=Level.OK, detail=seen.text, figures=figures)
    fix = "let other work end; pairs on one core stay fair, but take longer"
    return Check(name="load", level=Level.WARN, detail=seen.text, fix=fix, figures=figures)


def repository(root: Path) -> Check:
    """Is there a repository with a commit, and is it the state that will be worked on?"""
    try:
        found = Repository.open(root)
        uncommitted = found.uncommitted()
    except OptimizeError as error:
        return Check(name="repository", level=Level.FAIL, detail=str(error), fix=error.hint)
    where = f"{found.root} at {found.head_commit()[:10]} ({found.branch() or 'detached'})"
    if not uncommitted:
        return Check(name="repository", level=Level.OK, detail=where)
    detail = f"{where}; not committed: {', '.join(uncommitted[:3])}{_more(len(uncommitted) - 3)}"
    fix = "commit what should be optimized: a session works on the last commit"
    return Check(name="repository", level=Level.WARN, detail=detail, fix=fix)


def writable(root: Path) -> Check:
    """Can the records be written?"""
    folder = Layout(root=root).folder
    if folder.is_symlink():
        detail = f"{folder} is a symbolic link"
        return Check(name="records", level=Level.FAIL, detail=detail, fix=f"replace it by a folder: rm {folder}")
    where = folder if folder.exists() else root
    if os.access(where, os.W_OK | os.X_OK):
        return Check(name="records", level=Level.OK, detail=f"{folder} can be written")
    return Check(name="records", level=Level.FAIL, detail=f"{where} can't be written", fix=f"chmod u+wx {where}")


def room(root: Path) -> Check:
    """Is there room for two worktrees and the records?"""
    free = shutil.disk_usage(root).free
    level = Level.OK if free >= _ROOMY_BYTES else Level.WARN if free >= _TIGHT_BYTES else Level.FAIL
    fix = "" if level is Level.OK else "make room: two worktrees with their data files must fit"
    return Check(name="disk", level=level, detail=f"{free / 1024**3:.1f} GiB free", fix=fix)


def project(root: Path, setup: Setup) -> tuple[Check, ...]:
    """Can the project's code be run, measured and tested?"""
    return (_interpreter(root, setup), _source(setup), _workload(setup), _tests(setup))


def _interpreter(root: Path, setup: Setup) -> Check:
    version = ".".join(map(str, setup.interpreter.version))
    detail = f"Python {version} ({setup.interpreter.executable})"
    is_environment = (Path(setup.interpreter.executable).parent.parent / "pyvenv.cfg").is_file()
    if is_environment or not setup.speed_dependencies:
        return Check(name="interpreter", level=Level.OK, detail=detail)
    needed = f"the project needs {', '.join(setup.speed_dependencies[:3])}{_more(len(setup.speed_dependencies) - 3)}"
    fix = f"python3 -m venv {root / '.venv'} and install the project there, or name one: --python"
    return Check(name="interpreter", level=Level.WARN, detail=f"{detail}, no virtual environment; {needed}", fix=fix)


def _source(setup: Setup) -> Check:
    return Check(name="source", level=Level.OK, detail=", ".join(setup.tree.source_paths))


def _workload(setup: Setup) -> Check:
    if setup.workload is None:
        fix = "name what should be faster: optimize --workload 'python bench.py'"
        return Check(name="workload", level=Level.FAIL, detail="none given, none found", fix=fix)
    others = _more(len(setup.workload_candidates) - 1, "other candidate")
    return Check(name="workload", level=Level.OK, detail=f"{setup.workload.text}{others}")


def _tests(setup: Setup) -> Check:
    if setup.tests is not None:
        return Check(name="tests", level=Level.OK, detail=setup.tests.text)
    detail = "; ".join(setup.problems) or "none found"
    return Check(name="tests", level=Level.WARN, detail=detail, fix="name them: optimize --tests 'python -m pytest'")


def _more(count: int, what: str = "more") -> str:
    if count <= 0:
        return ""
    return f" and {count} {what}{'s' if what != 'more' and count > 1 else ''}"
