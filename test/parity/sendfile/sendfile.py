"""loop.sendfile: files through connections."""

import asyncio
import contextlib
import tempfile

from outcomes import outcome
from support import main, scenario

LARGE = 10_000_000


class Sender(asyncio.Protocol):
    def __init__(self):
        self.over = asyncio.get_running_loop().create_future()
        self.text = asyncio.get_running_loop().create_future()

    def data_received(self, data):
        self.text.set_result(data.decode())

    def connection_lost(self, error):
        self.over.set_result(error)


class Receiver(asyncio.Protocol):
    def __init__(self):
        self.data = bytearray()
        self.made = asyncio.get_running_loop().create_future()
        self.over = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        transport.pause_reading()
        self.made.set_result(transport)

    def data_received(self, data):
        self.data += data

    def connection_lost(self, error):
        self.over.set_result(None)


@contextlib.asynccontextmanager
async def connection():
    """A connection whose receiver does not read until it is told to."""
    loop = asyncio.get_running_loop()
    receiver = Receiver()
    server = await loop.create_server(lambda: receiver, "127.0.0.1", 0)
    transport, sender = await loop.create_connection(Sender, *server.sockets[0].getsockname())
    other = await receiver.made
    try:
        yield transport, sender, receiver, other
    finally:
        for end, protocol in ((transport, sender), (other, receiver)):
            if not protocol.over.done():  # asyncio cannot abort what is over
                end.abort()
        await sender.over
        await receiver.over
        server.close()
        await server.wait_closed()


@contextlib.contextmanager
def file_of(content):
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        yield file


def send(*args, **options):
    return asyncio.get_running_loop().sendfile(*args, **options)


@scenario("a file keeps its place between what is written [SF-01 SF-04]")
async def place(print):
    async with connection() as (transport, _, receiver, other):
        other.resume_reading()
        with file_of(b" the file ") as file:
            transport.write(b"before")
            print(await send(transport, file))
            transport.write(b"after")
        transport.close()
        await receiver.over
        print(receiver.data.decode())


@scenario("offset and count choose a part, as far as there is one [SF-01 SF-05]")
async def part(print):
    async with connection() as (transport, _, receiver, other):
        other.resume_reading()
        with file_of(b"0123456789") as file:
            print(await send(transport, file, 2, 3))
            print(await send(transport, file, 8))
            print(await send(transport, file, 7, 1000))
            print(await send(transport, file, 10))
            print(await send(transport, file, 1000))
            print(await send(transport, file, 0, 1))
        transport.close()
        await receiver.over
        print(receiver.data.decode())


@scenario("an empty file sends nothing [SF-01]")
async def empty(print):
    async with connection() as (transport, sender, _, _other):
        with file_of(b"") as file:
            print(await send(transport, file))
        print(transport.get_protocol() is sender, transport.is_reading())


@scenario("a large file waits for its receiver, while reading is paused [SF-03 SF-04]")
async def large(print):
    async with connection() as (transport, sender, receiver, other):
        with file_of(b"x" * LARGE) as file:
            task = asyncio.create_task(send(transport, file))
            while transport.is_reading():
                await asyncio.sleep(0)
            other.write(b"from the receiver")
            for _ in range(50):
                await asyncio.sleep(0)
            print(task.done(), transport.is_reading(), sender.text.done())
            other.resume_reading()
            print(await task)
        print(transport.is_reading(), transport.get_protocol() is sender)
        print(await sender.text)
        transport.close()
        await receiver.over
        print(len(receiver.data))


@scenario("writing is refused meanwhile [SF-04]")
async def writing(print):
    async with connection() as (transport, _, receiver, other):
        with file_of(b"x" * LARGE) as file:
            task = asyncio.create_task(send(transport, file))
            while transport.is_reading():
                await asyncio.sleep(0)
            try:
                transport.write(b"between")
            except RuntimeError:
                print("refused")
            other.resume_reading()
            print(await task)
        transport.close()
        await receiver.over
        print(len(receiver.data))


@scenario("a cancelled sendfile gives the connection back [SF-04]")
async def cancelled(print):
    async with connection() as (transport, sender, receiver, other):
        with file_of(b"x" * LARGE) as file:
            task = asyncio.create_task(send(transport, file))
            while transport.is_reading():
                await asyncio.sleep(0)
            task.cancel()
            print(await outcome(task))
        print(transport.is_reading(), transport.get_protocol() is sender)
        transport.write(b"end")
        transport.close()
        other.resume_reading()
        await receiver.over
        print(len(receiver.data) < LARGE, receiver.data[-3:].decode())


@scenario("a closing transport sends no file [SF-01]")
async def closing(print):
    async with connection() as (transport, _, _receiver, _other):
        with file_of(b"text") as file:
            transport.close()
            print(await outcome(send(transport, file)))


@scenario("impossible offsets and counts are refused [SF-05]")
async def arguments(print):
    async with connection() as (transport, sender, _, _other):
        with file_of(b"text") as file:
            print(await outcome(send(transport, file, -1)))
            print(await outcome(send(transport, file, 0, 0)))
            print(await outcome(send(transport, file, 0, -1)))
        print(transport.get_protocol() is sender, transport.is_reading())


main()
