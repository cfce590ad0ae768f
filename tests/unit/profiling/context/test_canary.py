"""Guards what makes a second gather cheap, by ratios of CPU time with generous bounds, never by absolute times."""

import time
from pathlib import Path

import pytest

from profiling.context.answering import Source, Wishes
from profiling.context.gathering import gather
from profiling.context.snapshot import take


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for number in range(300):
        folder = tmp_path / f"package_{number // 50}"
        folder.mkdir(exist_ok=True)
        (folder / f"module_{number}.py").write_text(f"async def f_{number}():\n    return {number}\n" * 20)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\ndependencies = ["numpy"]\n')
    return tmp_path


def cpu_s(root: Path, wishes: Wishes) -> float:
    began = time.process_time()
    gather(root, wishes)
    return time.process_time() - began


def test_a_gather_that_knows_all_answers_takes_less_than_half_the_cpu_of_one_that_knows_none(repository: Path) -> None:
    gather(repository, Wishes())
    pairs = [(cpu_s(repository, Wishes(uses_cache=False)), cpu_s(repository, Wishes())) for _ in range(3)]

    assert min(warm / cold for cold, warm in pairs) < 0.5
    assert {step.source for step in gather(repository, Wishes()).steps} == {Source.CACHE}


def test_of_a_gather_that_knows_all_answers_looking_at_the_files_is_a_good_part(repository: Path) -> None:
    """What it does beside listing files stays within some times of that, however many probes there are."""
    gather(repository, Wishes())
    ratios = []
    for _ in range(3):
        warm = cpu_s(repository, Wishes())
        began = time.process_time()
        take(repository)
        ratios.append(warm / (time.process_time() - began))

    assert min(ratios) < 12
