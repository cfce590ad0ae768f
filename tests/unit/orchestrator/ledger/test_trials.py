from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.ledger import results_tsv, trials
from orchestrator.ledger.handoff import DiscardedEntry, Handoff, KeptEntry, SessionStatus, parse, render
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.policy.verdict import Reason, Status
from profiling.model import FunctionKey

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1)
SUMMARIES = st.lists(WORDS, min_size=1).map(" ".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    summary=SUMMARIES,
    line=st.integers(1, 10**6),
    reason=st.sampled_from(Reason),
    status=st.sampled_from(Status),
    dispatched=st.sampled_from(["", "cpu"]),
)
def test_a_row_tells_what_was_tried_where_and_what_became_of_it(
    record: ExperimentRecord, summary: str, line: int, reason: Reason, status: Status, dispatched: str
) -> None:
    key = FunctionKey(file="app/core.py", first_line=line, qualname="Store.load")
    proposal = replace(record.proposal, key=key, summary=summary)
    verdict = replace(record.verdict, reason=reason, status=status)
    written = results_tsv.row(replace(record, proposal=proposal, verdict=verdict, dispatched=dispatched))

    found = trials.of_row(written)

    assert found is not None
    assert (found.key, found.target, found.summary) == (record.key, key, summary)
    assert (found.reason, found.status) == (reason, status)
    assert (found.workload, found.domain.value) == (record.workload, "cpu")
    assert (found.source, found.place_digest, found.session) == ("", "", "")


@pytest.mark.parametrize(
    "description",
    [
        "",
        "experiment 3",
        "f (a.py:1): ask a set; bored [0123456789abcdef]",
        "f (a.py:x): s; improved [0123456789abcdef]",
    ],
)
def test_a_row_of_somebody_else_tells_nothing(record: ExperimentRecord, description: str) -> None:
    assert trials.of_row(replace(results_tsv.row(record), description=description)) is None


def test_a_row_with_domains_of_somebody_else_is_one_of_cpu(record: ExperimentRecord) -> None:
    found = trials.of_row(replace(results_tsv.row(record), domains="gpu+cpu"))
    assert found is not None
    assert found.domain.value == "cpu"


def test_a_handoff_tells_the_same_as_the_records_it_was_made_of(record: ExperimentRecord) -> None:
    discard = replace(
        record,
        number=2,
        key="fedcba9876543210",
        commit="",
        verdict=replace(record.verdict, status=Status.DISCARD, reason=Reason.IMMATERIAL),
    )
    kept = KeptEntry(
        commit=record.commit,
        summary=record.proposal.summary,
        mechanism="",
        effect="",
        trial=trials.mark_of(record),
    )
    summary = f"{discard.proposal.summary} ({discard.proposal.key.place})"
    lesson = discard.verdict.explanation
    dropped = DiscardedEntry(summary=summary, reason="immaterial", lesson=lesson, trial=trials.mark_of(discard))
    words = dict.fromkeys(("session", "branch", "base_commit", "head_commit", "workload", "tests", "goal"), "x")
    counts = dict.fromkeys(("experiments", "keeps", "discards", "crashes"), 1)
    written = Handoff(**words, **counts, status=SessionStatus.DONE, updated_at="", kept=(kept,), discarded=(dropped,))

    found = parse(render(written)).trials

    expected = [trials.of_record(record), trials.of_record(discard)]
    assert [replace(one, content="", explanation="", gain=0.0) for one in found] == [
        replace(one, content="", explanation="", gain=0.0) for one in expected
    ]
    assert found[1].explanation == lesson
    assert [one.gain for one in found] == pytest.approx([one.gain for one in expected], abs=1e-4)
