"""Decisions on recorded noise: `benchmarks/record_noise.py` ran identical programs against themselves."""

import json
import random
from pathlib import Path

import pytest

from profiling.comparison import Decision, Pair, RunSample
from profiling.measure.rules import comparisons, improvement
from profiling.measure.stats import Test
from profiling.model import Dimension

FILE = Path(__file__).parents[3] / "data" / "noise.json"
MOST_PAIRS = 30
SMALL_MS = 100
"""Below it the interpreter's own work outweighs the body: nothing may be kept wrongly, but much stays undecided."""
Recorded = list[tuple[RunSample, RunSample]]
Programs = dict[tuple[str, int], Recorded]


@pytest.fixture(scope="module")
def noise() -> Programs:
    content = json.loads(FILE.read_text(encoding="utf-8"))
    names = [Dimension(name) for name in content["dimensions"]]
    return {
        (program["kind"], program["body_ms"]): [
            (_sample(names, base), _sample(names, change)) for base, change in program["pairs"]
        ]
        for program in content["programs"]
    }


def _sample(names: list[Dimension], row: list[float]) -> RunSample:
    return RunSample(values=dict(zip(names, row, strict=True)), exit_code=0, output_sha256="", origins={})


def _scaled(sample: RunSample, factor: float) -> RunSample:
    timed = {Dimension.CPU_S, Dimension.WALL_S}
    values = {name: value * factor if name in timed else value for name, value in sample.values.items()}
    return RunSample(values=values, exit_code=0, output_sha256="", origins={})


def decide(recorded: Recorded, rng: random.Random, factor: float = 1.0) -> tuple[Decision, list[Pair]]:
    """Draw pairs with sides flipped at random, the change scaled, until the rule has decided."""
    pairs: list[Pair] = []
    while len(pairs) < MOST_PAIRS:
        base, change = rng.sample(rng.choice(recorded), 2)
        pairs.append(Pair(index=len(pairs), seed=0, core=0, base_first=True, base=base, change=_scaled(change, factor)))
        decision = improvement(pairs, Dimension.CPU_S, Test())
        if decision is not Decision.UNDECIDED:
            return decision, pairs
    return Decision.UNDECIDED, pairs


def decisions(recorded: list[Recorded], count: int, factor: float) -> list[Decision]:
    rng = random.Random(100)
    return [decide(recorded[index % len(recorded)], rng, factor)[0] for index in range(count)]


def larger(noise: Programs) -> list[Recorded]:
    return [recorded for (_, body_ms), recorded in noise.items() if body_ms >= SMALL_MS]


def test_noise_of_five_kinds_of_work_from_a_millisecond_to_two_seconds_was_recorded(noise: Programs) -> None:
    kinds, sizes = ({name[part] for name in noise} for part in (0, 1))
    assert len(kinds) >= 5
    assert (min(sizes), max(sizes)) == (1, 2000)
    assert len(noise) == len(kinds) * len(sizes)
    assert sum(len(recorded) for recorded in noise.values()) >= 250


def test_of_a_thousand_decisions_on_identical_programs_at_most_one_percent_is_improved(noise: Programs) -> None:
    # The rule allows 1%, at any noise: asking for none of a hundred would be asking for luck.
    assert decisions(list(noise.values()), 1000, 1.0).count(Decision.IMPROVED) <= 10


@pytest.mark.slow
def test_of_very_many_decisions_on_identical_programs_at_most_one_percent_is_improved(noise: Programs) -> None:
    for name, recorded in noise.items():
        assert decisions([recorded], 3000, 1.0).count(Decision.IMPROVED) <= 30, name


def test_of_two_hundred_decisions_on_five_percent_less_time_almost_all_are_improved(noise: Programs) -> None:
    assert decisions(larger(noise), 200, 0.95).count(Decision.IMPROVED) >= 190


def test_of_a_hundred_decisions_on_ten_percent_less_time_almost_all_are_improved(noise: Programs) -> None:
    assert decisions(larger(noise), 100, 0.9).count(Decision.IMPROVED) >= 95


def test_identical_programs_do_not_regress_either(noise: Programs) -> None:
    rng = random.Random(200)
    regressed, programs = 0, larger(noise)
    for index in range(100):
        _, pairs = decide(programs[index % len(programs)], rng)
        compared = comparisons(pairs, Dimension.CPU_S, Test())
        regressed += any(comparison.regressed for comparison in compared.values())

    assert regressed <= 5


def test_collections_of_identical_programs_are_equal_in_every_pair(noise: Programs) -> None:
    counts = [
        (base.values[Dimension.GC_COLLECTIONS], change.values[Dimension.GC_COLLECTIONS])
        for recorded in noise.values()
        for base, change in recorded
    ]

    assert all(base == change for base, change in counts)
