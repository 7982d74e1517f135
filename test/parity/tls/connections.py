"""TLS connections: what the protocols hear, whose certificates are accepted, and how it ends."""

import asyncio

from outcomes import attempt
from recording import MEGABYTES, Recorder
from support import main, scenario
from tls_pairs import connect_tls, failure, serving, trusting, with_tls_pair, with_tls_server


class Deaf(Recorder):
    """Does not note what it gets, which is no text."""

    def data_received(self, data):
        if "data_received" in self.hooks:
            self.hooks["data_received"](self, data)


@scenario("made, data, eof, lost [TLS-01 TLS-05]")
async def conversation(print):
    async def body(client, server):
        client.transport.write(b"one ")
        client.transport.write(b"two")
        await server.until(lambda: server.text == "one two")
        server.transport.write(b"three")
        await client.until(lambda: client.text == "three")
        client.transport.close()
        print(client.transport.is_closing())
        await server.lost()
        await client.lost()
        print(server.events)
        print(client.events[:2], client.events[-1])

    await with_tls_pair(body)


@scenario("the protocols are made before the handshake [TLS-01 SRV-13]")
async def factories(print):
    made = []
    server = Recorder()

    def factory():
        made.append("server")
        return server

    async def body(port):
        client = Recorder()
        print(await failure(connect_tls(port, client, host="wrong.test")))
        while not made:
            await asyncio.sleep(0.01)
        print(made, server.events, client.events)

    await with_tls_server(factory, body)


@scenario("whose certificates a client accepts [TLS-10 CONN-12]")
async def server_certificates(print):
    for name in ["server", "elsewhere", "expired", "stranger"]:
        for host in ["localhost", "127.0.0.1", "elsewhere.test"]:

            async def body(port):
                client = Recorder(connection_made=lambda self: self.transport.abort())
                print(name, host, await failure(connect_tls(port, client, host=host)))

            await with_tls_server(Recorder, body, serving(name))


@scenario("whose certificates a server accepts [TLS-10 SRV-13]")
async def client_certificates(print):
    for name in ["client", "stranger", "expired", None]:
        server = Recorder(connection_made=lambda self: self.transport.close())

        async def body(port):
            client = Recorder()
            await failure(connect_tls(port, client, trusting(name)))
            if client.events:
                await client.lost()
            print(name, server.events[:1])

        await with_tls_server(lambda: server, body, serving(asking=True))


@scenario("what is known about a connection [TLS-03 TLS-07 TLS-08]")
async def extra_info(print):
    async def body(client, server):
        info = client.transport.get_extra_info
        print(info("peername") == server.transport.get_extra_info("sockname"))
        print(info("compression"), info("compression", "fallback"), info("unheard-of", "fallback"))
        print(info("cipher") is not None, info("ssl_object") is not None, info("sslcontext") is not None)
        print(server.transport.get_extra_info("peercert"))
        print(dict(pair[0] for pair in info("peercert")["subject"])["commonName"])
        print(client.transport.can_write_eof(), attempt(lambda: client.transport.write_eof()) is not None)
        print(list(client.transport.get_write_buffer_limits()))

    await with_tls_pair(body)


@scenario("what eof_received returns has no effect [TLS-06]")
async def eof_result(print):
    for answer in [None, False, True]:

        async def body(client, server):
            server.transport.close()
            await client.lost()
            print(client.events)

        await with_tls_pair(body, client=Recorder(eof_received=lambda self: answer))


@scenario("closing delivers what was written [TLS-05 TLS-08]")
async def pending(print):
    count = 0

    def add(self, data):
        nonlocal count
        count += len(data)

    async def body(client, server):
        client.transport.write(bytes(MEGABYTES))
        client.transport.write(b"!")
        client.transport.close()
        client.transport.write(b"too late")
        print(client.transport.get_write_buffer_size() > 0)
        await server.lost()
        await client.lost()
        print(count, server.events[-2:])
        print(client.events[0], client.events[-1])

    await with_tls_pair(body, server=Recorder(data_received=add))


@scenario("a paused reader learns the end after the rest [TLS-05]")
async def paused(print):
    async def body(client, server):
        client.transport.pause_reading()
        server.transport.write(b"the rest")
        server.transport.close()
        await asyncio.sleep(0.02)
        print(client.events)
        client.transport.resume_reading()
        await client.lost()
        print(client.events)

    await with_tls_pair(body)


@scenario("a handshake that is never answered [CONN-13 TLS-04]")
async def handshake_timeout(print):
    silent = Deaf()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: silent, "127.0.0.1", 0)
    client = Recorder()
    port = server.sockets[0].getsockname()[1]
    print(await failure(connect_tls(port, client, ssl_handshake_timeout=0.02)))
    print(client.events)
    await silent.lost()
    print(silent.events[-1])
    server.close()
    await server.wait_closed()


@scenario("a peer that leaves during the handshake [TLS-01]")
async def leaving(print):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Deaf(data_received=lambda self, data: self.transport.close()), "127.0.0.1", 0
    )
    client = Recorder()
    port = server.sockets[0].getsockname()[1]
    print(await failure(connect_tls(port, client)))
    print(client.events)
    server.close()
    await server.wait_closed()


@scenario("a peer that does not answer the end [CONN-13 TLS-05]")
async def shutdown_timeout(print):
    async def body(client, server):
        server.transport.pause_reading()
        client.transport.close()
        await client.lost()
        print(client.events)

    await with_tls_pair(body, ssl_shutdown_timeout=0.02)


@scenario("options that make no sense [CONN-12 CONN-13]")
async def options(print):
    loop = asyncio.get_running_loop()
    connect = lambda **options: failure(loop.create_connection(Recorder, "127.0.0.1", 1, **options))
    serve = lambda **options: failure(loop.create_server(Recorder, "127.0.0.1", 0, **options))
    print(await connect(server_hostname="localhost"))
    print(await connect(ssl_handshake_timeout=1))
    print(await connect(ssl_shutdown_timeout=1))
    print(await serve(ssl=True))
    print(await serve(ssl_handshake_timeout=1))


main()
