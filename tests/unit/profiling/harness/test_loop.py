from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.flaky(reruns=3)

Run = Callable[..., Any]
Write = Callable[[str, str], Path]

WAITING = """
    import asyncio, time

    def block():
        time.sleep(0.04)

    async def holds_others():
        await asyncio.sleep(0)
        block()

    async def alone():
        for _ in range(3):
            time.sleep(0.03)
            await asyncio.sleep(0)

    async def polite():
        await asyncio.sleep(0.05)

    async def in_thread():
        await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.05)

    async def main():
        await asyncio.gather(*(each() for each in (holds_others, holds_others, holds_others, polite, in_thread)))

    asyncio.run(alone())
    asyncio.run(main())
"""


def by_name(report: Mapping[str, Any]) -> dict[str, list[float]]:
    """Return CPU, blocked, longest and awaited seconds by name."""
    return {report["codes"][number][2]: figures for number, *figures in report["loop"]}


@pytest.mark.parametrize("version", ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"])
def test_what_holds_a_loop_is_told_from_what_others_waited_for(
    run: Run, write: Write, find_python: Callable[[str], str], version: str
) -> None:
    write("waiting.py", WAITING)

    report = run("waiting.py", python=find_python(version)).reports[0]

    held = by_name(report)
    _, blocked_s, longest_s, awaited_s = held["holds_others"]
    assert blocked_s == pytest.approx(0.12, abs=0.04)
    assert longest_s == pytest.approx(0.04, abs=0.02)
    assert awaited_s >= 0.05
    _, blocked_s, longest_s, awaited_s = held["alone"]
    assert blocked_s == pytest.approx(0.09, abs=0.03)
    assert awaited_s <= 0.01
    assert held["polite"][1] < 0.01
    assert held["in_thread"][1] < 0.01
    assert report["hook_errors"] == 0


def test_a_timer_or_a_file_that_is_ready_waits_too(run: Run, write: Write) -> None:
    write(
        "ready.py",
        """
        import asyncio, socket, time

        async def timer():
            asyncio.get_running_loop().call_later(0.001, print, "rang")
            time.sleep(0.05)
            await asyncio.sleep(0)

        async def file():
            ours, theirs = socket.socketpair()
            asyncio.get_running_loop().add_reader(ours, ours.recv, 10)
            theirs.send(b"x")
            time.sleep(0.05)
            asyncio.get_running_loop().remove_reader(ours)
            ours.close(), theirs.close()

        async def cancelled():
            asyncio.get_running_loop().call_later(0.001, print).cancel()
            time.sleep(0.05)

        asyncio.run(timer())
        asyncio.run(file())
        asyncio.run(cancelled())
        """,
    )

    report = run("ready.py").reports[0]

    held = by_name(report)
    assert held["timer"][3] >= 0.02
    assert held["cancelled"][3] <= 0.01
    assert held["file"][3] >= 0.02 or "linux" not in __import__("sys").platform


def test_a_loop_with_a_clock_of_its_own_is_left_alone(run: Run, write: Write) -> None:
    write(
        "fake.py",
        """
        import asyncio, time

        class Loop(asyncio.SelectorEventLoop):
            now = 0.0
            def time(self):
                self.now += 1.0
                return self.now

        async def main():
            asyncio.get_running_loop().call_at(10**9, print)
            time.sleep(0.02)
            return asyncio.get_running_loop().now

        loop = Loop()
        print(loop.run_until_complete(main()))
        loop.close()
        """,
    )

    assert run("fake.py").stdout == run("fake.py", injected=False).stdout


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux tells how long a thread waited for a core")
def test_many_waits_too_short_to_fill_the_time_between_two_samples_are_seen(run: Run, write: Write) -> None:
    write(
        "brief.py",
        """
        import asyncio, time

        async def waits():
            time.sleep(0.0002)
            await asyncio.sleep(0)
            sum(range(500))

        async def computes():
            sum(range(20_000))
            await asyncio.sleep(0)

        async def main():
            for each in (waits, computes):
                await asyncio.gather(*(each() for _ in range(2000 if each is waits else 300)))

        asyncio.run(main())
        """,
    )

    held = by_name(run("brief.py").reports[0])

    assert held["waits"][1] >= 0.05
    assert held["waits"][1] > 5 * held.get("computes", [0.0, 0.0])[1]
