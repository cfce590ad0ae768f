"""A coroutine's work is done before it is awaited."""

MECHANISM = "async"
PLACE = "arguments"
BEFORE = """\
async def f(xs):
    xs.append(1)
    return len(xs)
"""
AFTER = """\
def f(xs):
    xs.append(1)
    async def done():
        return len(xs)
    return done()
"""
CALLS = """\
import asyncio
asyncio.run(m.f([]))
"""
TEST = """\
import asyncio
assert asyncio.run(f([])) == 1
"""
