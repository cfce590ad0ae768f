from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.flaky(reruns=3)

Run = Callable[..., Any]
Write = Callable[[str, str], Path]

HOLDING = """
    import asyncio, time

    async def main():
        for _ in range(3):
            time.sleep(0.05)
            await asyncio.sleep(0.02)

    loops = [asyncio.new_event_loop() for _ in range(2)]
    for loop in loops:
        loop.run_until_complete(main())
        print("select" in vars(loop._selector))
        loop.close()
"""


@pytest.mark.parametrize("version", ["3.9", "3.11", "3.13", "3.14"])
def test_the_seconds_in_which_loops_were_held_are_told(
    run: Run, write: Write, find_python: Callable[[str], str], version: str
) -> None:
    write("main.py", HOLDING)

    outcome = run("main.py", harness="ratchet_run", python=find_python(version))

    assert outcome.stdout == "False\nFalse\n"
    assert 0.29 <= outcome.reports[0]["loop_held_s"] < 0.45
    assert outcome.reports[0]["hook_errors"] == 0


def test_a_loop_that_only_waits_or_takes_short_turns_is_not_held(run: Run, write: Write) -> None:
    write(
        "main.py",
        """
        import asyncio

        async def main():
            await asyncio.sleep(0.1)
            for _ in range(2000):
                await asyncio.sleep(0)

        asyncio.run(main())
        """,
    )

    assert run("main.py", harness="ratchet_run").reports[0]["loop_held_s"] < 0.05


def test_what_runs_no_loop_has_no_such_figure(run: Run, write: Write) -> None:
    write("main.py", "import asyncio\n")

    assert run("main.py", harness="ratchet_run").reports[0]["loop_held_s"] is None


def test_a_selector_of_another_kind_is_left_alone(run: Run, write: Write) -> None:
    write(
        "main.py",
        """
        import asyncio, selectors

        class Sealed(selectors.SelectSelector):
            def select(self, timeout=None):
                return super().select(timeout)
            def __setattr__(self, name, value):
                if name == "select":
                    raise TypeError("sealed")
                super().__setattr__(name, value)

        loop = asyncio.SelectorEventLoop(Sealed())
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()
        print("done")
        """,
    )

    outcome = run("main.py", harness="ratchet_run")

    assert outcome.stdout == "done\n"
    assert outcome.reports[0]["loop_held_s"] is None
    assert outcome.reports[0]["hook_errors"] == 1


def test_cpu_of_other_threads_is_told_apart(run: Run, write: Write) -> None:
    write(
        "main.py",
        """
        import threading, time

        def burn():
            end = time.thread_time() + 0.1
            while time.thread_time() < end:
                pass

        thread = threading.Thread(target=burn)
        thread.start()
        thread.join()
        """,
    )

    threads_cpu_s = run("main.py", harness="ratchet_run").reports[0]["threads_cpu_s"]

    assert threads_cpu_s == 0 or 0.08 < threads_cpu_s < 0.2  # 0 where the system does not tell (macOS)
