"""Requests that share one large table."""

import asyncio


async def handle(table, number):
    await asyncio.sleep(0.001 * number)
    return table[number]


async def serve():
    table = [bytes(64) for _ in range(100_000)]
    return len(await asyncio.gather(*(handle(table, number) for number in range(40))))


def run():
    return asyncio.run(serve())
