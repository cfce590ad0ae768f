"""Coroutines that wait synchronously, in a function they call, while the others are ready."""

import asyncio
import time


def load(number):
    time.sleep(0.03)
    return number


async def handle(number):
    await asyncio.sleep(0)
    return load(number)


async def serve():
    return sum(await asyncio.gather(*(handle(number) for number in range(5))))


def run():
    return asyncio.run(serve())
