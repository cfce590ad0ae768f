"""Gathers what there is to know of a repository: look, ask only what is not known yet, check, write."""

import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from profiling.context.cache import Cache
from profiling.context.catalogue import for_task
from profiling.context.hashing import digest
from profiling.context.keys import keep_keys, keys_for
from profiling.context.probe import Confidence, Fact, Probe, ProbeOutput, Task
from profiling.context.schema import SCHEMA_FILE, SCHEMA_VERSION, offences, prepare
from profiling.context.snapshot import RepoSnapshot, take
from profiling.context.writer import ContextFolder, as_text, has_fast_yaml

_OURS = ".codeflash"


class Source(StrEnum):
    """Where an answer came from."""

    CACHE = "cache"
    PROBE = "probe"


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
class Wishes:
    """What the person asked for.

    Attributes:
        task: what the context is for.
        languages: of the repository; None means: not known.
        probes: names of the only ones to ask; none means all.
        jobs: probes at once; None means as many as there are processors, 8 at most.
        uses_cache: answers found before count.
        refreshes_tools: those that depend on this machine do not.
    """

    task: Task = Task.ALL
    languages: frozenset[str] | None = None
    probes: frozenset[str] = frozenset()
    jobs: int | None = None
    uses_cache: bool = True
    refreshes_tools: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How one answer was found.

    Attributes:
        wall_ms: that its probe took, 0 from the cache.
    """

    probe: str
    source: Source
    confidence: str
    errors: tuple[str, ...]
    wall_ms: float


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


@dataclass(slots=True, kw_only=True)
class _Work:
    """What is at hand while it is gathered."""

    cache: Cache
    wishes: Wishes
    answers: dict[str, Mapping[str, object]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


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
    snapshot = take(root)
    folder = ContextFolder(folder=snapshot.root / _OURS / "context")
    folder.make()
    asked = _chosen(probes or for_task(wishes.task, wishes.languages), wishes.probes)
    is_ours = not snapshot.listing.brings_answers
    cache = Cache(folder=snapshot.root / _OURS / "cache", is_read=wishes.uses_cache and is_ours)
    work = _Work(cache=cache, wishes=wishes)
    if not is_ours:
        work.notes.append(f"the repository brings along answers in {_OURS}/cache: none of them counts")
    _answer(asked, snapshot, work)
    if asked and all(one["errors"] and len(one) == 2 for one in work.answers.values()):
        raise NothingFound("; ".join(error for step in work.steps for error in step.errors))
    context = _merged(snapshot, asked, work)
    path = _written(context, folder, work)
    found = Gathered(
        context=context,
        path=path,
        steps=tuple(work.steps),
        notes=tuple(work.notes),
        wall_ms=(time.monotonic() - began) * 1000,
    )
    folder.write_run_log(_log(found))
    return found


def _chosen(probes: tuple[Probe, ...], names: frozenset[str]) -> tuple[Probe, ...]:
    return tuple(probe for probe in probes if not names or probe.name in names)


def _answer(asked: tuple[Probe, ...], snapshot: RepoSnapshot, work: _Work) -> None:
    keys = keys_for(asked, snapshot, work.cache)
    for probe in asked:
        is_machine = Fact.TOOLS in probe.declared_facts
        known = None if is_machine and work.wishes.refreshes_tools else work.cache.get(keys[probe.name])
        if known is not None and _is_answer(known):
            work.answers[probe.name] = known
            work.steps.append(_step(probe, known, Source.CACHE, 0.0))
    unknown = [probe for probe in asked if probe.name not in work.answers]
    if unknown:
        _ask(unknown, snapshot, work, keys)
    try:
        keep_keys(asked, snapshot, work.cache, keys)
    except OSError as error:
        work.notes.append(f"the cache can't be written: {error}")


def _ask(probes: Sequence[Probe], snapshot: RepoSnapshot, work: _Work, keys: Mapping[str, str]) -> None:
    from profiling.context import coordinator  # noqa: PLC0415  asyncio is for those who have something to ask

    # Probes wait for programs: time enough to make ready what their answers will be held against.
    threading.Thread(target=prepare, name="schema", daemon=True).start()
    folder = ContextFolder(folder=snapshot.root / _OURS / "context")
    for ran in coordinator.run(probes, snapshot, jobs=work.wishes.jobs):
        answer = _plain(ran.output)
        work.answers[ran.probe.name] = answer
        work.steps.append(_step(ran.probe, answer, Source.PROBE, ran.wall_ms))
        folder.write_raw({f"{ran.probe.name}-{name}": one for name, one in ran.output.raw_artifacts.items()})
        if not ran.output.errors:
            work.cache.put(keys[ran.probe.name], answer, ttl_seconds=ran.probe.ttl_seconds)


def _is_answer(known: Mapping[str, object]) -> bool:
    return isinstance(known.get("confidence"), str) and isinstance(known.get("errors"), list)


def _plain(output: ProbeOutput) -> Mapping[str, object]:
    confidence = Confidence.LOW if output.errors and not output.schema_slice else output.confidence
    head = {"confidence": confidence.value, "errors": list(output.errors)}
    plain = as_text(head | dict(output.schema_slice))
    assert isinstance(plain, dict)
    return plain


def _step(probe: Probe, answer: Mapping[str, object], source: Source, wall_ms: float) -> Step:
    errors = answer["errors"]
    assert isinstance(errors, list)
    return Step(
        probe=probe.name,
        source=source,
        confidence=str(answer["confidence"]),
        errors=tuple(str(error) for error in errors),
        wall_ms=wall_ms,
    )


def _merged(snapshot: RepoSnapshot, asked: tuple[Probe, ...], work: _Work) -> Mapping[str, object]:
    listing = snapshot.listing
    context: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "repository": {
            "kind": listing.kind.value,
            "is_complete": listing.is_complete,
            "problems": as_text(list(listing.problems)),
        },
    }
    for probe in asked:
        context[probe.name] = work.answers[probe.name]
    return context


def _written(context: Mapping[str, object], folder: ContextFolder, work: _Work) -> Path:
    """Check and write, unless the same was checked and written before and is still there as it was."""
    text = json.dumps(context, sort_keys=True, separators=(",", ":"))
    key = digest("context", text, SCHEMA_FILE.read_bytes())
    known = work.cache.get(key)
    if known is not None and known.get("written") == folder.context_digest():
        return folder.context
    found = offences(context)
    if found:
        raise DoesNotFit(found, folder.write_invalid(context))
    if not has_fast_yaml():
        work.notes.append("PyYAML was built without libyaml: the context is written by its slower writer")
    path = folder.write_context(context)
    work.cache.put(key, {"written": folder.context_digest()})
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
