"""Every error a person can meet, and the exit code it ends with.

OptimizeError
├── UsageError                2   what was asked for can't be asked for
│   ├── SettingsError             a setting has a value it can't have
│   ├── NotARepository            no git work tree here (bare, or none at all)
│   └── RecordsDamaged            results.tsv, HANDOFF.md or setup.md can't be read, or is of another version
├── TargetError               3   the target can't be set up, tested or measured
│   ├── SetupFailed               no interpreter, no source root, no workload
│   ├── WorkloadFailed            it fails, prints nothing, isn't repeatable, or runs no line of the project
│   ├── TestsUnusable             the test command can't be run at all
│   ├── NotWritable               the tree or the records can't be written
│   └── GitCommandFailed          git refused (in orchestrator.workspace.commands)
├── GateNotMet                1   the check asked for was not met
├── SessionLocked             2   another session holds the repository
└── Interrupted             130   stopped by the person; the state is saved
"""


class OptimizeError(Exception):
    """The root. The message says what happened, with the value; `hint` says what to do next."""

    exit_code = 3

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(OptimizeError):
    """What was asked for can't be asked for."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting has a value it can't have."""


class NotARepository(UsageError):
    """There is no git work tree here."""


class RecordsDamaged(UsageError):
    """A record can't be read, or is of another version. It is kept as it is."""


class SessionLocked(UsageError):
    """Another session holds the repository."""


class TargetError(OptimizeError):
    """The target can't be set up, tested or measured."""

    exit_code = 3


class SetupFailed(TargetError):
    """No interpreter, no source root, or no workload was found."""


class WorkloadFailed(TargetError):
    """The workload fails, is not repeatable, or exercises nothing of the project."""


class TestsUnusable(TargetError):
    """The test command can't be run at all."""

    __test__ = False


class NotWritable(TargetError):
    """The tree or the records can't be written."""


class GateNotMet(OptimizeError):
    """The check that was asked for was not met."""

    exit_code = 1


class Interrupted(OptimizeError):
    """The person stopped the session. Its state is saved."""

    exit_code = 130
