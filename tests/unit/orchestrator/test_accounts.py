import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agents.specialists.setup import Setup
from orchestrator.accounts import Accounts
from orchestrator.live.events import Event
from orchestrator.policy.verdict import Level, Reason, Status, Verdict
from profiling.comparison import Comparison, Decision, Measurement
from profiling.measure.failures import RunFailed, Side
from profiling.model import Command, Dimension


def measurement(gain: float) -> Measurement:
    ratio = math.exp(-gain)
    compared = Comparison(
        dimension=Dimension.CPU_S,
        ratio=ratio,
        low=ratio * 0.99,
        high=ratio * 1.01,
        base_median=1.0,
        change_median=ratio,
        pairs=7,
        improved=gain > 0,
        regressed=False,
        limit="",
    )
    return Measurement(
        target=Dimension.CPU_S,
        decision=Decision.IMPROVED if gain > 0 else Decision.NOT_IMPROVED,
        stopped_because="it knew",
        evidence_gain=0.0,
        evidence_no_gain=0.0,
        comparisons={Dimension.CPU_S: compared},
        pairs=(),
        elapsed_s=1.0,
    )


@dataclass
class Branch:
    """A branch of keeps with true gains; measuring it says the truth. It is prover, recorder and bus in one."""

    true: dict[str, float]
    order: list[str] = field(default_factory=list)
    reverted: list[str] = field(default_factory=list)
    discarded: list[str] = field(default_factory=list)
    measured: list[tuple[str, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def headline(self, setup: Setup, base: str, head: str, dimension: Dimension) -> Measurement | None:
        self.measured.append((base, head))
        ends = self.order.index(base), len(self.order) - 1 if head.startswith("revert") else self.order.index(head)
        inside = self.order[ends[0] + 1 : ends[1] + 1]
        left = [name for name in inside if not (head.startswith("revert") and name in self.reverted)]
        return measurement(sum(self.true[name] for name in left)) if left else None

    def revert(self, commit: str, why: str) -> str:
        self.reverted.append(commit)
        return f"revert-{commit}"

    def stands(self, commit: str) -> bool:
        return commit not in self.reverted

    def amend(self, changed: Iterable[Any], head: str) -> None:
        self.discarded += [one.commit for one in changed if one.verdict.reason is Reason.NOT_CONFIRMED]

    def publish(self, event: Event) -> None:
        self.said.append(event.text)


@dataclass(frozen=True, kw_only=True)
class Keep:
    """What settling reads of a record."""

    base_commit: str
    commit: str
    judged: Measurement
    share: float
    verdict: Verdict
    proposal: SimpleNamespace


KEPT = Verdict(
    status=Status.KEEP,
    reason=Reason.IMPROVED,
    level=Level.WORKLOAD,
    net_effect=0.0,
    improved=(Dimension.CPU_S,),
    regressed=(),
    explanation="faster",
)


def accounts(
    true: dict[str, float], claimed: dict[str, float], *, level: Level = Level.WORKLOAD, share: float = 1.0
) -> tuple[Accounts, Branch]:
    order = ["base", *claimed]
    branch = Branch(true={"base": 0.0, **true}, order=order)
    kept: tuple[Any, ...] = tuple(
        Keep(
            base_commit=order[order.index(name) - 1],
            commit=name,
            judged=measurement(gain),
            share=share,
            verdict=replace(KEPT, level=level),
            proposal=SimpleNamespace(dimension=Dimension.CPU_S, summary=f"fix {name}"),
        )
        for name, gain in claimed.items()
    )
    services: Any = SimpleNamespace(prover=branch, recorder=branch, bus=branch)
    setup: Any = None
    return Accounts(services=services, setup=setup, base_commit="base", kept=kept), branch


def test_keeps_that_hold_cost_one_measurement_and_nothing_is_undone() -> None:
    settling, branch = accounts({"a": 0.1, "b": 0.2}, {"a": 0.1, "b": 0.2})
    settled = settling.settle("b")
    assert settled.head == "b"
    assert settled.headline.startswith("base against head, new pairs: ")
    assert (branch.measured, branch.reverted) == ([("base", "b")], [])


@pytest.mark.parametrize("false", [("a",), ("c",), ("b", "d")])
def test_a_claim_that_does_not_hold_is_found_and_undone_newest_first(false: tuple[str, ...]) -> None:
    claimed = dict.fromkeys("abcd", 0.2)
    settling, branch = accounts({name: 0.0 if name in false else 0.2 for name in claimed}, claimed)
    settled = settling.settle("d")
    assert branch.reverted == branch.discarded == sorted(false, reverse=True)
    assert settled.head == f"revert-{min(false)}"
    assert "new pairs" in settled.headline
    assert all(f"fix {name}" in " ".join(branch.said) for name in false)


def test_keeps_that_share_a_gain_stay_and_that_is_said() -> None:
    settling, branch = accounts({"a": 0.2, "b": 0.2}, {"a": 0.2, "b": 0.2})
    honest: Callable[..., Measurement | None] = branch.headline

    def shared(setup: Setup, base: str, head: str, dimension: Dimension) -> Measurement | None:
        return measurement(0.25) if (base, head) == ("base", "b") else honest(setup, base, head, dimension)

    services: Any = SimpleNamespace(prover=SimpleNamespace(headline=shared), recorder=branch, bus=branch)
    settled = replace(settling, services=services).settle("b")
    assert branch.reverted == []
    assert settled.headline.endswith("together they gain less than one by one")


def test_a_keep_of_a_small_function_claims_its_share_of_the_workload_alone() -> None:
    settling, branch = accounts({"a": 0.02}, {"a": 0.5}, level=Level.FUNCTION, share=0.05)
    settling.settle("a")
    assert branch.reverted == []
    settling, branch = accounts({"a": -0.2}, {"a": 0.5}, level=Level.FUNCTION, share=0.05)
    settling.settle("a")
    assert branch.reverted == ["a"]


def test_a_head_that_can_not_be_measured_is_said_and_left() -> None:
    settling, branch = accounts({"a": 0.2}, {"a": 0.2})

    def failing(*_: object) -> Measurement | None:
        raise RunFailed(Side.CHANGE, Command(argv=("python", "bench.py")), 1, "boom")

    services: Any = SimpleNamespace(prover=SimpleNamespace(headline=failing), recorder=branch, bus=branch)
    settled = replace(settling, services=services).settle("a")
    assert settled.head == "a"
    assert "could not be measured" in settled.headline
    assert "exit code 1" in settled.headline


def test_where_nothing_held_the_headline_says_so(tmp_path: Path) -> None:
    settling, branch = accounts({"a": 0.0}, {"a": 0.2})
    assert settling.settle("a").headline == "nothing held when measured again"
    assert branch.reverted == ["a"]
