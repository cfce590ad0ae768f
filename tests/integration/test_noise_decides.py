"""The whole decision on recorded real noise: a change that does nothing is discarded, a true gain is kept.

The samples are pairs of identical programs, run together on one core of a busy machine (`benchmarks/record_noise.py`).
"""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.policy.keep_or_discard import ExperimentEvidence, decide
from orchestrator.policy.verdict import Level, Status, Verdict
from profiling.comparison import Decision, Measurement, Pair, RunSample
from profiling.measure.rules import comparisons, improvement
from profiling.measure.stats import Test
from profiling.model import Dimension

NOISE = Path(__file__).parents[1] / "data" / "noise.json"
MOST_PAIRS = 30
LEAST_BODY_MS = 100

Recorded = list[tuple[RunSample, RunSample]]


@pytest.fixture(scope="module")
def recorded() -> list[Recorded]:
    content = json.loads(NOISE.read_text(encoding="utf-8"))
    names = [Dimension(name) for name in content["dimensions"]]
    return [
        [(_sample(names, base), _sample(names, change)) for base, change in program["pairs"]]
        for program in content["programs"]
        if program["body_ms"] >= LEAST_BODY_MS
    ]


def _sample(names: list[Dimension], row: list[float]) -> RunSample:
    return RunSample(values=dict(zip(names, row, strict=True)), exit_code=0, output_sha256="", origins={})


def _scaled(sample: RunSample, factor: float) -> RunSample:
    timed = {Dimension.CPU_S, Dimension.WALL_S}
    values = {name: value * factor if name in timed else value for name, value in sample.values.items()}
    return replace(sample, values=values)


def verdict(pairs_seen: Recorded, rng: random.Random, factor: float) -> Verdict:
    """Measure and decide as a session does, with sides swapped at random and the change's times scaled."""
    pairs: list[Pair] = []
    decision = Decision.UNDECIDED
    while decision is Decision.UNDECIDED and len(pairs) < MOST_PAIRS:
        base, change = rng.sample(rng.choice(pairs_seen), 2)
        scaled = _scaled(change, factor)
        pairs.append(Pair(index=len(pairs), seed=0, core=0, base_first=True, base=base, change=scaled))
        decision = improvement(pairs, Dimension.CPU_S, Test())
    compared = comparisons(pairs, Dimension.CPU_S, Test())
    measurement = Measurement(
        target=Dimension.CPU_S,
        decision=decision,
        stopped_because="",
        evidence_gain=0.0,
        evidence_no_gain=0.0,
        comparisons=compared,
        pairs=tuple(pairs),
        elapsed_s=0.0,
    )
    return decide(
        ExperimentEvidence(
            failed_gate=None,
            primary=Dimension.CPU_S,
            level=Level.WORKLOAD,
            measurement=measurement,
            share=1.0,
            workload_base_s=compared[Dimension.CPU_S].base_median,
            diff_lines=2,
            prescreen_gain=None,
        )
    )


def verdicts(recorded: list[Recorded], seed: int, factor: float) -> list[Verdict]:
    rng = random.Random(seed)
    return [verdict(recorded[index % len(recorded)], rng, factor) for index in range(100)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_change_that_does_nothing_is_discarded_a_hundred_times_out_of_a_hundred(
    recorded: list[Recorded], seed: int
) -> None:
    kept = [one.explanation for one in verdicts(recorded, seed, 1.0) if one.status is Status.KEEP]
    assert kept == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_true_gain_of_ten_percent_is_kept_at_least_95_times_out_of_a_hundred(
    recorded: list[Recorded], seed: int
) -> None:
    kept = [one for one in verdicts(recorded, seed, 0.9) if one.status is Status.KEEP]
    assert len(kept) >= 95
