"""Awaits that need nothing of each other run together."""

MECHANISM = "async"
BEFORE = """\
import asyncio
async def one(x):
    await asyncio.sleep(0)
    return x
async def f(xs):
    return [await one(x) for x in xs]
"""
AFTER = """\
import asyncio
async def one(x):
    await asyncio.sleep(0)
    return x
async def f(xs):
    return list(await asyncio.gather(*map(one, xs)))
"""
CALLS = """\
import asyncio
asyncio.run(m.f([1, 2]))
"""
