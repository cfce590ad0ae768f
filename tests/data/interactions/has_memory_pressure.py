"""Requests that hold rows while they wait."""

import asyncio


async def handle(number):
    await asyncio.sleep(0.006 * number)
    rows = [bytes(64) for _ in range(3000)]
    await asyncio.sleep(0.3)
    return len(rows)


async def serve():
    return sum(await asyncio.gather(*(handle(number) for number in range(40))))


def run():
    return asyncio.run(serve())
