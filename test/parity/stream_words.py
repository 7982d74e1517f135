"""How the scenarios of streams print bytes and errors, and how they get connections."""

import asyncio
from contextlib import asynccontextmanager

from outcomes import name_of


def shown(data):
    """Bytes as text in one line."""
    return data.decode().replace("\r", "\\r").replace("\n", "\\n") or "nothing"


def failure(error):
    """An error of a stream: its class, and what it carries."""
    if isinstance(error, asyncio.IncompleteReadError):
        return f"incomplete: {shown(error.partial)} of {error.expected}"
    if isinstance(error, asyncio.LimitOverrunError):
        return f"overrun: {error.consumed}"
    return name_of(error)


async def told(read):
    """What a read gives, in words."""
    try:
        return shown(await read)
    except BaseException as error:
        return failure(error)


async def told_line(reader):
    """The same for `readline`, whose error has a class of its own in TypeScript."""
    try:
        return shown(await reader.readline())
    except ValueError:
        return "too long"
    except BaseException as error:
        return failure(error)


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


def fed(*chunks, limit=2**16, eof=False):
    """A reader to which these chunks came."""
    reader = asyncio.StreamReader(limit=limit)
    for chunk in chunks:
        reader.feed_data(chunk.encode())
    if eof:
        reader.feed_eof()
    return reader


@asynccontextmanager
async def serving(on_client, **options):
    """A server, and a function that connects to it."""
    server = await asyncio.start_server(on_client, "127.0.0.1", 0, **options)
    port = server.sockets[0].getsockname()[1]
    try:
        yield lambda: asyncio.open_connection("127.0.0.1", port)
    finally:
        server.close()
        server.abort_clients()
        await server.wait_closed()
