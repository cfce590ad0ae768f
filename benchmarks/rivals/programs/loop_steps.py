"""An event loop that does nothing but switch: 180,000 bare steps, the dearest case for whoever watches each step."""

import asyncio


async def steps():
    for _ in range(60_000):
        await asyncio.sleep(0)


async def main():
    await asyncio.gather(steps(), steps(), steps())


if __name__ == "__main__":
    asyncio.run(main())
