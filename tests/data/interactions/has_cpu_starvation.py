"""Coroutines that compute long, while the others are ready."""

import asyncio


def render(size):
    return sum(number * number for number in range(size))


async def handle(size):
    await asyncio.sleep(0)
    return render(size)


async def serve():
    return sum(await asyncio.gather(*(handle(1_500_000) for _ in range(4))))


def run():
    return asyncio.run(serve())
