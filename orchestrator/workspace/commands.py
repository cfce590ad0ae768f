"""Run one git command: bounded in time, without prompts, without the target's hooks unless they are asked for."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import NotARepository, NotWritable, OptimizeError, TargetError
from profiling.context.git_settings import CONFIGURED, LOCATORS, NO_HOOKS, QUIET
from profiling.measure.environment import secrets_removed

READ_TIMEOUT_S = 120.0
HOOKS_TIMEOUT_S = 900.0

_UNWRITABLE = (
    "Permission denied",
    "Read-only file system",
    "No space left on device",
    "Disk quota exceeded",
    "insufficient permission",
    "could not lock",
    "cannot lock ref",
    ".lock': File exists",
)


class GitCommandFailed(TargetError):
    """A git command failed, or did not end in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a git command answered.

    Attributes:
        exit_code: negative for a signal.
        stdout: as printed.
        stderr: decoded with replacement.
    """

    exit_code: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        """Return the standard output, decoded with replacement, without the last line's end."""
        return self.stdout.decode(errors="replace").rstrip("\n")

    @property
    def reason(self) -> str:
        """Return, in a line, what tells most of why it failed: a remote's own words, or why git gave up."""
        lines = [line.strip() for line in f"{self.stderr}\n{self.text}".splitlines()]
        telling = [line for line in lines if line.startswith(("remote:", "fatal:", "!"))]
        found = telling or [line for line in lines if line]
        return " ".join(found[0].split())[:300] if found else "git said nothing"

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the NUL-separated paths of the standard output, as the file system names them."""
        return tuple(os.fsdecode(path) for path in self.stdout.split(b"\0") if path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """Git in one folder. Pathspecs are literal: a file called `*` is that file."""

    folder: Path

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        accept: tuple[int, ...] = (0,),
        timeout_s: float = READ_TIMEOUT_S,
    ) -> Output:
        """Run a command with the target's hooks switched off.

        Args:
            arguments: the command and its arguments.
            stdin: what it reads.
            env: variables set for it alone.
            accept: exit codes that are answers, not failures.
            timeout_s: wall seconds after which its process group is killed.

        Raises:
            NotARepository: the folder is gone.
            NotWritable: git can't write there.
            GitCommandFailed: any other exit code, no end in time, or no git at all.
        """
        argv = ("git", *NO_HOOKS, *CONFIGURED, "--literal-pathspecs", "--no-optional-locks", *arguments)
        variables = _environment() | {"LC_ALL": "C"} | dict(env or {})
        output = self._wait(argv, stdin, variables, timeout_s)
        if output.exit_code not in accept:
            raise _failure(self.folder, arguments, output)
        return output

    def run_with_hooks(self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Output:
        """Run a command with the project's hooks on, and return whatever it ended with.

        Raises:
            NotARepository: the folder is gone.
            GitCommandFailed: it did not end in time, or there is no git.
        """
        # Settings and switches given here would reach the hooks' own git commands, so there are as few as can be.
        argv = ("git", *QUIET, *arguments)
        return self._wait(argv, stdin, _environment() | dict(env or {}), HOOKS_TIMEOUT_S)

    def _wait(self, argv: tuple[str, ...], stdin: bytes, env: Mapping[str, str], timeout_s: float) -> Output:
        # Files, not pipes: a daemon that a hook leaves behind would hold a pipe open for ever.
        with tempfile.TemporaryFile() as read, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            read.write(stdin)
            read.seek(0)
            try:
                process = subprocess.Popen(
                    argv, cwd=self.folder, env=env, stdin=read, stdout=out, stderr=err, start_new_session=True
                )
            except OSError as error:
                raise self._cannot_start(error) from error
            try:
                exit_code = process.wait(timeout_s)
            except subprocess.TimeoutExpired as error:
                raise GitCommandFailed(
                    f"{_shown(argv)} did not end within {timeout_s:g} s in {self.folder}",
                    hint="run it by hand to see what it waits for",
                ) from error
            finally:
                _end(process)
            out.seek(0)
            err.seek(0)
            return Output(exit_code=exit_code, stdout=out.read(), stderr=err.read().decode(errors="replace"))

    def _cannot_start(self, error: OSError) -> OptimizeError:
        if not self.folder.is_dir():
            return NotARepository(f"{self.folder} is not a folder", hint="was it moved or deleted meanwhile?")
        return GitCommandFailed(f"git can't be run: {error}", hint="install git and put it on PATH")


def _environment() -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in LOCATORS}
    # GIT_CONFIG_KEY_0 sounds like a secret and is half of a setting: without it git refuses to start.
    settings = {name: value for name, value in inherited.items() if name.startswith("GIT_CONFIG_")}
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "true", "GIT_MERGE_AUTOEDIT": "no"}
    return secrets_removed(inherited) | settings | quiet


def _end(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing running: ask first, so that git removes its lock files."""
    if process.poll() is not None:
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(2)
            return


def _failure(folder: Path, arguments: tuple[str, ...], output: Output) -> OptimizeError:
    said = output.stderr.strip() or output.text.strip() or "it said nothing"
    message = f"{_shown(('git', *arguments))} failed in {folder} (exit {output.exit_code}): {said[-2000:]}"
    if ".lock': File exists" in said:
        return NotWritable(message, hint="end the other git command; if none is running, delete that .lock file")
    if any(words in said for words in _UNWRITABLE):
        return NotWritable(message, hint="make the repository writable for this user, with room on its disk")
    if "dubious ownership" in said:
        return NotARepository(message, hint=f"if you trust it: git config --global --add safe.directory {folder}")
    return GitCommandFailed(message, hint="run it by hand to see more")


def _shown(argv: tuple[str, ...]) -> str:
    words = [word for word in argv if word not in (*NO_HOOKS, *CONFIGURED)]
    return " ".join(words[:6]) + (" …" if len(words) > 6 else "")
