"""Reads a tree for an audit: the checkout as it is, or a commit of it."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

from orchestrator.errors import UsageError
from orchestrator.ledger.layout import Layout
from orchestrator.workspace.export import export
from orchestrator.workspace.repository import Repository
from profiling.audit.auditor import Subject, Wanted, audit
from profiling.audit.calibration import Calibration, CalibrationError
from profiling.audit.calibration import read as read_calibration
from profiling.audit.drift import NoSuchAudit, Snapshot, read_snapshot, snapshot
from profiling.audit.graph import ReadOptions, build_call_graph
from profiling.audit.reading.source import DEFAULT_EXCLUDED
from profiling.audit.sources import Sources
from profiling.context import manifest
from profiling.context.answering import Wishes
from profiling.context.knowledge import know
from profiling.context.probe import Task

_DECLARATIONS = frozenset({"pyproject.toml", "setup.cfg"})
_ENTRY_POINTS = Wishes(task=Task.AUDIT, probes=frozenset({"entry_points"}))
_AS_IT_IS = "the working tree"

Say = Callable[[str], None]


def working_tree(root: Path, say: Say) -> Subject:
    """Read the checkout as it is, from the cache what has not changed.

    Args:
        root: of the checkout.
        say: told what begins.
    """
    return _read(root, _AS_IT_IS, say, cache=cache_of(root))


def cache_of(root: Path) -> Path | None:
    """Return where facts of files are kept, None where there are no records of ours or a link leads out of them."""
    folder = Layout(root=root).cache
    way = (folder.parent, folder, folder / "audit")
    return None if any(path.is_symlink() for path in way) or not folder.is_dir() else way[-1]


def calibration_of(root: Path, tell: Say) -> Calibration | None:
    """Return the fitted weights that belong to a checkout, None where nothing was fitted or that is of no use.

    Args:
        root: of the checkout.
        tell: told why what is there can't be used.
    """
    path = calibration_path(root)
    if path.is_symlink() or path.parent.is_symlink() or path.parent.parent.is_symlink():
        return None
    try:
        return read_calibration(path)
    except (CalibrationError, OSError) as error:
        tell(f"fitted weights are not used: {error}")
        return None


def calibration_path(root: Path) -> Path:
    """Return where fitted weights are kept."""
    return Layout(root=root).audit / "calibration.json"


def earlier(root: Path, when: str, wanted: Wanted, calibration: Calibration | None, say: Say) -> Snapshot:
    """Return an earlier audit: one that was written on a day, or one made now of a commit.

    Args:
        root: of the checkout.
        when: a day as `2026-01-31`, or a revision.
        wanted: the actions to trace in a commit; those it does not have are left out.
        calibration: fitted weights.
        say: told what begins.

    Raises:
        UsageError: there is no audit of that day and no such commit.
    """
    folder = Layout(root=root).audit / when
    if _is_day(when) and folder.is_dir():
        try:
            return read_snapshot(folder)
        except NoSuchAudit as error:
            raise UsageError(str(error), hint="compare with a commit instead, or audit anew") from error
    repository = Repository.open(root)
    try:
        commit = repository.resolve(when)
    except UsageError as error:
        raise UsageError(f"{when!r} names no audit and no commit: {error}", hint=_audits(root)) from error
    with tempfile.TemporaryDirectory(prefix="optimize-") as scratch:
        say(f"reading {when}")
        export(repository, commit, Path(scratch), _is_read)
        tree = _read(Path(scratch), f"{when} ({commit[:12]})", say, cache=None)
        # What is audited now need not have been there then.
        found = audit(tree, replace(wanted, may_be_missing=True), day=today(), calibration=calibration, say=say)
        return replace(snapshot(found), name=tree.name)


def today() -> date:
    """Return the day that an audit made now is named after."""
    return datetime.now(UTC).date()


def _read(root: Path, name: str, say: Say, *, cache: Path | None) -> Subject:
    say("reading the source")
    declared = manifest.read(root)
    table = declared.table("tool", "optimize", "audit")
    excluded = manifest.strings(table["exclude"]) if "exclude" in table else DEFAULT_EXCLUDED
    graph = build_call_graph(root, options=ReadOptions(excluded=excluded, cache=cache))
    scripts = know(root, _ENTRY_POINTS).scripts
    return Subject(name=name, graph=graph, sources=Sources(root=root), manifest=declared, scripts=scripts)


def _is_read(path: PurePosixPath) -> bool:
    return path.suffix == ".py" or path.as_posix() in _DECLARATIONS


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _audits(root: Path) -> str:
    folder = Layout(root=root).audit
    days = sorted(path.name for path in folder.iterdir() if _is_day(path.name)) if folder.is_dir() else []
    return f"audits here are of {', '.join(days[-8:])}" if days else "there is no audit here yet: optimize audit"
