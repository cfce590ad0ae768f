from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.flaky(reruns=3)

Run = Callable[..., Any]
Write = Callable[[str, str], Path]
MIB = 2**20

HOLDING = """
    import asyncio

    async def handle(number):
        await asyncio.sleep(0.002 * number)
        held = bytes(500_000)
        await asyncio.sleep(0.1)
        return len(held)

    async def main():
        await asyncio.gather(*(handle(number) for number in range(20)))

    asyncio.run(main())
"""


@pytest.mark.parametrize("version", ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"])
def test_the_heap_stands_beside_the_number_of_unfinished_tasks(
    run: Run, write: Write, find_python: Callable[[str], str], version: str
) -> None:
    write("holding.py", HOLDING)

    report = run("holding.py", harness="ratchet_memory", python=find_python(version)).reports[0]

    points = {tasks: (heap, looks) for tasks, heap, looks in report["tasks"]}
    assert max(points) == 21
    most, few = max(heap for heap, _ in points.values()), points[0][0]
    assert (most - few) / MIB == pytest.approx(20 * 0.5 / 1.05, rel=0.3)
    assert all(looks > 0 for _, looks in points.values())
    assert report["hook_errors"] == 0


def test_eager_tasks_count_while_they_are_unfinished(run: Run, write: Write, find_python: Callable[[str], str]) -> None:
    eager = HOLDING.replace(
        "async def main():",
        "async def main():\n        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)",
    )
    write("eager.py", eager)

    report = run("eager.py", harness="ratchet_memory", python=find_python("3.12")).reports[0]

    assert max(tasks for tasks, _, _ in report["tasks"]) == 21


def test_asyncio_is_not_imported_into_a_target_that_does_without(run: Run, write: Write) -> None:
    write("plain.py", "import sys, time\ntime.sleep(0.05)\nprint('asyncio' in sys.modules)\n")

    outcome = run("plain.py", harness="ratchet_memory")

    assert outcome.stdout == "False\n"
    assert outcome.reports[0]["tasks"] == []


def test_many_different_numbers_of_tasks_are_rounded(run: Run, write: Write) -> None:
    write(
        "many.py",
        """
        import asyncio

        async def idle(number):
            await asyncio.sleep(0.0002 * number)

        async def main():
            await asyncio.gather(*(idle(number) for number in range(1000)))

        asyncio.run(main())
        """,
    )

    report = run("many.py", harness="ratchet_memory").reports[0]

    numbers = [tasks for tasks, _, _ in report["tasks"]]
    assert len(numbers) == len(set(numbers)) <= 16 * 11
    assert all(bin(number).rstrip("0").count("0") <= 6 for number in numbers)
    assert all(
        number >> max(0, number.bit_length() - 5) << max(0, number.bit_length() - 5) == number for number in numbers
    )
