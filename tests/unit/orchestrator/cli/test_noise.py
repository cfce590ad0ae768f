import random

import pytest

from orchestrator.cli import noise as noise_check
from orchestrator.cli.checks import Level
from orchestrator.cli.noise import judged, noise
from profiling.measure.failures import RunFailed, Side
from profiling.measure.machine import Load
from profiling.measure.sensitivity import Noise
from profiling.model import Command

QUIET = Load(cores=2, average=0.3, seconds=14.0, others=0.1, steal=0.0)


def _pairs(spread: float, count: int = 25) -> Noise:
    rng = random.Random(5)
    return Noise(values=tuple(rng.gauss(0, spread) for _ in range(count)), elapsed_s=14.2, body_s=0.3)


def test_a_quiet_machine_is_told_its_spread_and_its_smallest_gain_with_intervals() -> None:
    check = judged(_pairs(0.01), QUIET)

    assert (check.level, check.fix) == (Level.OK, "")
    assert check.detail.startswith("a pair of identical programs differs by 1.0% [0.")
    assert "25 pairs in 14s; others kept 0.1 of 2 processors busy" in check.detail
    assert "in one minute (30 pairs at most) of a 0.5s workload a gain of " in check.detail
    assert check.detail.endswith("] or more is found")
    assert 0.003 < check.figures["smallest_gain_share"] < 0.02
    low, spread, high = (check.figures[f"pair_spread_{end}share"] for end in ("low_", "", "high_"))
    assert low < spread < high


def test_a_loud_machine_is_a_warning_with_what_to_do() -> None:
    check = judged(_pairs(0.15), QUIET)

    assert check.level is Level.WARN
    assert check.figures["smallest_gain_share"] > 0.05
    assert "let other work end" in check.fix


def test_a_machine_too_loud_for_any_gain_is_said_so_and_never_fails() -> None:
    check = judged(_pairs(5.0), QUIET)

    assert check.level is Level.WARN
    assert check.detail.endswith("hardly any gain would be told from this")
    assert "smallest_gain_share" not in check.figures


@pytest.mark.parametrize("count", [1, 5])
def test_too_few_pairs_give_no_figure(count: int) -> None:
    check = judged(_pairs(0.01, count), QUIET)

    assert check.level is Level.WARN
    assert f"only {count} pairs" in check.detail
    assert check.figures == {}


def test_what_can_not_be_measured_is_a_warning_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Noise:
        raise RunFailed(Side.BASE, Command(argv=("python", "main.py")), 127, "no such file")

    monkeypatch.setattr(noise_check, "measure_noise", fail)
    check = noise(1.0, lambda _: None, print)

    assert check.level is Level.WARN
    assert "exit code 127" in check.detail
    assert check.fix
