"""asyncio.Server: how it starts, what it accepts, and how it ends."""

import asyncio
import errno

from outcomes import Boom, attempt, outcome
from support import main, scenario


class Recorder(asyncio.Protocol):
    """Writes down what happens; with `echo` it sends back what it gets."""

    def __init__(self, echo=False):
        self.events = []
        self.echo = echo
        self.lost = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.events.append("made")

    def data_received(self, data):
        self.events.append(data.decode())
        if self.echo:
            self.transport.write(data)

    def eof_received(self):
        self.events.append("eof")

    def connection_lost(self, error):
        self.events.append(f"lost {error}")
        self.lost.set_result(None)


class Crowd:
    def __init__(self):
        self.all = []

    def __call__(self):
        self.all.append(Recorder(echo=True))
        return self.all[-1]

    async def made(self, count):
        while sum("made" in one.events for one in self.all) < count:
            await asyncio.sleep(0.001)


def listen(factory, host="127.0.0.1", port=0, **options):
    return asyncio.get_running_loop().create_server(factory, host, port, **options)


def port_of(server):
    return server.sockets[0].getsockname()[1]


async def connect(server):
    _, client = await asyncio.get_running_loop().create_connection(Recorder, "127.0.0.1", port_of(server))
    return client


async def failure(awaitable):
    """The code of a system error, or "fine"."""
    try:
        await awaitable
    except OSError as error:
        return errno.errorcode.get(error.errno, "no code")
    return "fine"


async def end(server, *clients):
    for client in clients:
        client.transport.abort()
    server.close()
    server.abort_clients()
    await server.wait_closed()


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)


@scenario("each connection has a protocol of its own [SRV-01]")
async def own(print):
    crowd = Crowd()
    server = await listen(crowd)
    for text in ("one", "two"):
        client = await connect(server)
        client.transport.write(text.encode())
        while text not in client.events:
            await asyncio.sleep(0.001)
        client.transport.close()
        await client.lost
        await crowd.all[-1].lost
        print(client.events, crowd.all[-1].events)
    await end(server)


@scenario("without start_serving a server is bound, and refuses [SRV-11 SRV-19 SRV-21]")
async def bound(print):
    server = await listen(Crowd(), start_serving=False)
    print(server.is_serving(), len(server.sockets))
    print(await failure(connect(server)))
    await server.start_serving()
    await server.start_serving()
    print(server.is_serving(), len(server.sockets))
    client = await connect(server)
    print(client.events)
    await end(server, client)


@scenario("closing stops listening, and lets connections be [SRV-15 SRV-23]")
async def closing(print):
    crowd = Crowd()
    server = await listen(crowd)
    client = await connect(server)
    await crowd.made(1)
    port = port_of(server)
    server.close()
    server.close()
    print(server.is_serving(), len(server.sockets))
    print(await failure(asyncio.get_running_loop().create_connection(Recorder, "127.0.0.1", port)))
    client.transport.write(b"still here")
    while len(client.events) < 2:
        await asyncio.sleep(0.001)
    print(client.events)
    await end(server, client)


@scenario("wait_closed waits for the last connection [SRV-22]")
async def last(print):
    crowd = Crowd()
    server = await listen(crowd)
    client = await connect(server)
    await crowd.made(1)
    waiting = [asyncio.create_task(server.wait_closed()) for _ in range(2)]
    server.close()
    await settle()
    print([task.done() for task in waiting])
    client.transport.close()
    for task in waiting:
        await task
    print(crowd.all[0].events)
    await server.wait_closed()


@scenario("wait_closed waits for the close [SRV-22]")
async def later(print):
    crowd = Crowd()
    server = await listen(crowd)
    client = await connect(server)
    await crowd.made(1)
    waiting = asyncio.create_task(server.wait_closed())
    client.transport.close()
    await crowd.all[0].lost
    await settle()
    print(waiting.done())
    server.close()
    await waiting
    print(waiting.done())


@scenario("serve_forever starts the server, and being cancelled ends it [SRV-20]")
async def forever(print):
    crowd = Crowd()
    server = await listen(crowd, start_serving=False)
    task = asyncio.create_task(server.serve_forever())
    await settle()
    print(server.is_serving())
    client = await connect(server)
    await crowd.made(1)
    task.cancel()
    await settle()
    print(server.is_serving(), task.done())
    client.transport.close()
    print(await outcome(task), task.cancelled(), crowd.all[0].events)


