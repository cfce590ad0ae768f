from dataclasses import replace

import pytest

from agents.scan.plan import PlanItem
from orchestrator.ledger.action_plan import ActionPlan, Baseline, Entry, ItemState, Outcome, dump, parse
from orchestrator.ledger.record import ExperimentRecord
from orchestrator.measures import Asked, Measures
from orchestrator.plan_text import lines, markdown
from orchestrator.planning import Done, filled, planned
from profiling.entry_points.advice import Advice
from profiling.entry_points.judge import Work
from profiling.model import FunctionKey
from tests.fakes.measures import measures
from tests.fakes.plans import ITEM, record

EMPTY = ActionPlan(baseline=None, entries=(Entry(item=ITEM),))


def asking(count: int) -> Measures:
    return measures(queries={"a.py:f": Asked(count=count, entry="a.py:f")})


def outcome(*records: ExperimentRecord, item: PlanItem = ITEM, undone: frozenset[str] = frozenset()) -> Outcome:
    plan = filled(ActionPlan(baseline=None, entries=(Entry(item=item),)), Done(records=records, undone=undone))
    return plan.entries[0].outcome


def met(plan: ActionPlan) -> list[bool]:
    return [one.is_met for one in plan.criteria]


def test_a_keep_fills_its_item_in_with_figures_and_commit() -> None:
    found = outcome(record())

    assert (found.state, found.commit, found.experiment) == (ItemState.KEPT, "c" * 40, 1)
    assert found.effect == "CPU: 1s → 0.5s (50% faster) 0.50x [0.45, 0.55], 7 pairs"


def test_what_was_tried_says_why_it_was_not_kept_and_a_keep_outlives_later_tries() -> None:
    tried = outcome(record(ratio=1.0))

    assert (tried.state, tried.why) == (ItemState.TRIED, "no_improvement: measured")
    assert outcome(record(), record(ratio=1.0, number=2, key="k2")).state is ItemState.KEPT


def test_an_undone_keep_is_said_to_be() -> None:
    found = outcome(record(), undone=frozenset({"c" * 40}))

    assert found.state is ItemState.REVERTED
    assert "undone since" in found.why


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": "regex-hoist"},
        {"file": "b.py"},
        {"function": "g"},
    ],
)
def test_an_experiment_elsewhere_leaves_an_item_open(changes: dict[str, str]) -> None:
    assert outcome(record(), item=replace(ITEM, **changes)).state is ItemState.OPEN


def test_of_two_alike_items_in_a_function_the_one_whose_line_was_replaced_is_meant() -> None:
    other = replace(ITEM, id="f" * 20, line=9, code="if other in names:")
    plan = filled(ActionPlan(baseline=None, entries=(Entry(item=other), Entry(item=ITEM))), Done(records=(record(),)))

    assert [one.outcome.state for one in plan.entries] == [ItemState.OPEN, ItemState.KEPT]


def test_a_model_that_replaced_the_line_did_the_item_too() -> None:
    assert outcome(record(source="claude-x")).state is ItemState.KEPT
    assert outcome(record(source="claude-x", diff="-nothing of it\n")).state is ItemState.OPEN


def test_a_keep_that_nobody_planned_gets_an_item_once() -> None:
    alone = record(
        diff="-other\n", proposal=replace(record().proposal, key=FunctionKey(file="z.py", first_line=4, qualname="h"))
    )
    done = Done(records=(alone,))

    once = filled(EMPTY, done)
    twice = filled(once, done)

    assert twice == once
    assert [(one.item.file, one.outcome.state) for one in once.entries] == [
        ("a.py", ItemState.OPEN),
        ("z.py", ItemState.KEPT),
    ]


def test_a_new_plan_keeps_what_was_done_and_drops_what_is_gone_without_a_trace() -> None:
    gone = replace(ITEM, id="e" * 20, function="g", code="pass")
    before = filled(replace(EMPTY, entries=(Entry(item=ITEM), Entry(item=gone))), Done(records=(record(),)))
    fresh = replace(ITEM, id="d" * 20, function="h", code="new")

    plan = planned((fresh,), before, None, Done(records=(record(),)))

    assert [(one.item.id, one.outcome.state) for one in plan.entries] == [
        (fresh.id, ItemState.OPEN),
        (ITEM.id, ItemState.KEPT),
    ]


