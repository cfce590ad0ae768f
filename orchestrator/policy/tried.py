"""What counts as tried: which earlier experiments still speak against trying the same fix again."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from agents.model import Attempt, Proposal
from orchestrator.policy.past import Past
from orchestrator.policy.verdict import Reason, Status
from profiling.model import Dimension, Domain, FunctionKey

_TELLING = frozenset({Reason.BEHAVIOUR_CHANGED, Reason.GAMING_SUSPECTED})
"""Reasons whose explanation names inputs that a proposer is not to see: the next fix would be fitted to them."""

_OF_THE_WORKLOAD = frozenset(
    {
        Reason.NO_IMPROVEMENT,
        Reason.BELOW_THRESHOLD,
        Reason.IMMATERIAL,
        Reason.REGRESSION,
        Reason.MERGE_LOSS,
        Reason.TIMEOUT,
        Reason.CRASH,
    }
)
"""Reasons that rest on what was measured: under another workload they say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One earlier experiment, by whatever record is left of it.

    Attributes:
        key: of the experiment; content: that of the same fix on the same base tree, whoever tries it.
        number: of the experiment, 0 where only a row is left.
        session: it was made in; empty where that is not known.
        source, target, place_digest, summary: of its fix; source and digest are empty where only a row is left.
        status, reason, explanation: its verdict.
        dimension, domain, interactions, gain: as the policies remember it.
        base_commit: what it was tried on; commit: of a keep. Empty where that is not known.
        workload: the command as text, empty where that is not known.
    """

    key: str
    content: str
    number: int
    session: str
    source: str
    target: FunctionKey
    place_digest: str
    summary: str
    status: Status
    reason: Reason
    explanation: str
    dimension: Dimension
    domain: Domain
    interactions: tuple[str, ...]
    gain: float
    base_commit: str
    commit: str
    workload: str

    @property
    def attempt(self) -> Attempt:
        """Return it as a proposer needs to know it."""
        return Attempt(
            source=self.source or "unknown",
            key=self.target,
            summary=self.summary,
            status=self.status.value,
            reason=self.reason.value,
            place_digest=self.place_digest,
            explanation="" if self.reason in _TELLING else self.explanation,
        )

    @property
    def past(self) -> Past:
        """Return it as the policies remember it."""
        return Past(
            status=self.status,
            reason=self.reason,
            dimension=self.dimension,
            domain=self.domain,
            interactions=self.interactions,
            gain=self.gain,
            name=self.target.qualname,
        )


class Ground(Protocol):
    """The code that a session works on, as far as it decides what counts."""

    def contains(self, commit: str) -> bool:
        """Say whether a commit is in the history of the session's head."""
        ...

    def reads_as_in(self, target: FunctionKey, commits: Sequence[str]) -> bool | None:
        """Say whether a function reads as in one of these commits; None where none of them can be read."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """The session that asks.

    Attributes:
        session: its id; continues: id of the one it goes on with, empty for none.
        workload: the command as text.
    """

    session: str
    continues: str
    workload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """All earlier experiments: those that count as tried, and those whose fixes may be tried again."""

    counting: tuple[Trial, ...] = ()
    passed_over: tuple[Trial, ...] = ()

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Return what was tried, as proposers know it."""
        return tuple(one.attempt for one in self.counting)

    def has(self, proposal: Proposal, tree_id: str) -> bool:
        """Say whether this fix on this base was tried; where only a row tells of it, a fix that reads the same."""
        content, name = proposal.content_key(tree_id), _name(proposal.key, proposal.summary)
        return any(
            content in (one.key, one.content) or (not one.source and _name(one.target, one.summary) == name)
            for one in self.counting
        )

    def key_for(self, proposal: Proposal, tree_id: str, session: str) -> str:
        """Return the key of an experiment with this fix: one that no earlier experiment has."""
        key, taken = proposal.content_key(tree_id), {one.key for one in self.passed_over}
        while key in taken:
            key = hashlib.sha256(f"{key} in {session}".encode()).hexdigest()[:16]
        return key


def sort_out(trials: Sequence[Trial], ground: Ground, present: Present) -> Tried:
    """Return which earlier experiments count as tried (docs/resume.md).

    In the session that made it every experiment counts, but for those that only did not fit beside another's change.
    In a later one a keep counts while its commit is in the history of what is worked on; what was undecided does not
    count; what was measured counts for its workload alone; and every discard counts while its function reads as it
    did then, or as its session left it.

    Args:
        trials: in order.
        ground: what is worked on.
        present: the session that asks.
    """
    judged = [(one, _counts(one, trials, ground, present)) for one in trials]
    return Tried(
        counting=tuple(one for one, counts in judged if counts),
        passed_over=tuple(one for one, counts in judged if not counts),
    )


def _counts(one: Trial, trials: Iterable[Trial], ground: Ground, present: Present) -> bool:
    if one.reason is Reason.MERGE_CONFLICT:
        return False
    if one.session == present.session:
        return True
    if one.status is Status.KEEP:
        return bool(one.commit) and ground.contains(one.commit)
    if one.session and one.session == present.continues:
        return True
    if one.reason is Reason.UNDECIDED or _is_of_another_workload(one, present):
        return False
    return ground.reads_as_in(one.target, tuple(dict.fromkeys(_known_states(one, trials)))) is not False


def _is_of_another_workload(one: Trial, present: Present) -> bool:
    return one.reason in _OF_THE_WORKLOAD and one.workload not in ("", present.workload)


def _known_states(one: Trial, trials: Iterable[Trial]) -> Iterator[str]:
    """Yield the commits that a discard's session worked on, its own base first: there its verdict was known."""
    if one.base_commit:
        yield one.base_commit
    for other in trials:
        if other.session == one.session:
            yield from filter(None, (other.base_commit, other.commit))


def _name(target: FunctionKey, summary: str) -> tuple[str, str, str]:
    return target.file, target.qualname, summary
