"""Pushes prepared branches and opens their pull requests through `gh`, when a person asks for it."""

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import OptimizeError
from orchestrator.pull_requests.preparing import Prepared
from orchestrator.workspace.repository import Repository

_TIMEOUT_S = 120
_PUSH_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What became of one: where its pull request is, or what is left to be done by hand."""

    text: str
    is_pushed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """Opens pull requests.

    Attributes:
        repository: the person's.
        remote: pushed to.
        target: branch of the remote that independent ones are to be merged into.
    """

    repository: Repository
    remote: str
    target: str

    def open(self, prepared: Prepared) -> Opened:
        """Push and open one."""
        reference = f"{prepared.commit}:refs/heads/{prepared.branch}"
        try:
            pushed = self.repository.git.run(
                "push", self.remote, reference, accept=(0, 1, 128), timeout_s=_PUSH_TIMEOUT_S
            )
        except OptimizeError as error:
            return Opened(text=f"not pushed: {_last(str(error))}", is_pushed=False)
        if pushed.exit_code:
            return Opened(text=f"not pushed: {pushed.reason}", is_pushed=False)
        if shutil.which("gh") is None:
            return Opened(text=f"pushed to {self.remote}; gh is not installed: open the pull request by hand")
        try:
            there = self._there(prepared)
            return Opened(text=f"is there already: {there}" if there else self._opened(prepared))
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            return Opened(text=f"pushed to {self.remote}; gh could not open it: {_last(_said(error))}")

    def _there(self, prepared: Prepared) -> str:
        """Return the address of a pull request of this branch, open or not; nothing when there is none."""
        found = json.loads(self._gh("pr", "list", "--head", prepared.branch, "--state", "all", "--json", "url"))
        return str(found[0]["url"]) if isinstance(found, list) and found and isinstance(found[0], dict) else ""

    def _opened(self, prepared: Prepared) -> str:
        with tempfile.TemporaryDirectory() as folder:
            text = Path(folder) / "body.md"
            text.write_text(prepared.body, encoding="utf-8")
            base = prepared.base or self.target
            words = ("--head", prepared.branch, "--base", base, "--title", prepared.title, "--body-file", str(text))
            return self._gh("pr", "create", *words).strip()

    def _gh(self, *words: str) -> str:
        done = subprocess.run(
            ["gh", *words],
            cwd=self.repository.root,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        return done.stdout


def _said(error: Exception) -> str:
    return str(error.stderr or error) if isinstance(error, subprocess.CalledProcessError) else str(error)


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it said nothing"
