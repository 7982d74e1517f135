"""How connections end: close, abort and the end of a file, in every combination."""

import asyncio

from outcomes import attempt
from recording import MEGABYTES, Recorder, read_all, reset, with_deaf_peer, with_pair
from support import main, scenario


def keep_open(self):
    return True


def close(self, *_):
    self.transport.close()


def abort(self, *_):
    self.transport.abort()


@scenario("made, data, eof, lost [PR-01 PR-02 TR-01]")
async def conversation(print):
    async def body(client, server):
        client.transport.write(b"one ")
        client.transport.write(b"two")
        await server.until(lambda: server.text == "one two")
        client.transport.close()
        await server.lost()
        await client.lost()
        print(server.events)
        print(client.events)

    await with_pair(body)


@scenario("closing in each method of a protocol [TR-01 TR-11 PR-02]")
async def closing_in_methods(print):
    for method in ["connection_made", "data_received", "eof_received", "connection_lost"]:
        for how in [close, abort]:

            async def body(client, server):
                if method == "data_received":
                    client.transport.write(b"data")
                if method in ("eof_received", "connection_lost"):
                    client.transport.write_eof()
                await server.lost()
                await client.lost()
                print(method, how.__name__, server.events, client.events)

            await with_pair(body, server=Recorder(**{method: how}))


@scenario("closing in eof_received, which asks to keep open [TR-01 PR-02]")
async def closing_at_eof(print):
    def close_and_keep(self):
        self.transport.close()
        return True

    async def body(client, server):
        client.transport.write_eof()
        await server.lost()
        print(server.events)

    await with_pair(body, server=Recorder(eof_received=close_and_keep))


@scenario("connection_lost comes once, on the next turn [TR-01 TR-07 TR-11]")
async def later(print):
    for first in ["close", "abort"]:
        for second in ["close", "abort"]:

            async def body(client, server):
                transport = client.transport
                loop = asyncio.get_running_loop()
                loop.call_soon(client.events.append, "before")
                print(transport.is_closing())
                getattr(transport, first)()
                getattr(transport, second)()
                loop.call_soon(client.events.append, "after")
                print(first, second, client.events, transport.is_closing())
                await asyncio.sleep(0)
                print(client.events)
                getattr(transport, second)()
                await asyncio.sleep(0)
                print(client.events, transport.is_closing())

            await with_pair(body)


@scenario("closing sends what is buffered, and what is written afterwards too [TR-01 TR-10]")
async def pending(print):
    async def body(client, peer):
        transport = client.transport
        transport.write(b"x" * MEGABYTES)
        transport.close()
        print(transport.is_closing(), client.events, transport.get_write_buffer_size() > 0)
        transport.write(b"postscript")
        print(await read_all(peer) - MEGABYTES)
        await client.lost()
        print(client.events, transport.get_write_buffer_size())

    await with_deaf_peer(body)


@scenario("aborting drops what is buffered, also while closing [TR-07]")
async def aborting(print):
    for closing in [False, True]:

        async def body(client, peer):
            client.transport.write(b"x" * MEGABYTES)
            if closing:
                client.transport.close()
            client.transport.abort()
            print(client.transport.get_write_buffer_size(), client.events)
            await asyncio.sleep(0)
            print(client.events)
            print(await read_all(peer) < MEGABYTES)

        await with_deaf_peer(body)


@scenario("the end of one direction leaves the other open [TR-06 PR-02]")
async def half_close(print):
    async def body(client, server):
        client.transport.write(b"question")
        client.transport.write_eof()
        await server.until(lambda: server.events[-1] == "eof")
        print(server.transport.is_closing(), client.transport.is_closing())
        server.transport.write(b"answer")
        await client.until(lambda: client.text == "answer")
        server.transport.close()
        await client.lost()
        await server.lost()
        print(client.events)
        print(server.events)

    await with_pair(body, server=Recorder(eof_received=keep_open))


@scenario("the end of both directions leaves the transport open [TR-06 PR-02]")
async def both(print):
    async def body(client, server):
        client.transport.write_eof()
        await server.until(lambda: server.events[-1] == "eof")
        server.transport.write_eof()
        await client.until(lambda: client.events[-1] == "eof")
        await asyncio.sleep(0.01)
        print(client.events, server.events, client.transport.is_closing())
        client.transport.close()
        await client.lost()
        print(client.events)

    await with_pair(body, Recorder(eof_received=keep_open), Recorder(eof_received=keep_open))


@scenario("the end follows what is buffered, and close follows the end [TR-06 TR-01]")
async def end_then_close(print):
    for ending in ["write_eof", "close", "write_eof close"]:

        async def body(client, peer):
            client.transport.write(b"x" * MEGABYTES)
            for step in ending.split():
                getattr(client.transport, step)()
            print(ending, await read_all(peer) == MEGABYTES, client.transport.is_closing())
            if client.transport.is_closing():
                await client.lost()
                print(client.events)

        await with_deaf_peer(body)


@scenario("write_eof again, after close and after abort [TR-06]")
async def eof_again(print):
    async def body(client, server):
        transport = client.transport
        print(transport.can_write_eof())
        print(attempt(transport.write_eof), attempt(transport.write_eof))
        transport.close()
        print(attempt(transport.write_eof))
        await client.lost()
        print(attempt(transport.write_eof), client.events)

    await with_pair(body)


@scenario("write after close, after abort and after the end [TR-04 TR-05 TR-06]")
async def write_after(print):
    for ending in ["close", "abort", "write_eof"]:

        async def body(client, server):
            transport = client.transport
            getattr(transport, ending)()
            print(ending, attempt(lambda: transport.write(b"data")), attempt(lambda: transport.write(b"")))
            if ending == "write_eof":
                print(attempt(lambda: transport.writelines([b"data"])), attempt(lambda: transport.writelines([])))
            transport.abort()
            await client.lost()
            print(attempt(lambda: transport.write(b"data")), transport.get_write_buffer_size())

        await with_pair(body)


@scenario("a reset tells connection_lost why [TR-16]")
async def resets(print):
    for before in ["nothing", "write_eof", "close"]:

        async def body(client, peer):
            if before != "nothing":
                getattr(client.transport, before)()
            reset(peer)
            await client.lost()
            print(before, client.events)

        await with_deaf_peer(body)


main()
