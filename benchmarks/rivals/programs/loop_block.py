"""An event loop held by CPU work and by sleeping, each for a length it measures itself."""

import asyncio
import json
import time

CPU_S = 0.12
SLEEP_S = 0.15
TIMES = 3


async def cpu_blocker(spent):
    began = time.thread_time()
    total = 0
    while time.thread_time() - began < CPU_S:
        for i in range(2000):
            total += i * i
    spent["cpu_blocker"] += time.thread_time() - began


async def sleep_blocker(spent):
    cpu, wall = time.thread_time(), time.perf_counter()
    time.sleep(SLEEP_S)  # noqa: ASYNC251 - that it blocks is the point
    spent["sleep_blocker"] += time.perf_counter() - wall - (time.thread_time() - cpu)


async def polite():
    for _ in range(40):
        await asyncio.sleep(0.005)


async def main():
    spent = {"cpu_blocker": 0.0, "sleep_blocker": 0.0}
    waiting = asyncio.ensure_future(polite())
    for _ in range(TIMES):
        await asyncio.ensure_future(cpu_blocker(spent))
        await asyncio.ensure_future(sleep_blocker(spent))
    await waiting
    print("TRUTH", json.dumps(spent))


if __name__ == "__main__":
    asyncio.run(main())
