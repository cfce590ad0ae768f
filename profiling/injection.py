"""Put harness files into a command's interpreter, and its children's, through `PYTHONPATH`; read their reports."""

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from profiling.model import Tree

_HARNESS_FOLDER = Path(__file__).parent / "harness"
_BOOTSTRAP = "ratchet_bootstrap"
_WRAPPER = "ratchet_isolated"
_SITE = "importlib_bootstrap"
"""Name of the folder: `warnings` passes over files with both of these words in their path, so that a warning is never
blamed on a frame of ours."""
_IMPORT = re.compile(r"^ *(?:from|import) (ratchet_\w+)", re.MULTILINE)
_REPORT_LIMIT_BYTES = 256 * 2**20
"""A report is the target's output: a larger one is no report of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harness:
    """One harness file and its options.

    Attributes:
        name: file name in `profiling/harness/` without `.py`, for example `ratchet_time`.
        options: JSON object handed to its `start(context)` as `context["options"]`. `"periodic": true` makes the
            first process write a report every 0.5 s too (children always do), so that a killed run leaves one.
        beside: further files of `profiling/harness/` that it imports, named likewise.
    """

    name: str
    options: Mapping[str, object]
    beside: tuple[str, ...] = ()


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

    @property
    def wrapper(self) -> str:
        """Return the script that starts the harnesses where the interpreter's flags keep PYTHONPATH out."""
        return f"{self.python_path}/{_WRAPPER}.py"

    def read(self, harness: str) -> Iterator[Mapping[str, object]]:
        """Yield the reports of one harness, one per process, in order of their names; unreadable ones are left out."""
        for path in sorted(self.reports.glob(f"{harness}.*.json")):
            report = _report(path)
            if report is not None:
                yield report

    def clear(self) -> None:
        """Remove the reports, so that the next run can use this injection: its files are compiled already."""
        for path in self.reports.iterdir():
            path.unlink(missing_ok=True)

    def lost_processes(self, harness: str) -> int:
        """Return how many injected processes left no report of a harness (killed, or gone through C)."""
        started = {path.name.split(".")[2] for path in self.reports.glob(".started.*")}
        reported = {path.name.split(".")[1] for path in self.reports.glob(f"{harness}.*.json")}
        return len(started - reported)


def prepare(folder: Path, tree: Tree, harnesses: tuple[Harness, ...]) -> Injection:
    """Copy the bootstrap `sitecustomize.py`, the harness files and what they import of ours into an empty folder.

    Args:
        folder: an empty, existing folder, outside the tree; the caller removes it.
        tree: the tree that will run.
        harnesses: which files, with options.

    Raises:
        ValueError: a harness has no file.
    """
    site, reports, config = folder / _SITE, folder / "reports", folder / "harness.json"
    site.mkdir()
    reports.mkdir()
    named = {name for harness in harnesses for name in (harness.name, *harness.beside)}
    for name in _with_imported({_WRAPPER, *named}):
        shutil.copyfile(_HARNESS_FOLDER / f"{name}.py", site / f"{name}.py")
    shutil.copyfile(_HARNESS_FOLDER / f"{_BOOTSTRAP}.py", site / "sitecustomize.py")
    content = {
        "root": str(tree.root.resolve()),
        "source_paths": list(tree.source_paths),
        "packages": list(tree.packages),
        "reports": str(reports.resolve()),
        "harnesses": [{"name": harness.name, "options": dict(harness.options)} for harness in harnesses],
    }
    config.write_text(json.dumps(content), encoding="utf-8")
    return Injection(
        env={"RATCHET_HARNESS": str(config.resolve())}, python_path=str(site.resolve()), reports=reports.resolve()
    )


def _with_imported(names: set[str]) -> set[str]:
    """Return harness files with those they import, and those these import."""
    found: set[str] = set()
    pending = set(names)
    while pending:
        name = pending.pop()
        source = _HARNESS_FOLDER / f"{name}.py"
        if not source.is_file():
            raise ValueError(f"no harness file is named {name!r}: expected {source.name} in profiling/harness")
        found.add(name)
        pending |= set(_IMPORT.findall(source.read_text(encoding="utf-8"))) - found
    return found


def _report(path: Path) -> Mapping[str, object] | None:
    """Return one report, or None where it is torn, too large or no JSON object."""
    try:
        if path.stat().st_size > _REPORT_LIMIT_BYTES:
            return None
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
