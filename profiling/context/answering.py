"""Answers the probes' questions about a repository: from the cache where nothing changed, else by asking them."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from profiling.context.cache import Cache
from profiling.context.catalogue import for_task
from profiling.context.keys import Keys, keys_for
from profiling.context.probe import Confidence, Fact, Probe, ProbeOutput, Task
from profiling.context.snapshot import RepoSnapshot
from profiling.context.writer import as_text

OURS = ".codeflash"


class Source(StrEnum):
    """Where an answer came from."""

    CACHE = "cache"
    PROBE = "probe"


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


@dataclass(slots=True, kw_only=True)
class Answers:
    """What is known, as it comes in.

    Attributes:
        by_probe: each answer as it goes into the context, in the order of the probes.
        steps: one an answer.
        artifacts: longer evidence by file name.
        notes: what went not as it should without harm to the answers, one sentence each.
        not_kept: why an answer could not be put into the cache, None where all could; known after `wait`.
    """

    by_probe: dict[str, Mapping[str, object]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    artifacts: dict[str, object] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    not_kept: OSError | None = None
    _keeping: threading.Thread | None = None

    def keep_aside(self, work: Callable[[], None]) -> None:
        """Put answers into the cache meanwhile: each waits for the disk, and nobody has to wait with it."""
        self._keeping = threading.Thread(target=work, name="keeping")
        self._keeping.start()

    def wait(self) -> None:
        """Wait until the answers are kept."""
        if self._keeping is not None:
            self._keeping.join()


def chosen(wishes: Wishes, probes: tuple[Probe, ...] | None = None) -> tuple[Probe, ...]:
    """Return the probes to ask.

    Args:
        wishes: what for.
        probes: to choose from in place of the catalogue's.
    """
    among = probes or for_task(wishes.task, wishes.languages)
    return tuple(probe for probe in among if not wishes.probes or probe.name in wishes.probes)


def answered(
    asked: tuple[Probe, ...],
    snapshot: RepoSnapshot,
    cache: Cache,
    wishes: Wishes,
    *,
    before_asking: Callable[[], object] = lambda: None,
) -> Answers:
    """Return an answer of each probe. A probe that fails answers so, and its answer is not kept.

    Args:
        asked: none of them depends on another.
        snapshot: of the repository.
        cache: of earlier answers.
        wishes: how to ask.
        before_asking: is called when not all answers are known.
    """
    found = Answers()
    keys = keys_for(asked, snapshot, cache)
    for probe in asked:
        is_machine = Fact.TOOLS in probe.declared_facts
        known = None if is_machine and wishes.refreshes_tools else cache.get(keys.by_probe[probe.name])
        if known is not None and _is_answer(known):
            found.by_probe[probe.name] = known
            found.steps.append(_step(probe, known, Source.CACHE, 0.0))
    unknown = [probe for probe in asked if probe.name not in found.by_probe]
    if unknown:
        before_asking()
        _ask(unknown, snapshot, wishes, found)
    found.by_probe = {probe.name: found.by_probe[probe.name] for probe in asked}
    found.keep_aside(lambda: _keep(found, unknown, cache, keys))
    return found


def _ask(probes: Sequence[Probe], snapshot: RepoSnapshot, wishes: Wishes, found: Answers) -> None:
    from profiling.context import coordinator  # noqa: PLC0415  asyncio is for those who have something to ask

    for ran in coordinator.run(probes, snapshot, jobs=wishes.jobs):
        name, answer = ran.probe.name, _plain(ran.output)
        found.by_probe[name] = answer
        found.steps.append(_step(ran.probe, answer, Source.PROBE, ran.wall_ms))
        found.artifacts.update({f"{name}-{key}": one for key, one in ran.output.raw_artifacts.items()})


def _keep(found: Answers, asked: Sequence[Probe], cache: Cache, keys: Keys) -> None:
    """Keep what was asked now and did not fail, and the keys for as long as the tree stays as it is."""
    try:
        for probe in asked:
            answer = found.by_probe[probe.name]
            if not answer["errors"]:
                cache.put(keys.by_probe[probe.name], answer, ttl_seconds=probe.ttl_seconds)
        if not keys.were_known:
            cache.put(keys.tree, keys.by_probe)
    except OSError as error:
        found.not_kept = error


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
