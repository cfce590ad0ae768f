"""What must not change between two figures that are compared: workload, tests, interpreter, machine."""

import hashlib
from dataclasses import asdict, dataclass

from agents.specialists.setup import Setup
from profiling.measure.environment import fingerprint
from profiling.model import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Methodology:
    """The method a session is locked to.

    Attributes:
        workload, tests: command lines; tests empty when there are none.
        interpreter: path and version.
        environment: machine, kernel, processor.
    """

    workload: str
    tests: str
    interpreter: str
    environment: tuple[tuple[str, str], ...]

    @property
    def digest(self) -> str:
        """Return 10 hex digits that name this method in file names."""
        return hashlib.sha256(repr(sorted(asdict(self).items())).encode()).hexdigest()[:10]

    def changes_to(self, other: "Methodology") -> tuple[str, ...]:
        """Return what differs in another method, one sentence each."""
        pairs = [
            ("workload", self.workload, other.workload),
            ("tests", self.tests, other.tests),
            ("interpreter", self.interpreter, other.interpreter),
            ("machine", dict(self.environment).get("machine"), dict(other.environment).get("machine")),
        ]
        return tuple(f"{name} was {old!r}, is {new!r}" for name, old, new in pairs if old != new)


def of(setup: Setup) -> Methodology:
    """Return the method that a setup means on this machine."""
    python = setup.interpreter
    return Methodology(
        workload=workload_of(setup).text,
        tests=setup.tests.text if setup.tests else "",
        interpreter=f"{python.executable} {'.'.join(map(str, python.version))}",
        environment=tuple(sorted(fingerprint(python).items())),
    )


def workload_of(setup: Setup) -> Command:
    """Return the workload of a setup that has one.

    Raises:
        ValueError: it has none; the scout refuses such a setup before anything else runs.
    """
    if setup.workload is None:
        raise ValueError("the setup has no workload")
    return setup.workload
