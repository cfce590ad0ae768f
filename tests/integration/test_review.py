"""Kept changes that the gates let pass and a review does not: undone, and made anew where a rule knows how."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from orchestrator.ledger import experiment_json, handoff, results_tsv
from orchestrator.ledger.layout import Layout
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.live.events import Event, EventKind
from tests.fakes.scripted_backend import Fix
from tests.integration.conftest import git
from tests.integration.team_player import play

HEAD = '"""Words of orders."""\n\n\ndef checksum(word):'
NEVER_FORGETS = Fix(
    summary="remember checksums",
    old=HEAD,
    new=HEAD.replace("\n\n\n", "\n\nfrom functools import cache\n\n\n@cache\n"),
    qualname="checksum",
)
HIDES_ERRORS = Fix(
    summary="ask a set, hide errors",
    old="    names = [name.lower() for name in known]\n",
    new=("    try:\n        names = {name.lower() for name in known}\n    except Exception:\n        pass\n"),
)


def records_of(root: Path) -> tuple[ExperimentRecord, ...]:
    return experiment_json.load_all(Layout(root=root).experiments)


def said(events: Iterable[Event], kind: EventKind) -> str:
    return "\n".join(event.text for event in events if event.kind is kind)


def report_of(root: Path) -> tuple[str, dict[str, object]]:
    (plain,) = Layout(root=root).reports.glob("review-*.json")
    return plain.with_suffix(".md").read_text(), json.loads(plain.read_text())


@pytest.mark.slow
def test_a_cache_without_a_bound_passes_the_gates_and_is_undone_and_made_anew_with_one(shop: Path) -> None:
    events = play(shop, NEVER_FORGETS, workers=1)
    first, second = records_of(shop)
    assert (first.verdict.status.value, first.verdict.reason.value) == ("discard", "review_failed")
    assert (second.repairs, second.verdict.status.value) == (first.number, "keep")
    source = git(shop, "show", "codeflash/optimize:shop/text.py")
    assert "@lru_cache(maxsize=1024)\ndef checksum" in source
    subjects = git(shop, "log", "--format=%s", "--reverse", "main..codeflash/optimize").splitlines()
    assert subjects == ["perf: remember checksums", "revert: perf: remember checksums", "perf: remember checksums"]
    assert [row.status for row in results_tsv.read(Layout(root=shop).results)] == ["discard", "keep"]
    assert "confirmed: the check 'unbounded cache' fails" in said(events, EventKind.REVIEW)
    told = handoff.load(Layout(root=shop).handoff)
    assert told is not None
    assert (told.keeps, told.discards) == (1, 1)
    assert any("the cache on checksum has no bound" in line for line in told.reviews)


@pytest.mark.slow
def test_what_no_rule_can_make_anew_is_undone_and_the_report_says_what_held_and_what_did_not(shop: Path) -> None:
    play(shop, HIDES_ERRORS, workers=1)
    (only,) = records_of(shop)
    assert (only.verdict.status.value, only.verdict.reason.value) == ("discard", "review_failed")
    assert git(shop, "diff", "--stat", "main", "codeflash/optimize") == ""
    text, data = report_of(shop)
    assert "unknown swallows every exception" in text
    assert f"- experiment {only.number}: undone" in text
    assert data["rounds"][0]["undone"] == [only.number]  # type: ignore[index]
