"""The echo servers of CPython's asyncio: `cpython.py ORDER`. On the loop of uvloop where the order names it."""

import asyncio
import ctypes
import gc
import json
import ssl
import sys
import time

READ_SIZE = 65_536  # as in order.ts, which also says what an order is
BACKLOG = 1024


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


class BufferedEcho(asyncio.BufferedProtocol):
    """Has one piece of memory for all that it receives, so what it writes has to be a copy."""

    def __init__(self):
        self.memory = memoryview(bytearray(READ_SIZE))

    def connection_made(self, transport):
        self.transport = transport

    def get_buffer(self, sizehint):
        return self.memory

    def buffer_updated(self, count):
        self.transport.write(bytes(self.memory[:count]))


async def echo(reader, writer):
    while data := await reader.read(READ_SIZE):
        writer.write(data)
        await writer.drain()
    writer.close()


def answer_marks():
    """"mark": microseconds of CPU time, user and system, of all threads. "collect": collects, and knows the size of no heap."""
    line = sys.stdin.readline()
    if line == "":
        sys.exit()
    if line == "collect\n":
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)
        print(0, flush=True)
    else:
        print(time.process_time_ns() // 1000, flush=True)


def tls_context(tls):
    if tls is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls["certFile"], tls["keyFile"])
    return context


async def serve(order):
    loop = asyncio.get_running_loop()
    options = {"backlog": BACKLOG, "ssl": tls_context(order["tls"])}
    if order["api"] == "streams":
        server = await asyncio.start_server(echo, "127.0.0.1", 0, **options)
    else:
        factory = {"protocol": Echo, "buffered": BufferedEcho}[order["api"]]
        server = await loop.create_server(factory, "127.0.0.1", 0, **options)
    loop.add_reader(sys.stdin.fileno(), answer_marks)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main(order):
    if order["loop"] == "uvloop":
        import uvloop

        uvloop.install()
    asyncio.run(serve(order))


main(json.loads(sys.argv[1]))
