"""A package's sources, its environment, and its own tests run in them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.licences.packages import Package

_RECORDER = Path(__file__).with_name("recorder.py")
_INSTALL_S = 600
_KEPT = ("PATH", "SSL_CERT_FILE", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "REQUESTS_CA_BUNDLE")


class SuiteError(RuntimeError):
    """A package can't be fetched or installed, or its suite did not run to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """How a suite ended.

    Attributes:
        by_test: outcome ("passed", "failed", "skipped", "xfailed") by id.
        texts: what was reported of those that did not pass, by id.
    """

    by_test: Mapping[str, str]
    texts: Mapping[str, str]

    @property
    def passed(self) -> frozenset[str]:
        """Return the ids of the tests that passed."""
        return frozenset(test for test, outcome in self.by_test.items() if outcome == "passed")


class Suite:
    """One package in a folder of its own: `pristine` sources, a `tree` to run in, a `venv`."""

    def __init__(self, package: Package, folder: Path, *, limit_s: float) -> None:
        self._package = package
        self._folder = folder
        self._limit_s = limit_s
        self.tree = folder / "tree"
        self._pristine = folder / "pristine"
        self._python = folder / "venv" / "bin" / "python"

    def prepare(self) -> None:
        """Fetch the sources and install the package's needs, unless the folder has them already.

        Raises:
            SuiteError: the registry does not serve it, or it can't be installed.
        """
        package, python = self._package, sys.executable
        if (self._folder / "recorder").exists():
            return
        wanted = f"{package.name}=={package.version}"
        pip = ["-m", "pip", "--disable-pip-version-check"]
        fetched = self._folder / "fetched"
        fetch = ["download", "-q", "--no-deps", "--no-binary", package.name, "-d", str(fetched), wanted]
        self._checked([python, *pip, *fetch])
        self._checked([python, "-m", "venv", str(self._python.parents[1])])
        self._checked([str(self._python), *pip, "install", "-q", wanted, "pytest", *package.needs])
        _unpack(next(fetched.iterdir()), self._pristine)
        self.add_recorder()

    def add_recorder(self) -> None:
        """Put the plugin into its folder."""
        recorder = self._folder / "recorder"
        recorder.mkdir()
        shutil.copy(_RECORDER, recorder / "licence_recorder.py")

    def restore(self) -> None:
        """Make `tree` a fresh copy of the sources."""
        shutil.rmtree(self.tree, ignore_errors=True)
        shutil.copytree(self._pristine, self.tree, symlinks=True)

    def run(self) -> Outcomes:
        """Run the suite on what is in `tree`.

        Raises:
            SuiteError: it did not end in time, nothing passed, or it tested something else than the tree.
        """
        rows = self._folder / "outcomes.jsonl"
        rows.unlink(missing_ok=True)
        command = [str(self._python), "-m", "pytest", "-q", "-p", "licence_recorder", "-p", "no:cacheprovider"]
        ending = self._ended(
            [*command, "--continue-on-collection-errors", "-o", "addopts=", *self._package.arguments], rows
        )
        found = [json.loads(line) for line in rows.read_text().splitlines()] if rows.exists() else []
        tested = next((row["module"] for row in found if "module" in row), None)
        if not any(row.get("outcome") == "passed" for row in found):
            raise SuiteError(f"{self._package.name}: no test passed; pytest said:\n{ending[-3000:]}")
        if tested is None or not Path(tested).is_relative_to(self.tree):
            raise SuiteError(f"{self._package.name}: tested {tested}, not the tree; pytest said:\n{ending[-3000:]}")
        return _outcomes([row for row in found if "id" in row])

    def _ended(self, command: Sequence[str], rows: Path) -> str:
        roots = [str(self._folder / "recorder"), *(str(self.tree / root) for root in self._package.import_roots)]
        environment = {
            **_environment(self._folder),
            "PYTHONPATH": os.pathsep.join(roots),
            "RECORDER_FILE": str(rows),
            "RECORDER_MODULE": self._package.module,
        }
        with (self._folder / "output.txt").open("w+") as output:
            process = subprocess.Popen(
                command,
                cwd=self.tree,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                process.wait(self._limit_s)
            except subprocess.TimeoutExpired as error:
                raise SuiteError(f"{self._package.name}: its suite took more than {self._limit_s:.0f} s") from error
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            output.seek(0)
            return output.read()

    def _checked(self, command: Sequence[str]) -> None:
        done = subprocess.run(
            command,
            check=False,
            env=_environment(self._folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_INSTALL_S,
        )
        if done.returncode:
            raise SuiteError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-3000:]}")


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "HOME": str(home), "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "TZ": "UTC"}


def _unpack(archive: Path, target: Path) -> None:
    """Unpack a source distribution; its one top folder becomes `target`."""
    unpacked = target.with_name("unpacked")
    with tarfile.open(archive) as opened:
        opened.extractall(unpacked, filter="data")
    (top,) = unpacked.iterdir()
    top.rename(target)


def _outcomes(rows: Sequence[Mapping[str, str]]) -> Outcomes:
    """Return one outcome a test: the worst of its phases."""
    by_test: dict[str, str] = {}
    texts: dict[str, str] = {}
    for row in rows:
        if by_test.get(row["id"]) != "failed":
            by_test[row["id"]] = row["outcome"]
        if row["text"]:
            texts[row["id"]] = row["text"]
    return Outcomes(by_test=by_test, texts=texts)
