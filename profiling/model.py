"""The words every observation speaks: dimensions, places in the source, commands, interpreters, trees."""

import shlex
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Domain(StrEnum):
    """Who is asked for a fix. GC is a dimension, not a domain: it links memory to CPU."""

    CPU = "cpu"
    MEMORY = "memory"
    ASYNC = "async"
    STRUCTURE = "structure"


class Dimension(StrEnum):
    """Something measured, with its unit in its name."""

    WALL_S = "wall_s"
    CPU_S = "cpu_s"
    PEAK_MIB = "peak_mib"
    GC_S = "gc_s"
    GC_COLLECTIONS = "gc_collections"
    LOOP_BLOCK_S = "loop_block_s"
    THROUGHPUT = "throughput"
    IMPORT_S = "import_s"

    @property
    def lower_is_better(self) -> bool:
        """Say whether a smaller value is the improvement (all but throughput)."""
        return self is not Dimension.THROUGHPUT


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class FunctionKey:
    """A function by where it is defined: the merge key of every pass.

    Attributes:
        file: path relative to the tree's root, POSIX separators.
        first_line: 1-based; that of the first decorator where there is one (`co_firstlineno`).
        qualname: as `co_qualname` gives it, comprehensions folded into their function; `<module>` for a module body.
    """

    file: str
    first_line: int
    qualname: str

    @property
    def place(self) -> str:
        """Return `file:line`."""
        return f"{self.file}:{self.first_line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command of the target repository, run from the tree's root, never through a shell.

    Attributes:
        argv: as the user wrote it; `python` and console scripts are resolved against the target's interpreter.
        env: variables set for this command alone, `PYTHONPATH` entries relative to the tree's root.
        timeout_s: wall seconds after which its process group is killed.
    """

    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()
    timeout_s: float = 600.0

    @property
    def text(self) -> str:
        """Return the command as one would type it."""
        return " ".join([*(f"{name}={shlex.quote(value)}" for name, value in self.env), shlex.join(self.argv)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """The Python that runs the target's code; never ours unless they are the same file."""

    executable: str
    version: tuple[int, int, int]
    implementation: str = "cpython"
    free_threaded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """One checkout of the target repository.

    Attributes:
        root: absolute path of the checkout.
        import_roots: folders, relative to the root (`.` or `src`), that go first on the target's import path.
        packages: top-level import names of the project.
        source_paths: files and folders, relative to the root, that proposals may edit and that count as project code.
    """

    root: Path
    import_roots: tuple[str, ...]
    packages: tuple[str, ...]
    source_paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunUsage:
    """What one whole process group cost, from `wait4`.

    Attributes:
        wall_s: seconds from spawn to reap.
        cpu_s: user plus system seconds of the process and its reaped children.
        max_rss_mib: largest resident set of a single process, MiB.
        exit_code: as the shell would show it; negative for a signal.
    """

    wall_s: float
    cpu_s: float
    max_rss_mib: float
    exit_code: int
