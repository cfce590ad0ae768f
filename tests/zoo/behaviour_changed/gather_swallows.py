"""An error in a task is swallowed."""

MECHANISM = "async"
PLACE = "e"
BEFORE = """\
import asyncio
async def one(x):
    return 1 / x
async def f(xs):
    return await asyncio.gather(*(one(x) for x in xs))
"""
AFTER = """\
import asyncio
async def one(x):
    return 1 / x
async def f(xs):
    return await asyncio.gather(*(one(x) for x in xs), return_exceptions=True)
"""
CALLS = """\
import asyncio
asyncio.run(m.f([1, 0]))
"""
TEST = """\
import asyncio
assert asyncio.run(f([1])) == [1]
"""
