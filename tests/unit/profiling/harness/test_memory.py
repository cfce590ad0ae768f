from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.flaky(reruns=3)

Run = Callable[..., Any]
Write = Callable[[str, str], Path]
MIB = 2**20

OWNERS = """
    import time

    # Each stays as large as it became until a tick has seen it, however busy the machine is.

    def keeper():
        kept = []
        for number in range(10_000):
            kept.append(bytes(1000))
        until = time.monotonic() + 0.2
        while time.monotonic() < until:
            pass
        return kept

    def transient():
        large = []
        for number in range(600_000):
            large.append(number * 1000)
        until = time.monotonic() + 0.2
        while time.monotonic() < until:
            pass
        return len(large)

    def main():
        kept = keeper()
        transient()
        return kept

    kept = main()
"""


def by_name(report: Mapping[str, Any], rows: str) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for *place, size in report[rows]:
        stack = place if rows == "peaks" else place[1]
        found[report["codes"][stack[0]][2] if stack else "(outside)"] += size
    return found


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
    assert lines["owners.py", 9] / MIB == pytest.approx(9.9, rel=0.05)
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


def test_a_thread_owns_what_it_allocates_while_another_waits_for_it(run: Run, write: Write) -> None:
    write(
        "threads.py",
        """
        import threading
        kept = []
        def works():
            kept.append([str(number) for number in range(200_000)])
        def waits():
            thread = threading.Thread(target=works, name="builder")
            thread.start()
            thread.join()
        waits()
        """,
    )

    report = run("threads.py", harness="ratchet_memory").reports[0]

    owned = by_name(report, "owned")
    builder = owned["works"] + owned.get("<listcomp>", 0)
    assert builder > 0.85 * report["peak_bytes"] > 10 * MIB
    assert owned.get("waits", 0) < 0.1 * builder
    assert {row[0] for row in report["owned"] if row[3] > MIB} == {"builder"}


def test_a_forked_child_counts_its_own_heap_alone(run: Run, write: Write) -> None:
    write(
        "forks.py",
        """
        import os
        def before():
            return [bytes(1000) for _ in range(20_000)]
        def inside():
            return [bytes(1000) for _ in range(8_000)]
        kept = before()
        pid = os.fork()
        if pid == 0:
            more = inside()
            os._exit(0)
        os.waitpid(pid, 0)
        """,
    )

    parent, child = sorted(run("forks.py", harness="ratchet_memory").reports, key=lambda report: -report["peak_bytes"])

    assert parent["peak_bytes"] / MIB == pytest.approx(19.7, rel=0.1)
    assert child["peak_bytes"] / MIB == pytest.approx(7.9, rel=0.2)
