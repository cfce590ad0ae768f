"""Merge the imports of all processes and runs."""

from collections.abc import Sequence
from pathlib import Path

from profiling.collect.reports import ImportRow, Run
from profiling.profile import ImportProfile

_SHORTEST_S = 0.0003


def merge(runs: Sequence[Run], root: Path) -> tuple[ImportProfile, ...]:
    """Return modules over 0.3 ms, largest total first.

    A run's figure is that of its slowest process (workers import at the same time); over runs the smallest is taken:
    what a busy machine adds to an import is not the import's.

    Args:
        runs: at least one.
        root: of the tree; files inside it become relative.
    """
    rows = [_slowest(run) for run in runs]
    resolved = root.resolve()
    found = []
    for module in {module for run in rows for module in run}:
        row = min((run[module] for run in rows if module in run), key=lambda each: each[3])
        if row[3] >= _SHORTEST_S:
            found.append(_import(row, resolved))
    return tuple(sorted(found, key=lambda each: (-each.total_s, each.module)))


def _slowest(run: Run) -> dict[str, ImportRow]:
    slowest: dict[str, ImportRow] = {}
    for row in (row for report in run for row in report.imports):
        if row[0] not in slowest or row[3] > slowest[row[0]][3]:
            slowest[row[0]] = row
    return slowest


def _import(row: ImportRow, root: Path) -> ImportProfile:
    module, file, self_s, total_s, importer_file, importer_line = row
    importer = place(importer_file, root)
    return ImportProfile(
        module=module,
        file=place(file, root),
        self_s=max(0.0, self_s),
        total_s=total_s,
        importer_file=importer,
        importer_line=importer_line if importer is not None else None,
    )


def place(file: str | None, root: Path) -> str | None:
    """Return a file relative to the root where it is inside, absolute otherwise."""
    if file is None or file.startswith("<"):
        return file
    try:
        path = (root / file).resolve()
    except (OSError, ValueError, RuntimeError):
        return file
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
