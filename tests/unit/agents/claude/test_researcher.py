from collections.abc import Mapping

import pytest

from agents.claude import researcher
from agents.claude.conversation import Why
from agents.claude.scripted import Turn
from agents.model import Insight
from tests.fakes.claude_player import give_up, holds, results_of, use
from tests.fakes.messages_server import Body, in_order
from tests.unit.agents.claude.conftest import TOTAL, UNKNOWN, Shop
from tests.unit.agents.claude.test_choosing import board

SCAN: Mapping[str, object] = {
    "file": "shop/text.py",
    "function": "unknown",
    "antipattern": "each word is looked for in a list:  O(n * m)",
    "evidence": "shop/text.py:8, known: 256 entries",
    "callers": "Order.total, which keeps the order",
    "interaction": "a set of the known words would cost memory once",
}
SUM: Mapping[str, object] = {
    "file": "shop/text.py",
    "function": "Order.total",
    "antipattern": "nothing that the source shows",
    "evidence": "shop/text.py:15",
    "callers": "nobody in the tree",
}


def both(shop: Shop):  # type: ignore[no-untyped-def]
    return tuple(one for one in shop.table if one.key in {UNKNOWN, TOTAL})


def found(*findings: Mapping[str, object]) -> Turn:
    return use("findings", {"findings": list(findings)})


def test_it_reads_source_figures_callers_and_history_and_tells_what_it_finds(shop: Shop, attempt) -> None:  # type: ignore[no-untyped-def]
    def read(body: Body) -> Turn:
        holds(body, "if word not in known:", "CPU 60.0%", "allocation_gc", "ask a frozenset", "Keep the style")
        names = {one["name"] for one in body["tools"]}
        assert names == set(
            "read_file search list_functions callers callees profile_of facts_of guide findings".split()
        )
        if not results_of(body):
            return use("callers", {"file": "shop/text.py", "function": "unknown"})
        assert "20 calls by Order.total" in results_of(body)[0]
        return found(SCAN, SUM)

    ended = researcher.ask(shop.desk(read), brief(shop, attempt), both(shop))
    assert ended.answer is not None
    assert ended.answer[0] == Insight(
        key=UNKNOWN,
        antipattern="each word is looked for in a list: O(n * m)",
        evidence="shop/text.py:8, known: 256 entries",
        callers="Order.total, which keeps the order",
        interaction="a set of the known words would cost memory once",
    )
    assert ended.answer[1].interaction == ""


def brief(shop: Shop, *history):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(shop.brief(*history), bench=None)


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ((SCAN,), "nothing is said of shop/text.py Order.total"),
        ((SCAN, SCAN), "not asked about, or told twice; open: shop/text.py Order.total"),
        ((SCAN, {**SUM, "function": "nobody"}), "shop/text.py nobody: not asked about"),
        ((SCAN, {**SUM, "evidence": "shop/text.py:900"}), "shop/text.py has 15 lines: there is no line 900"),
        ((SCAN, {**SUM, "evidence": "shop/other.py:1"}), "'shop/other.py' is not in the checkout"),
        ((SCAN, {**SUM, "evidence": "../../etc/x.py:1"}), "is outside the checkout"),
        ((SCAN, {**SUM, "antipattern": "x"}), "antipattern: String should have at least 10 characters"),
    ],
)
def test_findings_that_do_not_hold_are_sent_back(
    shop: Shop, findings: tuple[Mapping[str, object], ...], said: str
) -> None:
    desk = shop.desk(in_order(found(*findings), found(SCAN, SUM)))
    assert researcher.ask(desk, brief(shop), both(shop)).answer is not None
    back = researcher.ask(shop.desk(lambda _: found(*findings)), brief(shop), both(shop)[::-1])
    assert back.why is Why.RULES_BROKEN
    assert said in back.detail


def test_what_was_found_reaches_lead_and_specialist_until_the_function_changes(shop: Shop) -> None:
    from profiling.model import Domain

    asked: list[str] = []

    def play(body: Body) -> Turn:
        names = {one["name"] for one in body["tools"]}
        if "findings" in names:
            return found(SCAN)
        holds(body, "each word is looked for in a list: O(n * m) [shop/text.py:8, known: 256 entries]")
        asked.append("specialist")
        return give_up()

    backend = shop.backend(play)
    option = next(one for one in board(shop).options if one.target.key == UNKNOWN)
    assert [one.key for one in backend.read_ahead(shop.tree, board(shop), (option,))] == [UNKNOWN]
    assert list(backend.specialist(Domain.CPU).propose(shop.brief())) == []
    assert asked == ["specialist"]
    assert [one.key for one in backend.insights(shop.tree)] == [UNKNOWN]
    path = shop.tree.root / "shop" / "text.py"
    path.write_text('"""One more line above."""\n' + path.read_text())
    assert [one.key for one in backend.insights(shop.tree)] == [UNKNOWN], "lines move when the text above changes"
    path.write_text(path.read_text().replace("if word not in known:", "if word not in set(known):"))
    assert backend.insights(shop.tree) == ()


def test_a_researcher_that_finds_nothing_is_said_and_changes_nothing(shop: Shop) -> None:
    backend = shop.backend(lambda _: found())
    option = board(shop).options[0]
    assert backend.read_ahead(shop.tree, board(shop), (option,)) == ()
    assert "the researcher found nothing (its answers broke the rules: the input does not fit" in shop.notes[0]
