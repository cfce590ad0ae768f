import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from inline_snapshot import snapshot

from orchestrator.cli.metrics import metrics as command
from orchestrator.errors import RecordsDamaged
from orchestrator.ledger import metrics
from orchestrator.ledger.metrics import Moment
from orchestrator.measures import Coverage, Lookups
from tests.fakes.measures import ENVIRONMENT, measures, point, spread

BASE, HEAD = Moment.BASE, Moment.HEAD


@pytest.fixture
def noted(tmp_path: Path) -> Path:
    """Return a repository of two sessions here and one on another machine."""
    (tmp_path / ".codeflash").mkdir()
    slower = measures(
        cpu_s=spread(0.9),
        caches={"shop.py:price": Lookups(hits=9, misses=1)},
        coverage=Coverage(percent=None, why_not="no coverage"),
    )
    points = (
        point("one", BASE),
        point("one", HEAD, measures(cpu_s=spread(0.5), calls={"shop.py:sell": 60})),
        point("far", BASE, environment={**ENVIRONMENT, "processor": "another"}),
        point("two", BASE, slower),
    )
    metrics.add(points, tmp_path / ".codeflash" / "metrics.jsonl")
    return tmp_path


def asked(root: Path, *options: str) -> Result:
    return CliRunner().invoke(
        command, ["-C", str(root), *options], catch_exceptions=False, standalone_mode=False, env={"COLUMNS": "110"}
    )


def test_a_person_reads_each_trend_apart_with_ranges_and_red_flags(noted: Path) -> None:
    assert asked(noted).output == snapshot("""\
[metrics] python bench.py: 1 session
  Python 3.12.4, another, Linux 6
session   at                commit             CPU s            wall s     peak MiB     tests  coverage
far base  2026-11-22T01:35  far-base  1 [0.98, 1.02]  1.5 [1.47, 1.53]  50 [49, 51]  4 passed     90.0%
calls: shop.py:sell 100
red flags: none

[metrics] python bench.py: 2 sessions
  Python 3.12.4, a processor, Linux 6
session   at                commit                 CPU s            wall s     peak MiB     tests  coverage
one base  2026-11-22T01:35  one-base      1 [0.98, 1.02]  1.5 [1.47, 1.53]  50 [49, 51]  4 passed     90.0%
one head  2026-11-22T01:35  one-head    0.5 [0.49, 0.51]  1.5 [1.47, 1.53]  50 [49, 51]  4 passed     90.0%
two base  2026-11-22T01:35  two-base  0.9 [0.882, 0.918]  1.5 [1.47, 1.53]  50 [49, 51]  4 passed         -
first to last: CPU 0.90x [0.86, 0.94], 3 and 3 runs
               memory 1.00x [0.96, 1.04], 3 and 3 runs
  in brackets what the extremes of the plain runs allow; they were not paired: optimize compare is exact
calls: shop.py:sell 100
cache: shop.py:price 90% hits of 10
coverage: not measured: no coverage
red flags:
  total time, one-head to two-base: CPU 0.5 s → 0.9 s: 1.80x [1.73, 1.87], 3 and 3 runs; optimize compare decides

2 trends: figures of other workloads, interpreters or machines don't compare
""")


def test_a_program_reads_points_change_and_red_flags(noted: Path) -> None:
    far, here = json.loads(asked(noted, "--json").output)["trends"]

    assert (far["red_flags"], len(far["points"])) == ([], 1)
    assert here["change"]["cpu_s"]["ratio"] == pytest.approx(0.9)
    assert here["change"]["cpu_s"]["low"] < 0.9 < here["change"]["cpu_s"]["high"]
    (flag,) = here["red_flags"]
    assert (flag["metric"], flag["from"], flag["to"]) == ("total time", "one-head", "two-base")


def test_red_flags_end_with_1_only_where_that_is_asked_for(noted: Path, tmp_path: Path) -> None:
    assert asked(noted).return_value == 0
    assert asked(noted, "--fail-on-red-flags").return_value == 1


def test_before_any_session_it_says_what_to_do(tmp_path: Path) -> None:
    result = asked(tmp_path, "--fail-on-red-flags")

    assert result.return_value == 0
    assert result.output.splitlines() == [
        "nothing is noted yet: a session notes its figures at its end",
        "next: optimize",
    ]


def test_damaged_records_are_named(noted: Path) -> None:
    (noted / ".codeflash" / "metrics.jsonl").write_text("{\n")

    with pytest.raises(RecordsDamaged, match="line 1"):
        asked(noted)
