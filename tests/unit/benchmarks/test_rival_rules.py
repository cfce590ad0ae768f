import random

import pytest

from benchmarks.engine_rates import wilson
from benchmarks.rival_rules import RULES, _mann_whitney, _student, hyperfine
from benchmarks.rival_samples import FEWEST_COMMANDS, Commands, Samples, Value, take_commands


def _samples(gain: float, *, spread: float = 0.005) -> Samples:
    rng = random.Random(1)

    def value(less: float) -> Value:
        took = 0.03 * (1 - less) * rng.gauss(1, spread)
        return Value(cpu_s=took, wall_s=took)

    sides = {"base": 0.0, "change": gain}
    return Samples(
        processes={side: [[value(less) for _ in range(3)] for _ in range(20)] for side, less in sides.items()},
        loops={side: [value(less) for _ in range(30)] for side, less in sides.items()},
        alternated=[(value(0.0), value(gain)) for _ in range(100)],
        took={stage: Value(cpu_s=1.0, wall_s=1.0) for stage in ("processes", "loops", "alternated")},
    )


@pytest.mark.parametrize("name", RULES)
def test_every_rule_keeps_a_large_gain_on_quiet_samples_and_no_loss(name: str) -> None:
    assert RULES[name](_samples(0.3)).kept
    assert not RULES[name](_samples(-0.3)).kept


@pytest.mark.parametrize("name", RULES)
def test_every_rule_says_which_samples_it_needed(name: str) -> None:
    claim = RULES[name](_samples(0.1))
    assert claim.stage in {"processes", "loops", "alternated"}


@pytest.mark.parametrize(("gain", "kept"), [(0.3, True), (0.0, False), (-0.3, False)])
def test_two_commands_are_different_when_their_lines_do_not_overlap(gain: float, kept: bool) -> None:
    samples = _samples(gain)
    runs = {side: [one for process in found for one in process] for side, found in samples.processes.items()}

    assert hyperfine(Commands(runs=runs, took=samples.took["loops"])) is kept


def test_each_command_is_run_at_least_ten_times_and_for_about_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.rival_samples.COMMANDS_S", 0.01)

    found = take_commands("json", 2, 1)

    assert [len(runs) for runs in found.runs.values()] == [FEWEST_COMMANDS, FEWEST_COMMANDS]
    assert found.took.wall_s >= sum(run.wall_s for runs in found.runs.values() for run in runs) > 0


@pytest.mark.parametrize(
    ("share", "freedom", "expected"),
    [(0.975, 118, 1.9803), (0.995, 38, 2.7116), (0.975, 38, 2.0244), (0.995, 20, 2.8453)],
)
def test_quantiles_of_students_t_are_those_of_the_tables(share: float, freedom: float, expected: float) -> None:
    assert _student(share, freedom) == pytest.approx(expected, rel=0.002)


def test_mann_and_whitneys_p_is_one_for_the_same_values_and_tiny_for_values_apart() -> None:
    assert _mann_whitney([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]) == pytest.approx(1.0)
    assert _mann_whitney(list(range(20)), list(range(100, 120))) < 1e-6


def test_the_interval_of_no_hits_in_300_ends_at_about_one_percent() -> None:
    low, high = wilson(0, 300)
    assert low == 0.0
    assert high == pytest.approx(0.0126, abs=0.0002)
