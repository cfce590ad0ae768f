from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.policy.dispatch import MOST_TARGETS, WORTH_IT, Team, is_for_a_worker, teams
from orchestrator.policy.ranking import RankedTarget, rank
from profiling.model import Dimension, Domain, FunctionKey
from profiling.target import InteractionKind

NOBODY: frozenset[str] = frozenset()
DIMENSIONS = {
    Domain.CPU: Dimension.CPU_S,
    Domain.MEMORY: Dimension.PEAK_MIB,
    Domain.ASYNC: Dimension.WALL_S,
    Domain.STRUCTURE: Dimension.IMPORT_S,
}


def ranked(make: Any, name: str, domain: Domain = Domain.CPU, *, file: str = "", **changes: Any) -> RankedTarget:
    key = FunctionKey(file=file or f"pkg/{name}.py", first_line=1, qualname=name)
    share = changes.pop("share", 0.1)
    candidate = make.candidate(name, domain=domain, dimension=DIMENSIONS[domain], expected_share=share)
    target = replace(make.target(name, domains=(domain,)), key=key)
    (found,) = rank([replace(target, **changes)], [replace(candidate, key=key)], [])
    return found


def sent(found: tuple[Team, ...]) -> list[tuple[Domain, list[str]]]:
    return [(team.domain, [work.target.key.qualname for work in team.work]) for team in found]


def dispatch(*waiting: RankedTarget, workers: int = 2, most: int = 20, lead_only: frozenset[str] = NOBODY) -> Any:
    return sent(teams(waiting, workers=workers, most=most, lead_only=lead_only))


def test_two_domains_go_to_a_specialist_each(make: Any) -> None:
    waiting = (ranked(make, "a"), ranked(make, "b", Domain.STRUCTURE), ranked(make, "c"))
    assert dispatch(*waiting) == [(Domain.CPU, ["a", "c"]), (Domain.STRUCTURE, ["b"])]


def test_one_domain_with_enough_to_do_is_split(make: Any) -> None:
    assert dispatch(*(ranked(make, name) for name in "abc")) == [(Domain.CPU, ["a", "c"]), (Domain.CPU, ["b"])]


def test_of_three_domains_the_last_by_rank_waits(make: Any) -> None:
    waiting = (ranked(make, "a"), ranked(make, "b", Domain.STRUCTURE), ranked(make, "c", Domain.ASYNC))
    assert dispatch(*waiting) == [(Domain.CPU, ["a"]), (Domain.STRUCTURE, ["b"])]


def test_of_memory_only_one_fix_goes_out_because_peaks_hide_each_other(make: Any) -> None:
    memory = [ranked(make, name, Domain.MEMORY) for name in "ab"]
    assert dispatch(*memory) == []
    assert dispatch(*memory, ranked(make, "c")) == [(Domain.MEMORY, ["a"]), (Domain.CPU, ["c"])]


@pytest.mark.parametrize(
    "first",
    [{"domains": (Domain.CPU, Domain.MEMORY)}, {"interactions": (InteractionKind.DEEPCOPY,)}],
    ids=["several domains", "an interaction"],
)
def test_what_crosses_domains_is_the_lead_s_and_comes_first_when_it_ranks_first(
    make: Any, first: dict[str, Any]
) -> None:
    crossing, others = ranked(make, "x", **first), [ranked(make, name) for name in "ab"]
    assert dispatch(crossing, *others) == []
    assert dispatch(*others, crossing) == [(Domain.CPU, ["a"]), (Domain.CPU, ["b"])]


def test_what_a_worker_failed_at_is_the_lead_s(make: Any) -> None:
    waiting = [ranked(make, name) for name in "abc"]
    assert dispatch(*waiting, lead_only=frozenset({"digest-b"})) == [(Domain.CPU, ["a"]), (Domain.CPU, ["c"])]


def test_a_fix_that_is_hardly_felt_sends_nobody_out(make: Any) -> None:
    small = ranked(make, "b", share=WORTH_IT / 2)
    assert not is_for_a_worker(small, NOBODY)
    assert dispatch(ranked(make, "a"), small) == []


@pytest.mark.parametrize("limits", [{"workers": 1}, {"most": 1}], ids=["one worker", "one experiment left"])
def test_nobody_goes_out_alone(make: Any, limits: dict[str, int]) -> None:
    assert dispatch(*(ranked(make, name) for name in "abc"), **limits) == []


def test_two_targets_in_one_file_are_one_team_s(make: Any) -> None:
    same = [ranked(make, name, file="pkg/one.py") for name in "ab"]
    assert dispatch(*same) == []
    assert dispatch(*same, ranked(make, "c")) == [(Domain.CPU, ["a", "b"]), (Domain.CPU, ["c"])]


@st.composite
def waiting_rooms(draw: Any) -> list[tuple[str, Domain, str, float, bool]]:
    count = draw(st.integers(0, 12))
    one = st.tuples(
        st.sampled_from(sorted(Domain)),
        st.sampled_from(["a.py", "b.py", "c.py", "d.py"]),
        st.floats(0, 1),
        st.booleans(),
    )
    return [(f"f{place}", *draw(one)) for place in range(count)]


@given(waiting_rooms(), st.integers(1, 4), st.integers(0, 8))
def test_teams_never_share_a_file_or_a_target_and_stay_within_every_bound(
    make: Any, room: list[tuple[str, Domain, str, float, bool]], workers: int, most: int
) -> None:
    waiting = [
        ranked(make, name, domain, file=file, share=share, interactions=(InteractionKind.DEEPCOPY,) if joined else ())
        for name, domain, file, share, joined in room
    ]
    found = teams(waiting, workers=workers, most=most, lead_only=NOBODY)
    given_away = [work.target.key for team in found for work in team.work]
    assert len(found) != 1
    assert len(found) <= workers
    assert len(given_away) == len(set(given_away)) <= most
    assert all(1 <= len(team.work) <= MOST_TARGETS for team in found)
    assert all(
        work.candidate.domain is team.domain and not work.target.interactions for team in found for work in team.work
    )
    files = [team.files for team in found]
    assert all(not one & other for place, one in enumerate(files) for other in files[place + 1 :])
    assert not found or not waiting[0].target.interactions
