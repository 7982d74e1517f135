"""start_tls: TLS upon connections that are in use."""

import asyncio

from recording import Recorder, with_pair
from support import main, scenario
from tls_pairs import failure, serving, trusting


async def upgrade(client, server, protocols=(None, None)):
    loop = asyncio.get_running_loop()
    upper = loop.start_tls(
        client, protocols[0] or client.get_protocol(), trusting(), server_hostname="localhost"
    )
    lower = loop.start_tls(server, protocols[1] or server.get_protocol(), serving(), server_side=True)
    return await asyncio.gather(upper, lower)


@scenario("the connection goes on, and is not announced again [TLS-02]")
async def going_on(print):
    async def body(client, server):
        client.transport.write(b"plain")
        await server.until(lambda: server.text == "plain")
        upper, lower = await upgrade(client.transport, server.transport)
        print(upper is client.transport, upper.get_protocol() is client)
        upper.write(b" secret")
        await server.until(lambda: server.text == "plain secret")
        upper.close()
        await client.lost()
        await server.lost()
        print(server.events)
        print(client.events[0], client.events[-1])

    await with_pair(body)


@scenario("what was written before is sent before [TLS-02]")
async def written_before(print):
    async def body(client, server):
        server.transport.write(b"plain")
        loop = asyncio.get_running_loop()
        lower = asyncio.create_task(
            loop.start_tls(server.transport, server, serving(), server_side=True)
        )
        await client.until(lambda: client.text == "plain")
        upper = await loop.start_tls(client.transport, client, trusting(), server_hostname="localhost")
        (await lower).write(b" secret")
        await client.until(lambda: client.text == "plain secret")
        print(client.events)
        upper.abort()
        await client.lost()

    await with_pair(body)


@scenario("another protocol takes over [TLS-02]")
async def successor(print):
    async def body(client, server):
        new = Recorder()
        upper, lower = await upgrade(client.transport, server.transport, (new, None))
        lower.write(b"for the new one")
        await new.until(lambda: new.text)
        lower.close()
        await new.lost()
        print(client.events, new.events)
        client.connection_lost(None)

    await with_pair(body)


@scenario("TLS in TLS [TLS-02]")
async def nested(print):
    async def body(client, server):
        upper, lower = await upgrade(client.transport, server.transport)
        upper, lower = await upgrade(upper, lower)
        upper.write(b"deep")
        await server.until(lambda: server.text == "deep")
        lower.write(b"down")
        await client.until(lambda: client.text == "down")
        upper.close()
        await client.lost()
        await server.lost()
        print(server.events)
        print(client.events[:2], client.events[-1])

    await with_pair(body)


@scenario("a bad certificate closes the connection and says so [TLS-02 TLS-10]")
async def bad_certificate(print):
    async def body(client, server):
        loop = asyncio.get_running_loop()
        lower = asyncio.create_task(
            failure(loop.start_tls(server.transport, server, serving("expired"), server_side=True))
        )
        print(
            await failure(
                loop.start_tls(client.transport, client, trusting(), server_hostname="localhost")
            )
        )
        await client.lost()
        print(client.events)
        await lower
        await server.lost()
        print(server.events[0], len(server.events))

    await with_pair(body)


@scenario("a peer that closes instead of a handshake [TLS-02]")
async def closing_peer(print):
    async def body(client, server):
        server.data_received = lambda data: server.transport.close()
        loop = asyncio.get_running_loop()
        print(
            await failure(
                loop.start_tls(client.transport, client, trusting(), server_hostname="localhost")
            )
        )
        await client.lost()
        print(client.events)

    await with_pair(body)


@scenario("what is no transport, and no context [TLS-02]")
async def misuse(print):
    loop = asyncio.get_running_loop()

    async def body(client, server):
        print(await failure(loop.start_tls(object(), client, trusting(), server_hostname="localhost")))
        print(await failure(loop.start_tls(client.transport, client, "context")))
        print(await failure(loop.start_tls(client.transport, client, None)))

    await with_pair(body)


main()
