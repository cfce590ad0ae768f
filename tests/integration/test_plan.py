"""The action plan on the real command: scan, plan, session, plan."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.ledger import metrics
from orchestrator.ledger.action_plan import parse
from orchestrator.ledger.layout import Layout
from orchestrator.live.effects import effect_line
from profiling.model import Dimension
from tests.integration.conftest import Finished, git

Optimize = Callable[..., Finished]


def test_a_plan_is_written_for_people_and_programs_and_is_the_same_each_time(shop: Path, optimize: Optimize) -> None:
    first, again = (optimize("plan", "-C", str(shop)) for _ in range(2))
    told = optimize("plan", "-C", str(shop), "--json")

    reports = Layout(root=shop).reports
    text = (reports / "action-plan.md").read_text()
    assert (first.code, again.code, told.code) == (0, 0, 0), first.err
    assert first.out == again.out
    assert "unknown without a profile" in first.out
    assert "shop/text.py:17" in text
    assert "if word not in names:" in text
    assert json.loads(told.out) == json.loads((reports / "action-plan.json").read_text())
    assert "reports" not in git(shop, "diff", "--stat", "HEAD")


@pytest.mark.slow
def test_a_session_fills_the_plan_in_with_what_it_measured(shop: Path, optimize: Optimize) -> None:
    optimize("plan", "-C", str(shop))

    session = optimize("run", "-C", str(shop), "--yes", "--max-experiments", "1", timeout=600.0)

    assert session.code == 0, session.err
    reports = Layout(root=shop).reports
    filled = (reports / "action-plan.md").read_text()
    plan = parse((reports / "action-plan.json").read_text())
    (entry,) = [one for one in plan.entries if one.item.rule == "set-membership"]
    kept = git(shop, "rev-parse", "codeflash/optimize")
    assert (entry.outcome.state, entry.outcome.commit) == ("kept", kept)
    assert "pairs" in entry.outcome.effect
    assert f"kept in {kept[:10]}" in filled
    boxes = {one.text: one for one in plan.criteria}
    assert boxes["no test fails that did not fail before"].is_met
    time = boxes["CPU time of the whole workload 20% less, base against head"]
    assert (time.is_met, " pairs" in time.measured) == (True, True)
    (head,) = [one for one in metrics.read(Layout(root=shop).metrics) if one.moment is metrics.Moment.HEAD]
    assert (head.commit, effect_line(head.paired[Dimension.CPU_S])) == (kept, time.measured)
    assert boxes["the tests' coverage above 85%, or where it was"].measured
    assert "not measured yet" not in "".join(one.measured for one in plan.criteria)

    git(shop, "checkout", "-q", "codeflash/optimize")
    later = optimize("plan", "-C", str(shop))

    assert entry.outcome.effect in later.out
    assert "[x] Probe a set" in later.out
    assert f"[x] {time.text}: {time.measured}" in later.out
