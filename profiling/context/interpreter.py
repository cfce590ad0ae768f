"""Which Python runs the target's code."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from profiling.context.programs import located, search_path
from profiling.context.shims import behind
from profiling.model import Interpreter

OLDEST = (3, 9, 0)
ENVIRONMENTS = (".venv", "venv", "env")
MARK = "pyvenv.cfg"
_QUESTION = (
    "import json,sys;print(json.dumps([sys.executable,list(sys.version_info[:3]),sys.implementation.name,"
    "not getattr(sys,'_is_gil_enabled',lambda:True)()]))"
)


class Origin(StrEnum):
    """What leads to an interpreter."""

    IN_TREE = "environment in the repository"
    ACTIVATED = "activated environment"
    PATH = "PATH"
    OURS = "the Python of optimize"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A Python that may run the target's code.

    Attributes:
        path: of its executable, which may be missing.
    """

    path: str
    origin: Origin


class NoInterpreter(LookupError):
    """No usable Python was found; the message lists what was tried and why it was refused."""


def find(root: Path, wanted: str | None) -> Interpreter:
    """Return the target's interpreter.

    Args:
        root: the user's checkout; its `.venv`, `venv` or `env` comes before the Python on PATH.
        wanted: a path or a name given by the person; then nothing else is tried.

    Raises:
        NoInterpreter: none that runs and is CPython 3.9 or newer.
    """
    refused: list[str] = []
    for path in [wanted] if wanted else (one.path for one in candidates(root)):
        try:
            return ask(path)
        except NoInterpreter as error:
            refused.append(str(error))
    raise NoInterpreter("; ".join(refused) or "no python3 on PATH")


def candidates(root: Path) -> Iterator[Candidate]:
    """Yield the Pythons that may run the target's code, the first choice first. None of them is run.

    Args:
        root: the user's checkout; its `.venv`, `venv` or `env` comes before the activated one and the Python on PATH.
    """
    for name in ENVIRONMENTS:
        path = root / name / "bin" / "python"
        if path.exists() or (root / name / MARK).is_file():
            yield Candidate(path=str(path), origin=Origin.IN_TREE)
    own = Path(sys.prefix).resolve()
    activated = os.environ.get("VIRTUAL_ENV")
    if activated and Path(activated).resolve() != own:
        yield Candidate(path=str(Path(activated) / "bin" / "python"), origin=Origin.ACTIVATED)
    folders = [folder for folder in search_path() if not Path(folder).resolve().is_relative_to(own)]
    for found in located(("python3",), folders):
        yield Candidate(path=found.path, origin=Origin.PATH)
    yield Candidate(path=getattr(sys, "_base_executable", sys.executable), origin=Origin.OURS)


def ask(executable: str) -> Interpreter:
    """Ask an executable what it is.

    Raises:
        NoInterpreter: it does not run, does not answer, or is too old.
    """
    path = executable if os.sep in executable else next((one.path for one in located((executable,))), executable)
    try:
        done = subprocess.run(
            [behind(path, Path.cwd()), "-I", "-c", _QUESTION],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
            env={"PATH": os.defpath},
        )
        executable_path, version, implementation, free_threaded = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise NoInterpreter(f"{executable} does not run: {error}") from error
    major, minor, micro = version
    if (major, minor, micro) < OLDEST:
        raise NoInterpreter(f"{executable} is Python {major}.{minor}; 3.9 is the oldest that can be measured")
    return Interpreter(
        executable=executable_path,
        version=(major, minor, micro),
        implementation=implementation,
        free_threaded=bool(free_threaded),
    )


def has_module(interpreter: Interpreter, module: str) -> bool:
    """Say whether the interpreter can find a top-level module, without importing it."""
    code = f"import importlib.util,sys;sys.exit(importlib.util.find_spec({module!r}) is None)"
    try:
        done = subprocess.run(
            [interpreter.executable, "-I", "-c", code],
            capture_output=True,
            timeout=30,
            check=False,
            env={"PATH": os.defpath},
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
