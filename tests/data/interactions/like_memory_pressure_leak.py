"""A heap that grows with time, whatever the number of tasks."""

import asyncio

SEEN = []


async def handle(number):
    for _ in range(10):
        await asyncio.sleep(0.004)
        SEEN.extend([bytes(64) for _ in range(500)])


async def serve():
    await asyncio.gather(*(handle(number) for number in range(10)))


def run():
    return asyncio.run(serve())
