"""Unix sockets, and sockets that were made elsewhere."""

import asyncio
import errno
import os
import socket
import stat
import tempfile

from outcomes import outcome
from support import main, scenario


class Echo(asyncio.Protocol):
    def __init__(self):
        self.events = []
        self.lost = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.events.append("made")

    def data_received(self, data):
        self.events.append(data.decode())
        self.transport.write(data)

    def eof_received(self):
        self.events.append("eof")

    def connection_lost(self, error):
        self.events.append(f"lost {error}")
        self.lost.set_result(None)


class Client(Echo):
    def data_received(self, data):
        self.events.append(data.decode())
        self.transport.close()


def listen(factory, path=None, **options):
    return asyncio.get_running_loop().create_unix_server(factory, path, **options)


def connect(path=None, **options):
    return asyncio.get_running_loop().create_unix_connection(Client, path, **options)


async def failure(awaitable):
    """The code of a system error, or "fine"."""
    try:
        await awaitable
    except OSError as error:
        return errno.errorcode.get(error.errno, "no code")
    return "fine"


async def greet(path):
    transport, client = await connect(path)
    transport.write(b"hello")
    await client.lost
    return client.events


async def end(server):
    server.close()
    await server.wait_closed()


def kind(path):
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return "nothing"
    return "socket" if stat.S_ISSOCK(mode) else "file" if stat.S_ISREG(mode) else "other"


class Folder(tempfile.TemporaryDirectory):
    def __enter__(self):
        return os.path.join(super().__enter__(), "socket")


@scenario("a server has a file, which goes with it [SRV-25 SRV-26 CONN-16]")
async def file(print):
    with Folder() as path:
        server = await listen(Echo, path)
        print(kind(path), server.is_serving(), len(server.sockets))
        print(await greet(path))
        await end(server)
        print(kind(path))
        print(await failure(connect(path)))


@scenario("the path is the peer's name for a client, and the socket's for a server [SRV-25 CONN-16]")
async def names(print):
    with Folder() as path:
        made = []
        server = await listen(lambda: made.append(Echo()) or made[-1], path)
        print(server.sockets[0].getsockname() == path)
        transport, client = await connect(path)
        while not made or not made[0].events:
            await asyncio.sleep(0.001)
        for one in (transport, made[0].transport):
            names = (one.get_extra_info("sockname"), one.get_extra_info("peername"))
            print(["the path" if name == path else "nothing" if name == "" else "something" for name in names])
        transport.close()
        await made[0].lost
        await end(server)


@scenario("without start_serving there is a file, and nobody listens [SRV-11 SRV-25]")
async def bound(print):
    with Folder() as path:
        server = await listen(Echo, path, start_serving=False)
        print(kind(path), await failure(connect(path)))
        await server.start_serving()
        print(await greet(path))
        await end(server)
        print(kind(path))


@scenario("cleanup_socket=False leaves the file, which the next server replaces [SRV-25 SRV-26]")
async def left(print):
    with Folder() as path:
        server = await listen(Echo, path, cleanup_socket=False)
        await end(server)
        print(kind(path), await failure(connect(path)))
        server = await listen(Echo, path)
        print(await greet(path))
        await end(server)
        print(kind(path))


@scenario("a server leaves the file of another one alone [SRV-26]")
async def replaced(print):
    with Folder() as path:
        first = await listen(Echo, path)
        second = await listen(Echo, path)
        await end(first)
        print(kind(path), await greet(path))
        await end(second)
        print(kind(path))


@scenario("a file that has gone is no trouble [SRV-26]")
async def gone(print):
    with Folder() as path:
        reports = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: reports.append(context))
        server = await listen(Echo, path)
        os.unlink(path)
        await end(server)
        print(kind(path), len(reports))


@scenario("a file that is no socket is never replaced [SRV-25]")
async def precious(print):
    with Folder() as path:
        with open(path, "w") as file:
            file.write("precious")
        print(await failure(listen(Echo, path)), kind(path))
        server = await listen(Echo, path + "2")
        os.unlink(path + "2")
        with open(path + "2", "w") as file:
            file.write("precious")
        await end(server)
        print(kind(path + "2"))


@scenario("a folder that is not there is an error [SRV-25]")
async def nowhere(print):
    with Folder() as path:
        print(await failure(listen(Echo, path + "/socket")))
        print(await failure(listen(Echo, os.path.join(os.path.dirname(path), "nowhere", "socket"))))


@scenario("a name may be none of a file [SRV-25 CONN-16]")
async def abstract(print):
    path = f"\0gyre-parity-{os.getpid()}"
    server = await listen(Echo, path)
    print(await greet(path))
    print(await failure(listen(Echo, path)))
    await end(server)
    print(await failure(connect(path)))


@scenario("a Unix server refuses what makes no sense [SRV-25]")
async def server_nonsense(print):
    with Folder() as path:
        print(await outcome(listen(Echo)))
        print(await outcome(listen(Echo, path, ssl=True)))
        print(await outcome(listen(Echo, path, ssl_handshake_timeout=1)))
        print(await outcome(listen(Echo, path, ssl_shutdown_timeout=1)))
        print(kind(path))


@scenario("a Unix connection refuses what makes no sense [CONN-16]")
async def connection_nonsense(print):
    with Folder() as path:
        print(await outcome(connect()))
        print(await outcome(connect(path, ssl=True)))
        print(await outcome(connect(path, server_hostname="localhost")))
        print(await outcome(connect(path, ssl_handshake_timeout=1)))
        print(await outcome(connect(path, ssl_shutdown_timeout=1)))


def accepted():
    """A connection that is there already: the accepted side, and the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        sock, _ = server.accept()
    return sock, client


@scenario("a connection that was accepted elsewhere gets a protocol [CONN-17]")
async def elsewhere(print):
    sock, client = accepted()
    loop = asyncio.get_running_loop()
    _, protocol = await loop.connect_accepted_socket(Echo, sock)
    print(protocol.events)
    _, other = await loop.create_connection(Client, sock=client)
    other.transport.write(b"hello")
    await other.lost
    await protocol.lost
    print(other.events, protocol.events)


@scenario("what came before is not lost [CONN-17]")
async def early(print):
    sock, client = accepted()
    loop = asyncio.get_running_loop()
    client.sendall(b"early")
    await asyncio.sleep(0.01)
    _, protocol = await loop.connect_accepted_socket(Echo, sock)
    client.close()
    await protocol.lost
    print(protocol.events[:2])


@scenario("a socket and a place to connect to exclude each other [CONN-02 CONN-06]")
async def both(print):
    sock, client = accepted()
    loop = asyncio.get_running_loop()
    print(await outcome(loop.create_connection(Client, "127.0.0.1", 1, sock=client)))
    print(await outcome(connect("/nowhere", sock=client)))
    print(await outcome(connect(sock=client)))
    client.close()
    sock.close()


@scenario("a server may have a socket that listens already [SRV-06]")
async def listening(print):
    sock = socket.create_server(("127.0.0.1", 0))
    port = sock.getsockname()[1]
    loop = asyncio.get_running_loop()
    print(await outcome(loop.create_server(Echo, "127.0.0.1", 0, sock=sock)))
    server = await loop.create_server(Echo, sock=sock)
    print(server.sockets[0].getsockname()[1] == port, server.is_serving())
    transport, client = await loop.create_connection(Client, "127.0.0.1", port)
    transport.write(b"hello")
    await client.lost
    print(client.events)
    await end(server)


main()
