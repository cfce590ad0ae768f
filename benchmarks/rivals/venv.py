"""An environment of its own with the rivals, and the real code they profile; nothing goes into the project's."""

import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from profiling.model import Interpreter

_PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
_GROUP = "bench"
_LIMIT_S = 900
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[A-Za-z0-9.!+]+)")
_PROBE = (
    "import json, sys; from importlib.metadata import distributions; print(json.dumps([list(sys.version_info[:3]),"
    " sys.implementation.name, not getattr(sys, '_is_gil_enabled', bool)() if sys.version_info >= (3, 13) else False,"
    " {d.metadata['Name'].lower(): d.version for d in distributions()}]))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivals:
    """The environment.

    Attributes:
        interpreter: its Python.
        versions: of the packages of the group, by name.
        black, packaging: folders with their sources; packaging's with its tests.
    """

    interpreter: Interpreter
    versions: dict[str, str]
    black: Path
    packaging: Path


def requirements(pyproject: str) -> dict[str, str]:
    """Return the versions of the dependency group `bench`, by name.

    Args:
        pyproject: content of the file.

    Raises:
        ValueError: there is no such group, or one of its entries is no `name==version`.
    """
    group = tomllib.loads(pyproject).get("dependency-groups", {}).get(_GROUP)
    if group is None:
        raise ValueError(f"pyproject.toml has no dependency group {_GROUP!r}: it names the rivals and their versions")
    found = [(entry, _REQUIREMENT.fullmatch(entry)) for entry in group]
    if unpinned := [entry for entry, match in found if match is None]:
        raise ValueError(f"the group {_GROUP!r} must pin name==version, figures are of versions: {unpinned}")
    return {match["name"].lower(): match["version"] for _, match in found if match is not None}


def prepare(folder: Path, python: str, say: Callable[[str], None], pyproject: Path = _PYPROJECT) -> Rivals:
    """Make the environment, or complete the one that is there.

    Args:
        folder: of the environment; made when missing.
        python: interpreter to make it with, where there is none yet.
        say: told what is installed.
        pyproject: names the packages.
    """
    wanted = requirements(pyproject.read_text(encoding="utf-8"))
    executable = folder.absolute() / "bin" / "python"
    if not executable.exists():
        say(f"making an environment in {folder}")
        _call([python, "-m", "venv", str(folder)])
    missing = [f"{name}=={version}" for name, version in wanted.items() if _probed(executable)[1].get(name) != version]
    if missing:
        say(f"installing {', '.join(missing)}")
        _call([str(executable), "-m", "pip", "install", "-q", *missing])
    sources = folder.absolute() / "sources"
    return Rivals(
        interpreter=_probed(executable)[0],
        versions=wanted,
        black=_pure_python(executable, sources / f"black-{wanted['black']}", "black", wanted["black"], say),
        packaging=_source(executable, sources, f"packaging-{wanted['packaging']}", say),
    )


def _pure_python(executable: Path, folder: Path, name: str, version: str, say: Callable[[str], None]) -> Path:
    """Install a package's wheel without compiled parts into a folder: the compiled one shows no functions."""
    if not folder.exists():
        say(f"fetching {name} {version} without compiled parts")
        partial = folder.with_name(f"{folder.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        any_python = ("--platform", "any", "--implementation", "py", "--abi", "none", "--only-binary=:all:")
        pip = [str(executable), "-m", "pip", "install", "-q", "--no-deps", *any_python, "--target", str(partial)]
        _call([*pip, f"{name}=={version}"])
        partial.rename(folder)
    return folder


def _source(executable: Path, sources: Path, release: str, say: Callable[[str], None]) -> Path:
    """Fetch and unpack a source distribution."""
    folder = sources / release
    if not folder.exists():
        say(f"fetching the source of {release}")
        name, _, version = release.rpartition("-")
        pip = [str(executable), "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
        _call([*pip, "-d", str(sources), f"{name}=={version}"])
        with tarfile.open(sources / f"{release}.tar.gz") as archive:
            archive.extractall(sources, filter="data")
    return folder


def _probed(executable: Path) -> tuple[Interpreter, dict[str, str]]:
    """Return what an interpreter is, and the versions of what it has installed."""
    version, implementation, is_free_threaded, installed = json.loads(_call([str(executable), "-c", _PROBE]))
    interpreter = Interpreter(
        executable=str(executable),
        version=(version[0], version[1], version[2]),
        implementation=implementation,
        free_threaded=is_free_threaded,
    )
    return interpreter, installed


def _call(argv: list[str]) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, timeout=_LIMIT_S, check=False)
    if done.returncode:
        sys.exit(f"`{' '.join(argv)}` ended with exit code {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout
