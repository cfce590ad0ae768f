"""Writes an audit's folder: a reader finds the files of one audit, never a mixture or a part."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from profiling.audit.dsl import contents
from profiling.audit.dsl.write import write as as_dsl
from profiling.audit.render.markdown import render_markdown
from profiling.audit.render.mermaid import render_action
from profiling.audit.render.summary import (
    render_candidates,
    render_errors,
    render_micro_benchmarks,
    render_summary,
)
from profiling.audit.render.tree import render_tree
from profiling.audit.report import Audit

_BUFFER_BYTES = 1 << 20


class CannotWrite(OSError):
    """The folder of audits can't be made or written; the message says what is in the way."""


def write(audit: Audit, folder: Path) -> Path:
    """Write the audit into a folder named after its day, in place of one that is there, and return it.

    Args:
        audit: to be written.
        folder: of all audits; made when it is missing, its parent must be there.

    Raises:
        CannotWrite: a link is in the way, or the disk refuses; an earlier audit of the day stays.
    """
    day = folder / audit.day.isoformat()
    for path in (folder, day):
        # A repository may bring the link along: the files would be written wherever it points.
        if path.is_symlink():
            raise CannotWrite(f"{path} is a symbolic link")
    try:
        folder.mkdir(exist_ok=True)
        _remove_leftovers(folder, audit.day.isoformat())
        made = Path(tempfile.mkdtemp(prefix=f".{audit.day.isoformat()}-", suffix=".tmp", dir=folder))
        try:
            for name, chunks in files(audit):
                _write_file(made / name, chunks)
            made.chmod(0o755)
            _replace(day, made)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise CannotWrite(f"{day} can't be written: {error}") from error
    return day


def files(audit: Audit) -> Iterator[tuple[str, Iterable[str]]]:
    """Give every file's name, relative to the folder, and its text in pieces."""
    yield "call_graph.dsl", as_dsl(contents.call_graph(audit))
    yield "expensive_ops.dsl", as_dsl(contents.expensive_operations(audit))
    yield "state_mutations.dsl", as_dsl(contents.state_mutations(audit))
    for profile in audit.actions:
        if Path(profile.action.name).name != profile.action.name:
            raise CannotWrite(f"{profile.action.name!r} can't name a file")
        name = f"actions/{profile.action.name}"
        yield f"{name}.dsl", as_dsl(contents.action(audit, profile))
        yield (
            f"{name}.tree",
            _lines(render_tree(profile, audit.shapes, audit.action_shapes.get(profile.action.name, ""))),
        )
        measured = audit.measured.get(profile.action.name, ())
        yield f"{name}.md", _lines(render_markdown(profile, audit.findings_of(profile), measured))
        yield f"{name}.mmd", (render_action(profile),)
    yield "summary.md", _lines(render_summary(audit))
    yield "optimization_candidates.md", _lines(render_candidates(audit))
    yield "micro_benchmarks.md", _lines(render_micro_benchmarks(audit))
    yield "errors.md", _lines(render_errors(audit))


def _lines(lines: Iterable[str]) -> Iterator[str]:
    return (f"{line}\n" for line in lines)


def _write_file(path: Path, chunks: Iterable[str]) -> None:
    path.parent.mkdir(exist_ok=True)
    # Names of files that are not UTF-8 hold lone surrogates; the renderings write them out, this is for the rest.
    with path.open("x", encoding="utf-8", errors="backslashreplace", newline="\n", buffering=_BUFFER_BYTES) as file:
        file.writelines(chunks)


def _replace(day: Path, made: Path) -> None:
    """Put the new folder in the old one's place; were we killed in between, `_remove_leftovers` gives the old back."""
    old = day.with_name(f".{day.name}.old")
    if day.exists():
        day.rename(old)
    try:
        made.rename(day)
    except OSError:
        with suppress(OSError):
            old.rename(day)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _remove_leftovers(folder: Path, day: str) -> None:
    old, current = folder / f".{day}.old", folder / day
    if old.is_dir() and not old.is_symlink() and not current.exists():
        old.rename(current)
    for path in (old, *folder.glob(f".{day}-*.tmp")):
        if path.is_symlink():
            path.unlink()
        else:
            shutil.rmtree(path, ignore_errors=True)
