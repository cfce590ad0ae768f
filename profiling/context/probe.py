"""What a probe is: one question to a repository, and what its answer depends on, so that none is asked twice."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from profiling.context.snapshot import RepoSnapshot


class Confidence(StrEnum):
    """How sure an answer is: `high` was declared or counted, `medium` concluded, `low` guessed or not found."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Fact(StrEnum):
    """What an answer can depend on beside the content of files.

    `names`: which files there are; `git`: where the checkout stands; `tools`: which programs PATH leads to, and the
    times they were changed; `layout`: where importable code begins; `usual_files`: the Python files that commands are
    found by. The last two are looked for on disk: git need not track them.
    """

    NAMES = "names"
    GIT = "git"
    TOOLS = "tools"
    LAYOUT = "layout"
    USUAL_FILES = "usual_files"


class Task(StrEnum):
    """What the answers are wanted for."""

    ALL = "all"
    SETUP = "setup"
    SCAN = "scan"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeOutput:
    """What a probe found.

    Attributes:
        schema_slice: plain data, as the schema describes it under the probe's name.
        confidence: of all of it.
        errors: what went wrong, one sentence each.
        raw_artifacts: longer evidence by file name, written beside the context.
    """

    schema_slice: Mapping[str, object] = field(default_factory=dict)
    confidence: Confidence = Confidence.HIGH
    errors: tuple[str, ...] = ()
    raw_artifacts: Mapping[str, object] = field(default_factory=dict)


class Probe(ABC):
    """One question. Probes know the snapshot and never each other.

    Attributes:
        name: of its slice.
        version: goes up when the same files would give another answer.
        declared_inputs: globs of the files whose content the answer depends on.
        sampled_inputs: globs of files of which at most `most_sampled` count, evenly chosen.
        declared_facts: what else it depends on.
        timeout_seconds: wall time after which it is stopped.
        ttl_seconds: age after which an answer is asked for again, None for never.
        tasks: what it is needed for, beside `all`.
        languages: those it has a question for; none means any.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    declared_inputs: ClassVar[tuple[str, ...]] = ()
    sampled_inputs: ClassVar[tuple[str, ...]] = ()
    most_sampled: ClassVar[int] = 0
    declared_facts: ClassVar[tuple[Fact, ...]] = ()
    timeout_seconds: ClassVar[float] = 10.0
    ttl_seconds: ClassVar[float | None] = None
    tasks: ClassVar[frozenset[Task]] = frozenset()
    languages: ClassVar[frozenset[str]] = frozenset({"python"})

    @abstractmethod
    def run(self, snapshot: RepoSnapshot) -> ProbeOutput | Awaitable[ProbeOutput]:
        """Answer. Called in a thread of its own; one that starts programs is a coroutine function."""
