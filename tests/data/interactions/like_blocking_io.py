"""Waiting with await, in a thread, and synchronously where nobody else waits."""

import asyncio
import time


async def awaits(number):
    await asyncio.sleep(0.03)
    return number


async def in_thread(number):
    await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.03)
    return number


async def serve():
    return sum(await asyncio.gather(*(each(number) for number in range(5) for each in (awaits, in_thread))))


def rest():
    time.sleep(0.02)


async def alone():
    for _ in range(5):
        rest()
        await asyncio.sleep(0.001)


def run():
    asyncio.run(alone())
    return asyncio.run(serve())
