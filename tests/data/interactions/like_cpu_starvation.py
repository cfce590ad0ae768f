"""Computing in short steps, in a thread, and long where nobody else waits."""

import asyncio


def render(size):
    return sum(number * number for number in range(size))


async def in_steps(size):
    total = 0
    for _ in range(20):
        total += render(size // 20)
        await asyncio.sleep(0)
    return total


async def in_thread(size):
    return await asyncio.get_running_loop().run_in_executor(None, render, size)


async def alone(size):
    return render(size)


async def serve():
    return sum(await asyncio.gather(in_steps(400_000), in_steps(400_000), in_thread(600_000)))


def run():
    return asyncio.run(alone(3_000_000)), asyncio.run(serve())