@scenario("serve_forever is for one at a time [SRV-20]")
async def once(print):
    server = await listen(Crowd())
    task = asyncio.create_task(server.serve_forever())
    await settle()
    print(await outcome(server.serve_forever()), server.is_serving())
    task.cancel()
    print(await outcome(task))


@scenario("close ends serve_forever, which cannot begin again [SRV-15 SRV-20]")
async def ended(print):
    server = await listen(Crowd())
    task = asyncio.create_task(server.serve_forever())
    await settle()
    server.close()
    print(await outcome(task), task.cancelled())
    print(await outcome(server.serve_forever()))


@scenario("close_clients and abort_clients end connections, and not the server [SRV-16 SRV-17]")
async def clients(print):
    crowd = Crowd()
    server = await listen(crowd)
    for method, count in ((server.close_clients, 2), (server.abort_clients, 4)):
        pair = [await connect(server), await connect(server)]
        await crowd.made(count)
        method()
        for one in [*pair, *crowd.all]:
            await one.lost
        print([one.events[:1] for one in pair], [one.events for one in crowd.all[-2:]], server.is_serving())
    await end(server)


@scenario("leaving an async with closes the server, and waits [SRV-24]")
async def leaving(print):
    crowd = Crowd()
    server = await listen(crowd)
    client = await connect(server)
    await crowd.made(1)

    async def leave():
        async with server:
            pass

    task = asyncio.create_task(leave())
    await settle()
    print(server.is_serving(), task.done())
    client.transport.close()
    await task
    print(crowd.all[0].events)


@scenario("a protocol that cannot be made costs its connection, and nothing else [SRV-13]")
async def failing(print):
    reports = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: reports.append(context))
    crowd = Crowd()
    made = []

    def factory():
        made.append(1)
        if len(made) == 1:
            raise Boom("not today")
        return crowd()

    server = await listen(factory)
    refused = await connect(server)
    await refused.lost
    print(refused.events[0], refused.events[-1])
    welcome = await connect(server)
    await crowd.made(1)
    print(welcome.events, len(reports))
    await end(server, welcome)


@scenario("a protocol may close its connection as it is made [SRV-01]")
async def at_once(print):
    for method in ("close", "abort"):

        class Brief(Recorder):
            def connection_made(self, transport):
                super().connection_made(transport)
                getattr(transport, method)()

        made = []
        server = await listen(lambda: made.append(Brief()) or made[-1])
        client = await connect(server)
        await client.lost
        await made[0].lost
        print(client.events, made[0].events)
        await end(server)


@scenario("each host is bound once, and each has a port [SRV-02]")
async def hosts(print):
    server = await listen(Recorder, ["127.0.0.1", "127.0.0.2", "127.0.0.1"])
    print(sorted(socket.getsockname()[0] for socket in server.sockets))
    await end(server)


@scenario("an address that is not there is left out, if there is another [SRV-05]")
async def elsewhere(print):
    server = await listen(Recorder, ["192.0.2.1", "127.0.0.1"])
    print([socket.getsockname()[0] for socket in server.sockets])
    await end(server)


@scenario("an address that is taken is an error, and nothing stays bound [SRV-05]")
async def taken(print):
    first = await listen(Recorder)
    port = port_of(first)
    print(await failure(listen(Recorder, "127.0.0.1", port)))
    print(await failure(listen(Recorder, ["127.0.0.2", "127.0.0.1"], port)))
    other = await listen(Recorder, "127.0.0.2", port)
    await end(other)
    await end(first)
    again = await listen(Recorder, "127.0.0.1", port)
    print(again.is_serving())
    await end(again)


@scenario("what makes no sense is refused [SRV-01]")
async def nonsense(print):
    print(await outcome(listen(Recorder, None, None)))
    print(await outcome(listen(Recorder, ssl=True)))
    print(await outcome(listen(Recorder, ssl_handshake_timeout=1)))
    print(await outcome(listen(Recorder, ssl_shutdown_timeout=1)))


@scenario("a server knows its loop [SRV-18]")
async def loop(print):
    server = await listen(Recorder)
    print(attempt(lambda: server.get_loop() is asyncio.get_running_loop()))
    await end(server)


main()
