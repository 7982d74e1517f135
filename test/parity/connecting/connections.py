"""create_connection: the order of things, and what goes wrong."""

import asyncio
import socket

from outcomes import Boom, name_of, outcome
from recording import Recorder, collect_reports, with_server
from support import main, scenario


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def connect(*args, factory=Recorder, **options):
    return asyncio.get_running_loop().create_connection(factory, *args, **options)


@scenario("the factory, connection_made, and then the result [CONN-01]")
async def order(print):
    async def body(port):
        client = Recorder(connection_made=lambda self: print("made"))

        def factory():
            print("factory")
            return client

        transport, protocol = await connect("127.0.0.1", port, factory=factory)
        print("returned", protocol is client, transport is client.transport, transport.get_protocol() is client)
        transport.close()
        await client.lost()
        print(client.events)

    await with_server(Recorder, body)


@scenario("a factory that throws [CONN-01]")
async def broken_factory(print):
    def boom():
        raise Boom("boom")

    async def body(port):
        print(await outcome(connect("127.0.0.1", port, factory=boom)))

    await with_server(Recorder, body)


@scenario("closing, aborting and throwing in connection_made [CONN-01 PR-01]")
async def in_connection_made(print):
    def boom(self):
        raise Boom("boom")

    hooks = {
        "close": lambda self: self.transport.close(),
        "abort": lambda self: self.transport.abort(),
        "throw": boom,
    }
    reports = collect_reports()
    for name, hook in hooks.items():

        async def body(port):
            client = Recorder(connection_made=hook)
            transport, _ = await connect("127.0.0.1", port, factory=lambda: client)
            print(name, transport.is_closing(), client.events, reports)
            transport.close()
            await client.lost()
            print(client.events)

        await with_server(Recorder, body)


@scenario("connecting to where nobody listens [CONN-07 CONN-11]")
async def refused(print):
    print(await outcome(connect("127.0.0.1", free_port())))
    print(await outcome(connect("127.0.0.1", free_port(), happy_eyeballs_delay=0.01)))


@scenario("all errors come in a group, even one [CONN-10]")
async def all_errors(print):
    for delay in [None, 0.01]:
        try:
            await connect("127.0.0.1", free_port(), all_errors=True, happy_eyeballs_delay=delay)
        except ExceptionGroup as group:
            print("group", [name_of(error) for error in group.exceptions])


@scenario("arguments that make no sense [CONN-02 CONN-13]")
async def senseless(print):
    print(await outcome(connect()))
    print(await outcome(connect("127.0.0.1", 1, server_hostname="x")))
    print(await outcome(connect("127.0.0.1", 1, ssl_handshake_timeout=1)))
    print(await outcome(connect("127.0.0.1", 1, ssl_shutdown_timeout=1)))
    with socket.socket() as sock:
        print(await outcome(connect("127.0.0.1", 1, sock=sock)))


@scenario("connecting from a local address [CONN-05]")
async def local(print):
    server = Recorder()

    async def body(port):
        chosen = free_port()
        transport, client = await connect("127.0.0.1", port, local_addr=("127.0.0.1", chosen))
        await server.until(lambda: server.events)
        print(server.transport.get_extra_info("peername")[1] == chosen)
        transport.close()
        await client.lost()
        result = await outcome(connect("127.0.0.1", port, local_addr=("203.0.113.77", 0)))
        print(result)
        result = await outcome(connect("127.0.0.1", port, local_addr=("::1", 0)))
        print(result)

    await with_server(lambda: server, body)


@scenario("connecting that is cancelled or takes too long [CONN-15]")
async def cancelled(print):
    async def body(port):
        client = Recorder()
        for turns in [0, 1]:
            task = asyncio.create_task(connect("127.0.0.1", port, factory=lambda: client))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            print(await outcome(task), client.events)
        print(await outcome(asyncio.wait_for(connect("127.0.0.1", port, factory=lambda: client), 0)), client.events)

    await with_server(Recorder, body)


main()
