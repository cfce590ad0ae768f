"""Put harness files into a command's interpreter, and its children's, through `PYTHONPATH`; read their reports."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from profiling.model import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Harness:
    """One harness file and its options.

    Attributes:
        name: file name in `profiling/harness/` without `.py`, for example `ratchet_time`.
        options: JSON object handed to its `start(context)` as `context["options"]`.
    """

    name: str
    options: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """A prepared injection: environment to add, and where the reports will be.

    Attributes:
        env: variables to set on the command: RATCHET_HARNESS (absolute path of a JSON file that names harnesses,
            options, tree root, source paths and report folder) and nothing else of ours.
        python_path: folder that must come first on the command's PYTHONPATH.
        reports: folder that receives `<harness>.<pid>.<n>.json`, written atomically.
    """

    env: Mapping[str, str]
    python_path: str
    reports: Path

    def read(self, harness: str) -> Iterator[Mapping[str, object]]:
        """Yield the reports of one harness, one per process, in order of their names; unreadable ones are left out."""
        raise NotImplementedError


def prepare(folder: Path, tree: Tree, harnesses: tuple[Harness, ...]) -> Injection:
    """Copy the bootstrap `sitecustomize.py` and the harness files alone into an empty folder.

    Args:
        folder: an empty, existing folder, outside the tree; the caller removes it.
        tree: the tree that will run.
        harnesses: which files, with options.
    """
    raise NotImplementedError
