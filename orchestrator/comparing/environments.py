"""An environment for each side where their dependencies differ: kept in the cache, never the person's."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestrator.comparing.dependencies import Dependencies
from orchestrator.errors import NotWritable, SetupFailed
from profiling.context import interpreter as interpreters
from profiling.measure.environment import secrets_removed
from profiling.measure.processes import Launch, Processes
from profiling.model import Interpreter

_READY = "ready"
_INSTALL_TIMEOUT_S = 1800.0
_SHOWN_LINES = 12
_KEPT_OUT = (
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "PIP_REQUIRE_VIRTUALENV",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_USER",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Environments:
    """Makes virtual environments.

    Attributes:
        folder: where they are kept; two of one folder have paths of equal length.
        processes: runs the installer.
        say: told what begins.
    """

    folder: Path
    processes: Processes
    say: Callable[[str], None]

    def made(self, wanted: Dependencies, python: Interpreter, root: Path, name: str) -> Interpreter:
        """Return the interpreter of an environment that holds what a commit declares.

        Args:
            wanted: what it declares.
            python: makes the environment.
            root: of the commit's worktree, where the installer is run.
            name: of the commit, for people.

        Raises:
            SetupFailed: it can't be installed; the message ends with what the installer said.
            NotWritable: the cache refuses.
        """
        place = self.folder / _digest(wanted, python)
        if not (place / _READY).is_file():
            self._make(place, wanted, python, root, name)
        return interpreters.ask(str(place / "bin" / "python"))

    def _make(self, place: Path, wanted: Dependencies, python: Interpreter, root: Path, name: str) -> None:
        try:
            shutil.rmtree(place, ignore_errors=True)
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NotWritable(f"{place} can't be made: {error}", hint="make room, or run: optimize clean") from error
        uv = shutil.which("uv")
        what = ", ".join(wanted.declared) or "nothing"
        self.say(f"installing what {name} declares ({what}) with {'uv' if uv else 'pip'}")
        try:
            for step in _steps(uv, place, wanted, python):
                self._run(step, root, name, "uv" if uv else "pip")
            (place / _READY).write_text(f"{python.executable}\n", encoding="utf-8")
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise

    def _run(self, argv: tuple[str, ...], root: Path, name: str, tool: str) -> None:
        env = {key: value for key, value in secrets_removed(os.environ).items() if key not in _KEPT_OUT}
        quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "UV_NO_PROGRESS": "1"}
        done = self.processes.run(Launch(argv=argv, cwd=root, env=env | quiet, timeout_s=_INSTALL_TIMEOUT_S))
        if done.usage.exit_code == 0 and not done.timed_out:
            return
        why = "did not end in time" if done.timed_out else f"ended with exit code {done.usage.exit_code}"
        said = "\n".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-_SHOWN_LINES:])
        raise SetupFailed(
            f"what {name} declares can't be installed: {tool} {why}\n{said}",
            hint="correct the declaration, or measure both in one environment that holds what they need:"
            " --environments shared (with --python PATH to name it)",
        )


def _steps(uv: str | None, place: Path, wanted: Dependencies, python: Interpreter) -> Iterator[tuple[str, ...]]:
    """Yield the commands that make an environment, run one after the other in the worktree's root."""
    own = str(place / "bin" / "python")
    if uv is not None:
        yield (uv, "venv", "--quiet", "--no-project", "--python", python.executable, str(place))
    else:
        yield (python.executable, "-m", "venv", str(place))
    if wanted.is_nothing:
        return
    install = (
        (uv, "pip", "install", "--quiet", "--python", own) if uv is not None else (own, "-m", "pip", "install", "-q")
    )
    yield (*install, *_arguments(place, wanted))


def _arguments(place: Path, wanted: Dependencies) -> Iterator[str]:
    if wanted.pins:
        pins = place / "pins.txt"
        pins.write_text("".join(f"{pin}\n" for pin in wanted.pins), encoding="utf-8")
        yield from ("--constraint", str(pins))
    if wanted.requirements:
        lines = place / "requirements.txt"
        lines.write_text("".join(f"{line}\n" for line in wanted.requirements), encoding="utf-8")
        yield from ("--requirement", str(lines))
    for file in wanted.files:
        yield from ("--requirement", file)
    if wanted.needs_build:
        yield f".[{','.join(wanted.extras)}]" if wanted.extras else "."


def _digest(wanted: Dependencies, python: Interpreter) -> str:
    return hashlib.sha256(f"{wanted.digest}\0{python.executable}\0{python.version}".encode()).hexdigest()[:16]
