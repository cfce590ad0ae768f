"""A server and its client talk on this machine: JSON, forms, and a WebSocket."""

import asyncio
import hashlib

import aiohttp
from aiohttp import web


async def item(request):
    """Answer with JSON."""
    number = int(request.match_info["number"])
    return web.json_response(
        {"number": number, "query": dict(request.query), "agent": bool(request.headers.get("X-A"))}
    )


async def form(request):
    """Answer with what a form held."""
    data = await request.post()
    return web.Response(text=" ".join(f"{key}={value}" for key, value in data.items()))


async def talk(request):
    """Say what is heard."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        await socket.send_str(message.data.upper())
    return socket


async def main():
    """Ask one after the other: the order is that of the digest."""
    app = web.Application()
    app.add_routes([web.get("/items/{number}", item), web.post("/form", form), web.get("/talk", talk)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    digest = hashlib.sha256()
    async with aiohttp.ClientSession(headers={"X-A": "b"}) as session:
        for number in range(500):
            async with session.get(f"{base}/items/{number}", params={"q": f"text {number}"}) as answer:
                digest.update(repr(await answer.json()).encode())
            async with session.post(f"{base}/form", data={"name": "value", "number": str(number)}) as answer:
                digest.update((await answer.text()).encode())
        async with session.ws_connect(f"{base}/talk") as socket:
            for number in range(800):
                await socket.send_str(f"message {number}")
                digest.update((await socket.receive()).data.encode())
    await runner.cleanup()
    print(digest.hexdigest())


asyncio.run(main())
