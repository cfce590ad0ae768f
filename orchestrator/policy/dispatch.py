"""Who works on what at the same time: single-domain targets go to specialists, the rest stays with the lead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agents.model import Candidate
from orchestrator.policy.ranking import RankedTarget, can_be_chosen
from profiling.model import Domain
from profiling.target import Target

MOST_TARGETS = 3
"""Targets of one worker in one dispatch: after that the ground has moved enough to look again."""

_MOST_IN = {Domain.MEMORY: 1}
"""What is judged by a peak hides behind the highest: a second fix shows only once the first is in the base."""

WORTH_IT = 0.005
"""Expected share of the workload below which a target waits for the lead: the floor of materiality."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One target for a worker, with the fix to be tried there."""

    target: Target
    candidate: Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """What one specialist is given.

    Attributes:
        domain: the only one it works in.
        work: in the order to be tried, at least one.
    """

    domain: Domain
    work: tuple[Work, ...]

    @property
    def files(self) -> frozenset[str]:
        """Return the files its targets stand in: no other team of the dispatch has one of them."""
        return frozenset(one.target.key.file for one in self.work)


def teams(ranked: Sequence[RankedTarget], *, workers: int, most: int, lead_only: frozenset[str]) -> tuple[Team, ...]:
    """Return who works on what; nothing unless two teams or more have something to do, and the lead has nothing first.

    Targets in several domains, those of an interaction, and what a worker failed at stay with the lead. Two teams
    never share a file. One domain with enough to do is split between teams; of more domains than workers the first
    ones by rank are taken, the others wait.

    Args:
        ranked: the targets in the order to be tried.
        workers: teams at most.
        most: experiments that are left to the session.
        lead_only: digests of places that are the lead's.
    """
    if workers < 2 or most < 2 or not ranked or not _is_single(ranked[0]):
        return ()
    waiting = [one for one in ranked if is_for_a_worker(one, lead_only)]
    seats = _seats([work.candidate.domain for work in map(_work, waiting)], workers)
    if len(seats) < 2:
        return ()
    given = _given(map(_work, waiting), seats, most)
    found = tuple(Team(domain=domain, work=tuple(work)) for domain, work in zip(seats, given, strict=True) if work)
    return found if len(found) > 1 else ()


def is_for_a_worker(ranked: RankedTarget, lead_only: frozenset[str]) -> bool:
    """Say whether a specialist can have a target: one domain, no interaction, a fix of that domain, and worth it."""
    best = ranked.best_candidate
    return (
        can_be_chosen(ranked)
        and best is not None
        and _is_single(ranked)
        and best.place_digest not in lead_only
        and best.expected_share >= WORTH_IT
    )


def _is_single(ranked: RankedTarget) -> bool:
    """Say whether a target is of one domain at most, that of its fix, and no mechanism joins it to another."""
    target, best = ranked.target, ranked.best_candidate
    return not target.interactions and best is not None and set(target.domains) <= {best.domain}


def _seats(domains: Sequence[Domain], workers: int) -> list[Domain]:
    """Return the domain of each worker: the first ones by rank, then again those with the most left to do."""
    count = min(workers, len(domains))
    seats = list(dict.fromkeys(domains))[:count]
    open_to_more = [domain for domain in seats if domain not in _MOST_IN]
    while len(seats) < count and open_to_more:
        seats.append(max(open_to_more, key=lambda domain: domains.count(domain) - seats.count(domain)))
    return seats


def _given(waiting: Iterable[Work], seats: Sequence[Domain], most: int) -> list[list[Work]]:
    """Deal the targets in order: to the team that has their file, else to the one of their domain with the least."""
    given: list[list[Work]] = [[] for _ in seats]
    owners: dict[str, int] = {}
    for work in waiting:
        file, domain = work.target.key.file, work.candidate.domain
        free = [
            seat
            for seat, of in enumerate(seats)
            if of is domain and len(given[seat]) < _MOST_IN.get(domain, MOST_TARGETS)
        ]
        seat = owners.get(file, min(free, key=lambda seat: len(given[seat]), default=-1))
        if seat in free and sum(map(len, given)) < most:
            given[seat].append(work)
            owners[file] = seat
    return given


def _work(ranked: RankedTarget) -> Work:
    assert ranked.best_candidate is not None
    return Work(target=ranked.target, candidate=ranked.best_candidate)
