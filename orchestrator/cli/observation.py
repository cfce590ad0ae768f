"""Profile a command on a checkout as it is: what `optimize profile` and `optimize targets` have in common."""

import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from agents.specialists.setup import Setup, SetupImpossible, Wishes, look
from orchestrator.cli.durations import duration
from orchestrator.cli.location import root_of
from orchestrator.cli.options import ObservationFlags
from orchestrator.cli.patience import Patience
from orchestrator.cli.standard_input import StandardInput, standard_input
from orchestrator.cli.stopper import Stopper
from orchestrator.errors import SetupFailed, UsageError, WorkloadFailed
from orchestrator.live.plain_text import neutral, one_line
from orchestrator.workspace.turns import timed_processes
from profiling.collect import store, unified
from profiling.context.commands import BadCommand
from profiling.formats.lines import unified_profile_lines
from profiling.measure.environment import launch
from profiling.measure.processes import Processes
from profiling.model import Command
from profiling.profile import Profile

# There is no commit whose tree this is.
_AS_IT_IS = "working tree"

_COLUMNS_WITHOUT_A_TERMINAL = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be observed.

    Attributes:
        root: of the checkout.
        words: the command as typed; empty means the workload found in the repository.
        python: interpreter the person wants, None to have one found.
        memory_budget_s: wall seconds the memory pass may take.
        timeout_s: wall seconds after which a run of the command is stopped.
        stdin: what `--stdin` names, None when it was not given.
        show_output: run the command once more, first, and show what it prints.
    """

    root: Path
    words: tuple[str, ...]
    python: str | None
    memory_budget_s: float
    timeout_s: float
    stdin: str | None
    show_output: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Observer:
    """Runs the target for one observation.

    Attributes:
        asked: by the person.
        setup: how the repository is run.
        command: what is observed.
        stdin: what each of its runs reads.
        processes: starts them.
        scratch: a folder outside the checkout, for the life of the observation.
        say: told what begins.
    """

    asked: Asked
    setup: Setup
    command: Command
    stdin: StandardInput
    processes: Processes
    scratch: Path
    say: Callable[[str], None]

    def profile(self) -> Profile:
        """Return the unified profile.

        Raises:
            WorkloadFailed: the command runs no line of the project.
        """
        with workload_errors():
            if self.asked.show_output:
                self._show()
            found = unified.profile(
                self.setup.tree,
                self.command,
                self.setup.interpreter,
                processes=self.processes,
                scratch=self.folder(),
                tree_id=_AS_IT_IS,
                budget_s=self.asked.memory_budget_s,
                on_progress=self.say,
                tolerant=True,
            )
        return replace(found, notes=(*found.notes, self.stdin.note)) if self.stdin.note else found

    def folder(self) -> Path:
        """Return a new, empty folder."""
        return Path(tempfile.mkdtemp(dir=self.scratch))

    def as_json(self, profile: Profile) -> str:
        """Return a profile as `--out` writes it."""
        path = self.folder() / "profile.json"
        store.write(profile, path)
        return path.read_text(encoding="utf-8")

    def _show(self) -> None:
        """Show the last of what one run prints, on standard error: standard output is for the profile."""
        self.say(f"running {self.command.text}")
        done = self.processes.run(launch(self.command, self.setup.tree, self.setup.interpreter))
        sys.stderr.write("".join(f"{neutral(text).rstrip()}\n" for text in (done.stdout, done.stderr) if text.strip()))


def asked(flags: ObservationFlags) -> Asked:
    """Return what the flags ask for.

    Raises:
        SettingsError: the budget or the time limit is no duration.
    """
    return Asked(
        root=root_of(flags["repo"]),
        words=flags["command"],
        python=flags["python"],
        memory_budget_s=duration("memory-budget", flags["memory_budget"], may_be_zero=True),
        timeout_s=duration("timeout", flags["timeout"]),
        stdin=flags["stdin"],
        show_output=flags["show_output"],
    )


@contextmanager
def observing(asked: Asked) -> Iterator[Observer]:
    """Give an observer; when the person interrupts, what it runs is stopped.

    Raises:
        SetupFailed: no source or no interpreter was found.
        UsageError: no command was given and none was found, or it can't be split, or its input can't be read.
    """
    with Stopper(), Patience() as say, tempfile.TemporaryDirectory(prefix="optimize-") as scratch:
        setup, command = _found(asked)
        say("reading standard input")
        stdin = standard_input(asked.stdin, Path(scratch))
        processes = timed_processes(say, stdin=stdin.path)
        try:
            yield Observer(
                asked=asked,
                setup=setup,
                command=command,
                stdin=stdin,
                processes=processes,
                scratch=Path(scratch),
                say=say,
            )
        finally:
            processes.stop()


def as_lines(profile: Profile) -> tuple[str, ...]:
    """Return a profile for a person, in a few lines."""
    return ("[unified profile]", *(neutral(line).replace("\n", " ") for line in unified_profile_lines(profile)))


def not_seen(notes: Sequence[str]) -> tuple[str, ...]:
    """Return the section of what an observation could not see."""
    return ("not seen:", *(f"  {one_line(note)}" for note in notes)) if notes else ()


def width() -> int:
    """Return the columns there are to write in."""
    return shutil.get_terminal_size((_COLUMNS_WITHOUT_A_TERMINAL, 24)).columns


def exit_code(profile: Profile) -> int:
    """Return the program's exit code as a shell shows it; 0 when it was stopped at its time limit."""
    code = 0 if profile.timed_out else profile.baseline[0].exit_code
    return code if code >= 0 else 128 - code


@contextmanager
def workload_errors() -> Iterator[None]:
    """Turn what running the target raises into errors of ours."""
    try:
        yield
    except unified.NothingExercised as error:
        hint = "name a command that runs the project's code; [tool.optimize] source in pyproject.toml says where it is"
        raise WorkloadFailed(str(error), hint=hint) from error
    except (unified.WorkloadError, FileNotFoundError) as error:
        raise WorkloadFailed(str(error), hint="run it by hand from the repository's root") from error


def _found(asked: Asked) -> tuple[Setup, Command]:
    text = asked.words[0] if len(asked.words) == 1 else shlex.join(asked.words)
    try:
        setup = look(asked.root, Wishes(python=asked.python, workload=text or None))
    except SetupImpossible as error:
        raise SetupFailed(str(error), hint=error.hint) from error
    except BadCommand as error:
        raise UsageError(str(error), hint="give one command without shell syntax, after --") from error
    if setup.workload is None:
        hint = "name one: optimize profile -- python bench.py"
        raise UsageError(f"no command was given, and no benchmark was found in {asked.root}", hint=hint)
    return setup, replace(setup.workload, timeout_s=asked.timeout_s)
