from dataclasses import replace

import pytest

from agents.model import Finding
from orchestrator.policy.presubmit import Check, KeptExperiment, check
from profiling.comparison import Comparison
from profiling.model import Dimension
from profiling.target import InteractionKind

OF_THE_BRANCH = {Check.JUDGES_UNTOUCHED, Check.FORMATTER_AS_BEFORE, Check.TYPES_AS_BEFORE}
CPU, PEAK, COLLECTIONS = Dimension.CPU_S, Dimension.PEAK_MIB, Dimension.GC_COLLECTIONS


def compared(dimension: Dimension, *, improved: bool = False, regressed: bool = False) -> Comparison:
    ratio = 1.2 if regressed else 0.8
    return Comparison(
        dimension=dimension,
        ratio=ratio,
        low=ratio,
        high=ratio,
        base_median=1.0,
        change_median=ratio,
        pairs=9,
        improved=improved,
        regressed=regressed,
        limit="",
    )


def kept(*comparisons: Comparison, **changes: object) -> KeptExperiment:
    plain = KeptExperiment(
        number=4,
        message="perf: cache the lookup\n\nCPU: 1.0s → 0.8s",
        interactions=(),
        primary=CPU,
        comparisons={one.dimension: one for one in (compared(CPU, improved=True), *comparisons)},
        diff="--- a/m.py\n+++ b/m.py\n@@ -1 +1 @@\n-x = f()\n+x = g()\n",
        tests_failed=1,
        tests_failed_before=1,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def failing(one: KeptExperiment) -> dict[Check, str]:
    return {item.name: item.detail for item in check([one]) if not item.passed}


def test_an_honest_keep_passes_every_item() -> None:
    items = check([kept()])
    assert [item.name for item in items] == [one for one in Check if one not in OF_THE_BRANCH]
    assert all(item.detail for item in items)
    assert all(item.passed and item.experiment == 4 for item in items)


def test_a_keep_without_a_measured_gain_fails() -> None:
    assert Check.MEASURED in failing(kept(comparisons={CPU: compared(CPU)}))


@pytest.mark.parametrize(
    ("message", "disclosed"),
    [
        ("perf: cache it\n\nMemory: 10 MiB → 12 MiB", True),
        ("perf: cache it\n\ncosts 20% more peak_mib", True),
        ("perf: cache it\n\nCPU: 1.0s → 0.8s", False),
        ("perf: copy less memory\n\nCPU: 1.0s → 0.8s", False),
    ],
)
def test_what_got_worse_must_stand_in_the_body_of_the_commit_message(message: str, disclosed: bool) -> None:
    found = failing(kept(compared(PEAK, regressed=True), message=message))
    assert (Check.TRADEOFFS_DISCLOSED not in found) is disclosed
    if not disclosed:
        assert "0.83x (20% more peak_mib)" in found[Check.TRADEOFFS_DISCLOSED]


def test_a_gc_claim_needs_a_gc_measurement() -> None:
    message = "perf: reuse the buffer\n\nfewer GC pauses"
    assert Check.GC_BACKED in failing(kept(message=message))
    assert Check.GC_BACKED in failing(kept(interactions=("allocation_gc",)))
    assert failing(kept(compared(COLLECTIONS), message=message)) == {}


def test_the_collections_module_is_no_gc_claim() -> None:
    assert failing(kept(message="perf: use collections.deque\n\nCPU: less")) == {}


def test_an_interaction_claim_needs_both_sides_measured_and_one_better() -> None:
    assert Check.INTERACTIONS_BACKED in failing(kept(interactions=("deepcopy",)))
    assert failing(kept(compared(PEAK), interactions=("deepcopy",))) == {}
    nothing = {CPU: compared(CPU), PEAK: compared(PEAK), COLLECTIONS: compared(COLLECTIONS, improved=True)}
    assert Check.INTERACTIONS_BACKED in failing(kept(comparisons=nothing, interactions=("recomputation",)))


@pytest.mark.parametrize("kind", InteractionKind)
def test_every_interaction_can_be_claimed_once_both_its_sides_are_measured(kind: InteractionKind) -> None:
    every = {one: compared(one, improved=True) for one in Dimension}
    assert Check.INTERACTIONS_BACKED not in failing(kept(comparisons=every, interactions=(kind.value,)))
    assert Check.INTERACTIONS_BACKED in failing(kept(comparisons={}, interactions=(kind.value,)))
    assert Check.INTERACTIONS_BACKED in failing(kept(interactions=(kind.value,)))


@pytest.mark.parametrize(
    ("line", "passes"),
    [("+handle.close()", False), ("+del rows", False), ("-handle.close()", True), ("+# handle.close()", True)],
)
def test_an_added_release_asks_whose_object_it_is(line: str, passes: bool) -> None:
    found = failing(kept(diff=f"--- a/m.py\n+++ b/m.py\n{line}\n"))
    assert (Check.RESOURCES_OWNED not in found) is passes


def test_a_confident_finding_must_be_answered() -> None:
    finding = Finding(
        severity="high",
        file="m.py",
        lines=(3, 4),
        confidence=0.7,
        claim="the cache has no bound",
        recommendation="give it a maxsize",
    )
    assert "m.py:3: the cache has no bound" in failing(kept(unanswered=(finding,)))[Check.REVIEWED]
    assert failing(kept(unanswered=(replace(finding, confidence=0.69),))) == {}
    assert failing(kept(findings=(finding,))) == {}


@pytest.mark.parametrize(
    ("check_name", "item"),
    [
        ("shared state", Check.CONCURRENCY_SAFE),
        ("task", Check.CONCURRENCY_SAFE),
        ("signature", Check.API_UNCHANGED),
        ("lost name", Check.API_UNCHANGED),
        ("dead name", Check.NO_DEAD_CODE),
    ],
)
def test_what_a_check_of_ours_finds_fails_the_item_that_asks_for_it(check_name: str, item: Check) -> None:
    finding = Finding(
        severity="low",
        file="m.py",
        lines=(3, 4),
        confidence=0.6,
        claim="so it is",
        recommendation="do",
        check=check_name,
    )
    assert set(failing(kept(findings=(finding,)))) == {item}


def test_a_new_test_failure_fails_and_an_old_one_does_not() -> None:
    assert Check.TESTS_AS_BEFORE in failing(kept(tests_failed=2))
    assert failing(kept(tests_failed=1)) == {}


def test_every_kept_experiment_is_asked_everything() -> None:
    items = check([kept(), kept(number=5, tests_failed=2)])
    assert len(items) == 2 * (len(Check) - len(OF_THE_BRANCH))
    assert [(item.experiment, item.name) for item in items if not item.passed] == [(5, Check.TESTS_AS_BEFORE)]