def test_the_first_baseline_stays_and_a_later_profile_counts_the_queries() -> None:
    first = Baseline(workload="w", profile="1", figures={"Wall": "1s"}, at="1", measures=asking(100))
    later = replace(first, profile="2", at="2", measures=asking(40))
    before = planned((ITEM,), None, first, Done())
    after = planned((ITEM,), before, later, Done())

    assert (before.now, after.now, after.baseline) == (None, later, first)
    assert "| Repeated queries | 100, 40 by the newest profile |" in markdown(after)
    assert (met(before)[-1], met(after)[-1]) == (False, True)
    assert planned((ITEM,), before, replace(later, workload="other"), Done()).now is None


def test_what_is_known_of_the_workload_now_stays_until_a_profile_says_something_else() -> None:
    first = Baseline(workload="w", profile="1", figures={}, at="1", measures=asking(100))
    later = replace(first, at="2", measures=asking(40))
    plan = planned((ITEM,), planned((ITEM,), None, first, Done()), later, Done())

    assert planned((ITEM,), plan, replace(later, at="3"), Done()).now == later
    assert planned((ITEM,), plan, None, Done()).now == later
    assert planned((ITEM,), plan, replace(first, at="3"), Done()).now == later


def test_a_plan_reads_back_as_it_was_and_a_damaged_one_says_where() -> None:
    plan = filled(EMPTY, Done(records=(record(),)))

    assert parse(dump(plan)) == plan
    with pytest.raises(ValueError, match="entries"):
        parse('{"schema": "ratchet.plan/1", "baseline": null}')
    with pytest.raises(ValueError, match="schema"):
        parse(dump(replace(plan, schema="other/9")))


def test_the_text_shows_state_effect_and_boxes_and_nothing_of_the_target_takes_it_over() -> None:
    bad = replace(ITEM, id="b" * 20, code="x\n# heading\n```", title="<b>`|", file="a|b.py", evidence="\x1b[31mred")
    plan = filled(replace(EMPTY, entries=(Entry(item=ITEM), Entry(item=bad))), Done(records=(record(),)))

    text = markdown(plan)

    assert "### [x] 01234567 Probe a set" in text
    assert "| 01234567 | a.py:3 | kept | cccccccccc | CPU: 1s → 0.5s (50% faster) 0.50x [0.45, 0.55], 7 pairs |" in text
    assert "- [x] no test fails that did not fail before: 1 kept, none does" in text
    assert "    # heading" in text
    assert "\n# heading" not in text
    assert "<b>" not in text
    assert "a\\|b.py" in text
    assert "\x1b" not in text
    assert "0.50x [0.45, 0.55], 7 pairs" in "\n".join(lines(plan))


ADVICE = Advice(
    name="main<b>",
    file="a.py",
    line=3,
    work=Work.SLOW_IO,
    towards="asyncio",
    evidence="waits 91% ± 3% of 4.20s; 412 waits of about 9.8ms",
    action="run them under asyncio",
    before="412 waits one after the other",
    after="N at once",
)


def test_what_entry_points_do_stands_before_the_phases_and_stays_without_a_new_profile() -> None:
    plan = planned([ITEM], None, None, Done(), entry_points=[ADVICE])
    later = planned([ITEM], plan, None, Done())
    text = markdown(plan)

    assert parse(dump(plan)) == plan
    assert later.entry_points == plan.entry_points == (ADVICE,)
    assert text.index("What the entry points do") < text.index("## Phase 1")
    assert "- `main<b>` (a.py:3): **slow I/O → asyncio**" in text
    assert "    - Before: 412 waits one after the other. After: N at once" in text
    assert next(lines(plan)) == "entry points:"
    assert "  main<b> (a.py:3): slow I/O → asyncio: waits 91% ± 3% of 4.20s; 412 waits of about 9.8ms" in lines(plan)


def test_without_a_profile_the_plan_says_how_to_learn_what_waits() -> None:
    text = markdown(planned([ITEM], None, None, Done()))

    assert "Not known: `optimize profile --out .codeflash/profiles/before.json -- COMMAND`" in text
