from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Write = Callable[[str, str], Path]
MIB = 2**20

OWNERS = """
    def keeper():
        kept = []
        for number in range(10_000):
            kept.append(bytes(1000))
        return kept

    def transient():
        large = []
        for number in range(600_000):
            large.append(number * 1000)
        return len(large)

    def main():
        kept = keeper()
        transient()
        return kept

    kept = main()
"""


def by_name(report: Mapping[str, Any], rows: str) -> dict[str, int]:
    return {report["codes"][number][2]: size for number, size in report[rows]}


def test_peaks_and_their_owners_are_found(run: Run, write: Write) -> None:
    write("owners.py", OWNERS)

    report = run("owners.py", harness="ratchet_memory").reports[0]

    peaks, owned = by_name(report, "peaks"), by_name(report, "owned")
    truth = {"keeper": 10.0, "transient": 23.4}
    for name, mib in truth.items():
        assert owned[name] / MIB == pytest.approx(mib, rel=0.25)
        assert peaks[name] / MIB == pytest.approx(mib, rel=0.25)
    assert peaks["main"] / MIB == pytest.approx(33.4, rel=0.1)
    assert sum(owned.values()) == pytest.approx(report["peak_bytes"], rel=0.05)


def test_what_is_alive_at_the_end_is_found_by_line(run: Run, write: Write) -> None:
    write("owners.py", OWNERS)

    report = run("owners.py", harness="ratchet_memory").reports[0]

    lines = {(file, line): size for file, line, size in report["live"]}
    assert lines["owners.py", 5] / MIB == pytest.approx(9.9, rel=0.05)
    assert sum(lines.values()) / MIB < 12
    assert report["stopped_because"] is None


def test_tracing_stops_at_its_budget_and_says_so(run: Run, write: Write) -> None:
    write("long.py", "import time, tracemalloc\ntime.sleep(0.3)\nprint(tracemalloc.is_tracing())\n")

    outcome = run("long.py", harness="ratchet_memory", options={"budget_s": 0.05})

    assert outcome.stdout == "False\n"
    assert "budget" in outcome.reports[0]["stopped_because"]


def test_a_program_that_stops_tracing_itself_is_told_of(run: Run, write: Write) -> None:
    write("own.py", "import time, tracemalloc\ntracemalloc.stop()\ntime.sleep(0.1)\n")

    report = run("own.py", harness="ratchet_memory").reports[0]

    assert "tracemalloc itself" in report["stopped_because"]
