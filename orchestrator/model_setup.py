"""The setup a model helps with: commands nobody declared, agreed to and really run before they count."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from agents.claude.backend import ClaudeBackend
from agents.claude.setup import Commands
from agents.claude.tools.proposing import GivenUp
from agents.specialists.setup import Setup
from orchestrator.errors import TestsUnusable, WorkloadFailed
from orchestrator.observer import RepositoryObserver, check_usable
from orchestrator.workspace.repository import Repository
from profiling.behaviour.tests import run_tests
from profiling.collect.runs import Workload, WorkloadError
from profiling.measure.processes import Processes
from profiling.model import Command, Tree

_LONGEST_S = 180.0
"""Of one run of a command that is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSetup:
    """Asks the setup agent.

    Attributes:
        backend: asks the model.
        repository, observer, processes: where and by what a command is tried.
        agreed: the person lets proposed commands run; else they are only told.
        asks: the person is asked about them before they run.
        say: told what is tried, and what was found.
    """

    backend: ClaudeBackend
    repository: Repository
    observer: RepositoryObserver
    processes: Processes
    agreed: bool
    asks: bool
    say: Callable[[str], None]

    def complete(self, found: Setup) -> Setup:
        """Return the setup with what was missing, as it stands where the agent has nothing.

        Raises:
            WorkloadFailed: there is a proposal that the person did not agree to run; it is named.
        """
        answer = self.backend.commands(found, lambda commands: self._trial(found, commands))
        if answer is None:
            return found
        if isinstance(answer, GivenUp):
            self.say(f"the setup agent gives up: {answer.reason}")
            return found
        if self.asks:
            self.say(f"the setup agent proposes {_named(answer)}: {answer.reason}")
            return replace(found, workload=answer.workload, tests=found.tests or answer.tests, proposed=True)
        if not self.agreed:
            raise WorkloadFailed(
                f"no workload was named or found; the setup agent proposes {_named(answer)}: {answer.reason}",
                hint=f"agree and go on with --yes, or name it: optimize --workload '{answer.workload.text}'",
            )
        self.say(f"the setup agent found {_named(answer)}: {answer.reason}")
        return replace(found, workload=answer.workload, tests=found.tests or answer.tests)

    def _trial(self, found: Setup, commands: Commands) -> str:
        """Run the commands on the unchanged tree, in a worktree; say what is wrong with them."""
        if not self.agreed:
            return ""
        self.say(f"trying what the setup agent proposes: {_named(commands)}")
        tree = self.observer.base(found, self.repository.head_commit())
        return self._workload(found, tree, commands) or self._tests(found, tree, commands)

    def _workload(self, found: Setup, tree: Tree, commands: Commands) -> str:
        workload = Workload(
            tree=tree, command=_bounded(commands.workload), interpreter=found.interpreter, processes=self.processes
        )
        try:
            workload.plain()
        except (WorkloadError, FileNotFoundError) as error:
            return f"the workload does not run by itself: {error}"
        return ""

    def _tests(self, found: Setup, tree: Tree, commands: Commands) -> str:
        if commands.tests is None or found.tests is not None:
            return ""
        with self.observer.scratch() as scratch:
            try:
                outcomes = run_tests(_bounded(commands.tests), tree, found.interpreter, self.processes, scratch)
                check_usable(commands.tests.text, outcomes)
            except (TestsUnusable, FileNotFoundError) as error:
                return f"the tests can't be run so (within {_LONGEST_S:.0f} s): {error}"
        return ""


def _bounded(command: Command) -> Command:
    return replace(command, timeout_s=_LONGEST_S)


def _named(commands: Commands) -> str:
    tests = f", tests `{commands.tests.text}`" if commands.tests else ""
    return f"the workload `{commands.workload.text}`{tests}"
