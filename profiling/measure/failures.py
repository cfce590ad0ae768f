"""Why a measurement ended without a result."""

from enum import StrEnum

from profiling.model import Command


class Side(StrEnum):
    """Which tree a run was of."""

    BASE = "base"
    CHANGE = "change"


class MeasurementFailed(RuntimeError):
    """A timed run did not do what it was to do; `side` says of which tree.

    ├── RunFailed     it ended with an exit code other than 0
    ├── RunTimedOut   it was killed at its time limit
    └── WrongOrigin   it did not run this tree's code
    """

    def __init__(self, side: Side, message: str) -> None:
        super().__init__(f"{side.value}: {message}")
        self.side = side


class RunFailed(MeasurementFailed):
    """The command ended with an exit code other than 0."""

    def __init__(self, side: Side, command: Command, exit_code: int, stderr_tail: str) -> None:
        said = f": {stderr_tail.strip()}" if stderr_tail.strip() else " and printed no error"
        super().__init__(side, f"`{command.text}` ended with exit code {exit_code}{said}")
        self.exit_code = exit_code
        self.stderr_tail = stderr_tail


class RunTimedOut(MeasurementFailed):
    """The command was killed at its time limit."""

    def __init__(self, side: Side, command: Command, timeout_s: float) -> None:
        super().__init__(side, f"`{command.text}` did not end within {timeout_s:g}s: shorten it or raise the limit")
        self.timeout_s = timeout_s


class WrongOrigin(MeasurementFailed):
    """The process did not run the tree it was started for.

    Attributes:
        module: the project module in question, or nothing.
        file: where it was imported from, or nothing when it never was.
        expected: the tree's root.
    """

    def __init__(self, side: Side, module: str, file: str, expected: str, why: str) -> None:
        super().__init__(side, why)
        self.module = module
        self.file = file
        self.expected = expected
