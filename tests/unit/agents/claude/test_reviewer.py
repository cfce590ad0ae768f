import pytest

from agents.claude.reviewer import ClaudeReviewer
from agents.claude.scripted import Fault, Step, Turn
from agents.model import Review
from agents.specialists.reviewer import ChangedFile
from tests.fakes.claude_player import approve, holds, results_of, use
from tests.fakes.messages_server import Body, in_order
from tests.unit.agents.claude.conftest import Shop

BEFORE = "def f(x):\n    return list(x)\n"
CHANGE = ChangedFile(file="shop/text.py", before=BEFORE, after=BEFORE.replace("list(x)", "set(x)"))
CACHED = ChangedFile(
    file="shop/text.py",
    before=BEFORE,
    after="from functools import cache\n\n\n@cache\ndef f(x):\n    return list(x)\n",
)


def finding(**changes: object) -> dict[str, object]:
    one = {
        "severity": "high",
        "file": "shop/text.py",
        "first_line": 2,
        "last_line": 2,
        "confidence": 0.9,
        "claim": "f([2, 1, 2]) loses an element and the order",
        "recommendation": "keep the list",
    }
    return {"verdict": "needs-attention", "findings": [{**one, **changes}]}


def review(shop: Shop, player, change: ChangedFile = CHANGE) -> Review:  # type: ignore[no-untyped-def]
    return ClaudeReviewer(desk=shop.desk(player))((change,), lambda: shop.tree.root)


def test_a_finding_names_its_lines_and_stands_beside_those_of_the_static_checks(shop: Shop) -> None:
    def play(body: Body) -> Step:
        holds(body, "+    return set(x)", "-    return list(x)")
        return use("review", finding())

    found = review(shop, play)
    assert found.verdict == "needs-attention"
    assert [(one.file, one.lines, one.confidence) for one in found.findings] == [("shop/text.py", (2, 2), 0.9)]


def test_an_approval_does_not_lift_what_the_static_checks_found(shop: Shop) -> None:
    def play(body: Body) -> Step:
        holds(body, "cached and returns a mutable object")
        return approve()

    found = review(shop, play, CACHED)
    assert found.verdict == "needs-attention"
    assert found.findings


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (finding(file="shop/other.py"), "not in the diff"),
        (finding(last_line=9), "are none"),
        (finding(first_line=2, last_line=1), "are none"),
        (finding(confidence=0.2), "does not follow"),
        ({"verdict": "approve", "findings": finding()["findings"]}, "does not follow"),
        (finding(severity="terrible"), "findings.0.severity"),
    ],
)
def test_a_review_that_does_not_hold_together_is_sent_back(shop: Shop, answer: object, said: str) -> None:
    def play(body: Body) -> Step:
        if not results_of(body):
            return use("review", answer)
        assert said in results_of(body)[-1]
        return approve()

    assert review(shop, play) == Review(verdict="approve")


@pytest.mark.parametrize("turn", [Turn(), Fault(status=401)])
def test_without_an_answer_the_static_checks_stand_and_it_is_said(shop: Shop, turn: Step) -> None:
    found = review(shop, lambda body: turn, CACHED)
    assert found.verdict == "needs-attention"
    assert "by the static checks alone" in shop.notes[0]


def test_nothing_changed_is_nothing_to_pay_for(shop: Shop) -> None:
    reviewer = ClaudeReviewer(desk=shop.desk(in_order()))
    assert reviewer((), lambda: shop.tree.root) == Review(verdict="approve")
