"""Gathers what there is to know of a repository: look, ask only what is not known yet, check, write."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from profiling.context.answering import OURS, Answers, Source, Step, Wishes, answered, chosen
from profiling.context.cache import Cache
from profiling.context.hashing import digest
from profiling.context.probe import Probe
from profiling.context.schema import SCHEMA_FILE, SCHEMA_VERSION, offences
from profiling.context.snapshot import RepoSnapshot, take
from profiling.context.writer import ContextFolder, as_text, has_fast_yaml


class NothingFound(Exception):
    """Every probe failed; the message says how."""


class DoesNotFit(Exception):
    """What was gathered does not fit its schema.

    Attributes:
        offences: the paths that offend, each with what is wrong.
        kept: where what was gathered was written.
    """

    def __init__(self, found: tuple[str, ...], kept: Path) -> None:
        super().__init__("; ".join(found))
        self.offences = found
        self.kept = kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What was gathered.

    Attributes:
        context: as in the file.
        path: of the file.
        steps: one a probe.
        notes: what went not as it should without harm to the context, one sentence each.
        wall_ms: of all of it.
    """

    context: Mapping[str, object]
    path: Path
    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    wall_ms: float


def gather(root: Path, wishes: Wishes, *, probes: tuple[Probe, ...] | None = None) -> Gathered:
    """Find out what there is to know of a repository and write it to `.codeflash/context/`.

    Nothing of the repository is run. Where nothing changed since the last time no probe is.

    Args:
        root: a folder.
        wishes: what for, and how.
        probes: those to ask in place of the catalogue's.

    Raises:
        NothingFound: every probe failed.
        DoesNotFit: the result does not fit the schema; the last good context is left as it is.
        OSError: `.codeflash/` can't be written, or is a link.
    """
    began = time.monotonic()
    if not Cache(folder=root / OURS / "cache").is_there:
        # Git lists the files meanwhile, and then the probes wait for programs.
        _make_ready()
    snapshot = take(root)
    folder = ContextFolder(folder=snapshot.root / OURS / "context")
    folder.make()
    is_ours = not snapshot.listing.brings_answers
    cache = Cache(folder=snapshot.root / OURS / "cache", is_read=wishes.uses_cache and is_ours)
    answers = answered(chosen(wishes, probes), snapshot, cache, wishes, before_asking=_make_ready)
    if not is_ours:
        answers.notes.append(f"the repository brings along answers in {OURS}/cache: none of them counts")
    try:
        context = _merged(snapshot, answers)
        folder.write_raw(answers.artifacts)
        path = _written(context, folder, cache, answers)
    finally:
        answers.wait()
    if answers.not_kept is not None:
        raise answers.not_kept
    found = Gathered(
        context=context,
        path=path,
        steps=tuple(answers.steps),
        notes=tuple(answers.notes),
        wall_ms=(time.monotonic() - began) * 1000,
    )
    folder.write_run_log(_log(found))
    return found


def _make_ready() -> None:
    """Import what will be needed while others are waited for."""
    threading.Thread(target=_ready, name="ready", daemon=True).start()


def _ready() -> None:
    import yaml  # noqa: F401, PLC0415

    from profiling.context import compiled_schema, coordinator  # noqa: F401, PLC0415


def _merged(snapshot: RepoSnapshot, answers: Answers) -> Mapping[str, object]:
    """Return the answers in the order of the probes, after what is known of the listing."""
    if answers.by_probe and all(one["errors"] and len(one) == 2 for one in answers.by_probe.values()):
        raise NothingFound("; ".join(error for step in answers.steps for error in step.errors))
    listing = snapshot.listing
    repository = {
        "kind": listing.kind.value,
        "is_complete": listing.is_complete,
        "problems": as_text(list(listing.problems)),
    }
    return {"schema_version": SCHEMA_VERSION, "repository": repository, **answers.by_probe}


def _written(context: Mapping[str, object], folder: ContextFolder, cache: Cache, answers: Answers) -> Path:
    """Check and write, unless the same was checked and written before and is still there as it was."""
    text = json.dumps(context, sort_keys=True, separators=(",", ":"))
    key = digest("context", text, SCHEMA_FILE.read_bytes())
    known = cache.get(key)
    if known is not None and known.get("written") == folder.context_digest():
        return folder.context
    found = offences(context)
    if found:
        raise DoesNotFit(found, folder.write_invalid(context))
    if not has_fast_yaml():
        answers.notes.append("PyYAML was built without libyaml: the context is written by its slower writer")
    path = folder.write_context(context)
    cache.put(key, {"written": folder.context_digest()})
    return path


def _log(found: Gathered) -> Mapping[str, object]:
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "wall_ms": round(found.wall_ms, 1),
        "probes_run": sum(step.source is Source.PROBE for step in found.steps),
        "probes_known": sum(step.source is Source.CACHE for step in found.steps),
        "notes": list(found.notes),
        "steps": [
            {
                "probe": step.probe,
                "source": step.source.value,
                "confidence": step.confidence,
                "errors": list(step.errors),
                "wall_ms": round(step.wall_ms, 1),
            }
            for step in found.steps
        ],
    }
