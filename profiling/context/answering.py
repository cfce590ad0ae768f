"""Answers the probes' questions about a repository: from the cache where nothing changed, else by asking them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from profiling.context.cache import Cache
from profiling.context.catalogue import for_task
from profiling.context.keys import keep_keys, keys_for
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
        by_probe: each answer as it goes into the context.
        steps: one an answer.
        artifacts: longer evidence by file name.
        notes: what went not as it should without harm to the answers, one sentence each.
        not_kept: why an answer could not be put into the cache, None where all could.
    """

    by_probe: dict[str, Mapping[str, object]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    artifacts: dict[str, object] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    not_kept: OSError | None = None


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
        known = None if is_machine and wishes.refreshes_tools else cache.get(keys[probe.name])
        if known is not None and _is_answer(known):
            found.by_probe[probe.name] = known
            found.steps.append(_step(probe, known, Source.CACHE, 0.0))
    unknown = [probe for probe in asked if probe.name not in found.by_probe]
    if unknown:
        before_asking()
        _ask(unknown, snapshot, cache, wishes, found, keys)
    try:
        keep_keys(asked, snapshot, cache, keys)
    except OSError as error:
        found.notes.append(f"the cache can't be written: {error}")
    return found


def _ask(
    probes: Sequence[Probe],
    snapshot: RepoSnapshot,
    cache: Cache,
    wishes: Wishes,
    found: Answers,
    keys: Mapping[str, str],
) -> None:
    from profiling.context import coordinator  # noqa: PLC0415  asyncio is for those who have something to ask

    for ran in coordinator.run(probes, snapshot, jobs=wishes.jobs):
        name, answer = ran.probe.name, _plain(ran.output)
        found.by_probe[name] = answer
        found.steps.append(_step(ran.probe, answer, Source.PROBE, ran.wall_ms))
        found.artifacts.update({f"{name}-{key}": one for key, one in ran.output.raw_artifacts.items()})
        try:
            if not ran.output.errors:
                cache.put(keys[name], answer, ttl_seconds=ran.probe.ttl_seconds)
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
