"""HANDOFF.md: all that is needed to go on with a session, on another machine too."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from agents.claude.account import Spent
from orchestrator.ledger.atomic import write_text
from orchestrator.ledger.costs import cost_lines
from orchestrator.ledger.damaged import load_record
from orchestrator.ledger.front_matter import Inline, join, parse_as
from orchestrator.ledger.trials import Mark, of_mark
from orchestrator.policy.tried import Trial

HANDOFF_VERSION = 1


class SessionStatus(StrEnum):
    """How a session stands: under way, or why it ended."""

    RUNNING = "running"
    DONE = "done"
    BOUND = "bound"
    INTERRUPTED = "interrupted"
    STUCK = "stuck"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEntry:
    """A kept change: its commit, what it does, why that is faster or smaller, and the measured effect as text.

    `trial` is for the next session, wherever it is run.
    """

    commit: str
    summary: str
    mechanism: str
    effect: str
    trial: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardedEntry:
    """A change that was not kept, why, and what to learn from it; `trial` is for the next session."""

    summary: str
    reason: str
    lesson: str
    trial: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """A function that can't be made faster without modifying a library: it is looked at first by the next session."""

    file: str
    qualname: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """A session as it stands.

    Attributes:
        session: id; status: how it stands; updated_at: ISO 8601, UTC.
        branch: the session's; base_commit: where it began; head_commit: where it stands.
        workload, tests: commands as text, tests empty when there are none; goal: as first stated.
        experiments, keeps, discards, crashes: counts.
        headline: base against head, with its interval; empty before it was measured.
        environment, baseline, strategy, reviews, next_steps, reproduce: lines; reproduce holds commands.
        targets: the target table as text.
        kept, discarded: entries, in order.
        ceilings: functions under a library's ceiling.
        costs: what the session's models cost, by agent; empty where none was asked.
        version: of this format.
    """

    session: str
    status: SessionStatus
    branch: str
    base_commit: str
    head_commit: str
    workload: str
    tests: str
    goal: str
    updated_at: str
    experiments: int
    keeps: int
    discards: int
    crashes: int
    headline: str = ""
    environment: tuple[str, ...] = ()
    baseline: tuple[str, ...] = ()
    targets: str = ""
    strategy: tuple[str, ...] = ()
    kept: tuple[KeptEntry, ...] = ()
    discarded: tuple[DiscardedEntry, ...] = ()
    reviews: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    reproduce: tuple[str, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    costs: Mapping[str, Spent] = field(default_factory=dict)
    version: int = HANDOFF_VERSION

    @property
    def trials(self) -> tuple[Trial, ...]:
        """Return the experiments that are marked, in order."""
        kept = [of_mark(one.trial, summary=one.summary, commit=one.commit) for one in self.kept if one.trial]
        rest = [
            of_mark(one.trial, summary=one.summary.removesuffix(f" ({one.trial.target.place})"), explanation=one.lesson)
            for one in self.discarded
            if one.trial
        ]
        return tuple(sorted((*kept, *rest), key=lambda one: one.number))


def render(handoff: Handoff) -> str:
    """Return the text: every field as YAML on top, the same for a reader below."""
    fields = _adapter().dump_python(handoff, mode="json")
    for entry in (*fields["kept"], *fields["discarded"]):
        entry["trial"] = Inline(entry["trial"]) if entry["trial"] else None
    return join(fields, "\n\n".join(_prose(handoff)) + "\n")


def parse(text: str) -> Handoff:
    """Return what a text's front matter holds; the prose below is for people alone.

    Raises:
        ValueError: it is damaged or of another version; the message says what is wrong.
    """
    return parse_as(_adapter(), text, version=HANDOFF_VERSION)


def load(path: Path) -> Handoff | None:
    """Read the file, None when there is none.

    Raises:
        RecordsDamaged: it is damaged or of another version; it is left as it is.
    """
    return load_record(path, parse)


def save(handoff: Handoff, path: Path) -> None:
    """Write the file; a reader finds the old text or the new one.

    The repository's own folder is taken out of it, which failures quote: the file is fit to be committed.

    Raises:
        RecordsDamaged: what stands there is not a handoff this program can read; it is left as it is.
        NotWritable: the folder refuses.
    """
    load(path)
    write_text(path, render(_without(f"{path.parents[1].as_posix()}/", handoff)))


def _without(folder: str, handoff: Handoff) -> Handoff:
    """Return the handoff with the paths in a folder made relative to it, wherever failures may be quoted."""

    def told(lines: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(line.replace(folder, "") for line in lines)

    return replace(
        handoff,
        baseline=told(handoff.baseline),
        strategy=told(handoff.strategy),
        discarded=tuple(replace(one, lesson=one.lesson.replace(folder, "")) for one in handoff.discarded),
        reviews=told(handoff.reviews),
        next_steps=told(handoff.next_steps),
    )


@cache
def _adapter() -> TypeAdapter[Handoff]:
    return TypeAdapter(Handoff)


def _prose(handoff: Handoff) -> list[str]:
    outcomes = f"{handoff.keeps} kept, {handoff.discards} discarded, {handoff.crashes} crashed"
    count = f"{handoff.experiments} experiment{'' if handoff.experiments == 1 else 's'}"
    summary = [
        f"Status: {handoff.status.value} ({handoff.updated_at}), {count}: {outcomes}",
        f"Branch: `{handoff.branch}`, from {handoff.base_commit[:12]} to {handoff.head_commit[:12]}",
        f"Workload: `{handoff.workload}`",
        f"Tests: `{handoff.tests}`" if handoff.tests else "Tests: none",
        f"Goal: {handoff.goal}" if handoff.goal else "",
    ]
    return [
        f"# Optimization session {handoff.session}",
        *([f"**{handoff.headline}**"] if handoff.headline else []),
        "\n".join(f"- {line}" for line in summary if line),
        *_section("Environment", handoff.environment),
        *_section("Baseline", handoff.baseline),
        *([f"## Targets\n\n{_block(handoff.targets)}"] if handoff.targets else []),
        *_section("Not optimizable without modifying a library", tuple(map(_ceiling, handoff.ceilings))),
        *_section("Strategy", handoff.strategy),
        *_section("Kept", tuple(f"{k.commit[:12]} {k.summary}: {k.effect}. {k.mechanism}" for k in handoff.kept)),
        *_section("Discarded", tuple(f"{d.summary}: {d.reason}. {d.lesson}" for d in handoff.discarded)),
        *_section("Reviews", handoff.reviews),
        *_section("What the models cost", cost_lines(handoff.costs)),
        *_section("Next steps", handoff.next_steps),
        *([f"## How to reproduce\n\n{_block(chr(10).join(handoff.reproduce))}"] if handoff.reproduce else []),
    ]


def _ceiling(one: Ceiling) -> str:
    return f"{one.qualname} ({one.file}): {one.evidence}"


def _section(title: str, lines: tuple[str, ...]) -> list[str]:
    return [f"## {title}\n\n" + "\n".join(f"- {' '.join(line.split())}" for line in lines)] if lines else []


def _block(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
