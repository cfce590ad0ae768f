from dataclasses import replace
from pathlib import Path

from agents.model import Finding
from orchestrator.ledger import review_report
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.ledger.review_report import ReviewReport, ReviewRound
from orchestrator.policy.presubmit import WHOLE_BRANCH, Check, Item
from orchestrator.policy.review import Answered, Fate

FINDING = Finding(
    severity="high",
    file="a|b.py",
    lines=(3, 4),
    confidence=0.8,
    claim="the cache on `f` has <b>no bound",
    recommendation="give it a maxsize",
    check="unbounded cache",
)
ROUND = ReviewRound(
    base="b" * 40,
    head="d" * 40,
    verdict="needs-attention",
    answered=(Answered(finding=FINDING, experiment=1, fate=Fate.CONFIRMED, why="the check fails"),),
    undone=(1,),
)
ITEMS = (
    Item(experiment=2, name=Check.MEASURED, passed=True, detail="2.0x, 9 pairs"),
    Item(experiment=WHOLE_BRANCH, name=Check.TESTS_AS_BEFORE, passed=False, detail="1 fails"),
)


def test_a_report_is_read_back_as_it_was_written(tmp_path: Path, record: ExperimentRecord) -> None:
    report = ReviewReport(session="s1", items=ITEMS).with_round(ROUND)
    review_report.save(report, tmp_path, (record,))
    assert review_report.load(tmp_path, "s1") == report


def test_a_report_that_is_missing_damaged_or_of_another_version_is_begun_anew(tmp_path: Path) -> None:
    empty = ReviewReport(session="s1")
    assert review_report.load(tmp_path, "s1") == empty
    for text in ("{", "[]", '{"session": "s1", "version": 9}', '{"session": 1}', "\x00"):
        review_report.path_of(tmp_path, "s1").write_text(text)
        assert review_report.load(tmp_path, "s1") == empty


def test_a_review_of_the_same_base_takes_the_place_of_the_one_that_was_cut_off() -> None:
    report = ReviewReport(session="s1").with_round(ROUND).with_round(replace(ROUND, base="a"))
    assert report.with_round(replace(ROUND, undone=())).rounds == (replace(ROUND, base="a"), replace(ROUND, undone=()))


def test_a_person_reads_verdict_evidence_and_what_became_of_each_finding(record: ExperimentRecord) -> None:
    anew = replace(record, number=5, repairs=1)
    text = review_report.markdown(ReviewReport(session="s1", items=ITEMS).with_round(ROUND), (record, anew))
    assert "| measured | experiment 2 | holds | 2.0x, 9 pairs |" in text
    assert "| tests as before | the branch | **fails** | 1 fails |" in text
    assert "**confirmed**: the check fails" in text
    assert "- experiment 1: undone, made anew as experiment 5: keep, 2.0x" in text
    assert "&lt;b&gt;no bound" in text


def test_what_a_repository_says_of_itself_breaks_no_table() -> None:
    odd = replace(ITEMS[0], detail="a | b\n| c @someone")
    text = review_report.markdown(ReviewReport(session="s1", items=(odd,)), ())
    (line,) = [line for line in text.splitlines() if line.startswith("| measured")]
    assert line.replace("\\|", "").count("|") == 5
    assert "@someone" not in line
