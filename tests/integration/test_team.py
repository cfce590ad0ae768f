"""Specialists at work at the same time, on a real repository: what they keep is merged, and nothing is left behind."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.ledger import experiment_json, results_tsv
from orchestrator.ledger.layout import Layout
from orchestrator.live.events import Event, EventKind
from tests.integration import team_shop
from tests.integration.conftest import git
from tests.integration.killing import Seen, check_nothing_is_left, interrupt_when, kill_when
from tests.integration.team_player import play


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What a session left, without what depends on who came back first."""

    experiments: set[tuple[str, str]]
    commits: set[str]
    files: str


def end_of(root: Path) -> End:
    records = experiment_json.load_all(Layout(root=root).experiments)
    assert [record.number for record in records] == list(range(1, len(records) + 1))
    assert [row.status for row in results_tsv.read(Layout(root=root).results)].count("keep") == len(
        [record for record in records if record.commit]
    )
    on_branch = git(root, "log", "--format=%H", "main..codeflash/optimize").splitlines()
    assert {record.commit for record in records if record.commit} == set(on_branch)
    return End(
        experiments={(one.proposal.summary, one.verdict.status.value) for one in records},
        commits=set(git(root, "log", "--format=%s", "main..codeflash/optimize").splitlines()),
        files=git(root, "diff", "main", "codeflash/optimize"),
    )


def said(events: tuple[Event, ...], kind: EventKind) -> str:
    return "\n".join(event.text for event in events if event.kind is kind)


def test_two_specialists_keep_side_by_side_and_the_merge_proves_both_together(tmp_path: Path) -> None:
    root = team_shop.make_pair_shop(tmp_path)
    events = play(root, team_shop.WORDS, team_shop.SUM)
    assert end_of(root).experiments == {("ask a set", "keep"), ("add up one pass", "keep")}
    assert said(events, EventKind.DISPATCH).startswith("2 specialists, each in worktrees of its own")
    streams = {event.stream for event in events if event.kind is EventKind.EXPERIMENT}
    assert streams == {"Tier 2 (Cpu specialist)", "Tier 2 (Cpu specialist 2)"}
    assert "2 of 2 kept changes are on the session branch" in said(events, EventKind.MERGE)
    assert "base against head, new pairs: CPU" in said(events, EventKind.MERGE)
    assert [event.data["message"] for event in events if event.kind is EventKind.MESSAGE].count("keep") == 2
    rows = results_tsv.read(Layout(root=root).results)
    assert all("; dispatched:cpu [" in row.description for row in rows)
    assert {row.commit for row in rows} == {
        commit[:12] for commit in git(root, "log", "--format=%H", "main..codeflash/optimize").splitlines()
    }
    check_nothing_is_left(root)


@pytest.mark.slow
def test_what_crosses_domains_is_the_lead_s_and_all_that_helps_in_three_domains_is_kept(tmp_path: Path) -> None:
    root = team_shop.make_team_shop(tmp_path)
    fixes = (
        team_shop.COPY,
        team_shop.WORDS,
        team_shop.RATES,
        team_shop.SUM,
        team_shop.ZONES,
        team_shop.FETCH,
        team_shop.USELESS,
    )
    events = play(root, *fixes)
    by_summary = {one.proposal.summary: one for one in experiment_json.load_all(Layout(root=root).experiments)}
    copied = by_summary["look without copying"]
    assert copied.interactions == ("deepcopy",)
    assert copied.dispatched == ""
    helpful = {fix.summary for fix in fixes} - {team_shop.USELESS.summary}
    assert {summary for summary, one in by_summary.items() if one.verdict.status.value == "keep"} == helpful
    assert {one.dispatched for one in by_summary.values()} == {"", "cpu", "structure"}
    assert by_summary["fetch side by side"].dispatched == "", "the last one left is the lead's: nobody goes out alone"
    assert len([event for event in events if event.kind is EventKind.DISPATCH]) == 1
    end_of(root)
    check_nothing_is_left(root)


def both(node: str) -> Callable[[Seen], bool]:
    """Stop when two workers have begun a node."""
    begun = [0]

    def reached(event: Seen) -> bool:
        begun[0] += event["kind"] == "node_started" and event["data"] == {"node": node}
        return begun[0] == 2

    return reached


def first(kind: str, **wanted: object) -> Callable[[Seen], bool]:
    def reached(event: Seen) -> bool:
        data = event["data"]
        return event["kind"] == kind and isinstance(data, dict) and data.items() >= wanted.items()

    return reached


PLACES: dict[str, Callable[[], Callable[[Seen], bool]]] = {
    "both are sent out": lambda: both("take"),
    "both test": lambda: both("gate"),
    "both measure, one waiting": lambda: both("measure"),
    "one has kept": lambda: first("experiment", status="keep"),
    "one is back": lambda: first("worker_ended"),
    "they are merged": lambda: first("node_started", node="merge"),
    "the merge is told": lambda: first("merge"),
}


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_a_session_killed_while_two_workers_run_ends_as_an_undisturbed_one(tmp_path: Path, place: str) -> None:
    root = team_shop.make_pair_shop(tmp_path)
    assert kill_when(root, PLACES[place]())
    assert not kill_when(root, lambda _: False)
    assert end_of(root).experiments == {("ask a set", "keep"), ("add up one pass", "keep")}
    assert end_of(root).commits == {"perf: ask a set", "perf: add up one pass"}
    assert end_of(root).files.count("diff --git") == 2
    check_nothing_is_left(root)


@pytest.mark.slow
def test_a_team_killed_at_every_place_in_turn_still_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    root = team_shop.make_pair_shop(tmp_path)
    for reached in PLACES.values():
        kill_when(root, reached())
    kill_when(root, lambda _: False)
    assert end_of(root).commits == {"perf: ask a set", "perf: add up one pass"}
    check_nothing_is_left(root)


@pytest.mark.slow
def test_ctrl_c_while_two_workers_run_saves_both_and_the_next_run_goes_on(tmp_path: Path) -> None:
    root = team_shop.make_pair_shop(tmp_path)
    assert interrupt_when(root, both("gate")) == 130
    assert not kill_when(root, lambda _: False)
    assert end_of(root).commits == {"perf: ask a set", "perf: add up one pass"}
    check_nothing_is_left(root)
