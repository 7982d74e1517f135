"""What protocols do: pause, throw, hand over to each other, and receive into their own memory."""

import asyncio

from outcomes import Boom, attempt
from recording import Recorder, collect_reports, connect, with_pair, with_server
from support import main, scenario


class Reader(asyncio.BufferedProtocol):
    """Receives into a small buffer, and tells a recorder."""

    def __init__(self, size, hook=None, **hooks):
        self.recorder = Recorder(**hooks)
        self.buffer = bytearray(size)
        self.hook = hook

    @property
    def transport(self):
        return self.recorder.transport

    def connection_made(self, transport):
        self.recorder.connection_made(transport)

    def get_buffer(self, sizehint):
        return self.buffer

    def buffer_updated(self, count):
        self.recorder.data_received(bytes(self.buffer[:count]))
        if self.hook:
            self.hook(self)

    def eof_received(self):
        return self.recorder.eof_received()

    def connection_lost(self, error):
        self.recorder.connection_lost(error)


async def with_reader(reader, body):
    async def use(port):
        client = await connect(port, Recorder())
        await reader.recorder.until(lambda: reader.recorder.events)
        await body(client)
        client.transport.abort()
        await client.lost()

    await with_server(lambda: reader, use)


def boom(*_):
    raise Boom("boom")


@scenario("pausing in connection_made holds data and the end back [TR-03]")
async def pausing(print):
    async def body(client, server):
        print(server.transport.is_reading())
        client.transport.write(b"early")
        client.transport.write_eof()
        await asyncio.sleep(0.01)
        print(server.events)
        server.transport.resume_reading()
        print(server.transport.is_reading())
        await server.lost()
        print(server.events)

    await with_pair(body, server=Recorder(connection_made=lambda self: self.transport.pause_reading()))


@scenario("pausing and resuming twice, and after the end [TR-03]")
async def idempotent(print):
    async def body(client, server):
        transport = client.transport
        seen = []
        for call in ["resume_reading", "pause_reading", "pause_reading", "resume_reading", "resume_reading"]:
            getattr(transport, call)()
            seen.append(transport.is_reading())
        transport.close()
        for call in ["pause_reading", "resume_reading"]:
            getattr(transport, call)()
            seen.append(transport.is_reading())
        await client.lost()
        transport.pause_reading()
        transport.resume_reading()
        print(seen, transport.is_reading())

    await with_pair(body)


@scenario("pausing in data_received [TR-03]")
async def pausing_on_data(print):
    async def body(client, server):
        for word in ["a", "b", "c"]:
            client.transport.write(word.encode())
            await server.until(lambda: server.text.endswith(word))
            print(server.events, server.transport.is_reading())
            server.transport.resume_reading()

    await with_pair(body, server=Recorder(data_received=lambda self, data: self.transport.pause_reading()))


@scenario("what each method throws, and what becomes of the connection [PR-01 PR-02 TR-16]")
async def throwing(print):
    for method in ["connection_made", "data_received", "eof_received", "connection_lost"]:
        reports = collect_reports()

        async def body(client, server):
            client.transport.write(b"data")
            await server.until(lambda: len(server.events) > 1)
            if method != "data_received":
                client.transport.write_eof()
            await server.lost()
            print(method, server.events)

        await with_pair(body, server=Recorder(**{method: boom}))
        print(reports)


@scenario("throwing after close [TR-11 TR-16]")
async def throwing_after_close(print):
    reports = collect_reports()

    def close_and_throw(self, data):
        self.transport.close()
        raise Boom("boom")

    async def body(client, server):
        client.transport.write(b"data")
        await server.lost()
        print(server.events, reports)

    await with_pair(body, server=Recorder(data_received=close_and_throw))


@scenario("set_protocol while connected, without connection_made [TR-01]")
async def handing_over(print):
    async def body(client, server):
        client.transport.write(b"one")
        await server.until(lambda: server.text == "one")
        second = Recorder()
        server.transport.set_protocol(second)
        print(server.transport.get_protocol() is second)
        client.transport.write(b"two")
        await second.until(lambda: second.text == "two")
        client.transport.close()
        await second.lost()
        print(server.events, second.events)

    await with_pair(body)


@scenario("set_protocol in data_received, and while reading is paused [TR-01 TR-03]")
async def handing_over_on_data(print):
    second = Recorder()
    third = Recorder()

    async def body(client, server):
        client.transport.write(b"one")
        await server.until(lambda: server.text == "one")
        client.transport.write(b"two")
        await second.until(lambda: second.text == "two")
        server.transport.pause_reading()
        client.transport.write(b"three")
        await asyncio.sleep(0.01)
        server.transport.set_protocol(third)
        server.transport.resume_reading()
        await third.until(lambda: third.text == "three")
        print(server.events, second.events, third.events)

    await with_pair(body, server=Recorder(data_received=lambda self, data: self.transport.set_protocol(second)))


@scenario("a BufferedProtocol gets what does not fit in pieces [PR-03]")
async def pieces(print):
    lengths = []
    reader = Reader(3, lambda self: lengths.append(len(self.recorder.text)))

    async def body(client):
        client.transport.write(b"0123456789")
        await reader.recorder.until(lambda: len(reader.recorder.text) == 10)
        client.transport.close()
        await reader.recorder.lost()
        print(lengths, reader.recorder.events)

    await with_reader(reader, body)


@scenario("a BufferedProtocol that pauses or closes gets no more of what has come [PR-03 TR-03]")
async def interrupted(print):
    for how in ["pause_reading", "close", "abort"]:
        reader = Reader(2, lambda self: getattr(self.transport, how)())

        async def body(client):
            client.transport.write(b"012345")
            await reader.recorder.until(lambda: reader.recorder.text)
            await asyncio.sleep(0.01)
            print(how, reader.recorder.events)

        await with_reader(reader, body)


@scenario("a wrong buffer, and what a BufferedProtocol throws [PR-03 TR-16]")
async def broken(print):
    empty = Reader(0)
    no_buffer = Reader(1)
    no_buffer.get_buffer = lambda sizehint: 5
    throwing = Reader(1)
    throwing.get_buffer = boom
    updating = Reader(4, boom)
    for reader in [empty, no_buffer, throwing, updating]:
        reports = collect_reports()

        async def body(client):
            client.transport.write(b"data")
            await reader.recorder.lost()
            print(reader.recorder.events, reports)

        await with_reader(reader, body)


@scenario("a BufferedProtocol hands over to a Protocol, in the middle of what has come [PR-03 TR-01]")
async def to_protocol(print):
    second = Recorder()
    reader = Reader(2, lambda self: self.transport.set_protocol(second))

    async def body(client):
        client.transport.write(b"headbody")
        await second.until(lambda: second.text == "adbody")
        client.transport.close()
        await second.lost()
        print(reader.recorder.events, second.events)

    await with_reader(reader, body)


@scenario("a Protocol hands over to a BufferedProtocol [PR-03 TR-01]")
async def to_buffered(print):
    reader = Reader(100)

    async def body(client, server):
        client.transport.write(b"one")
        await server.until(lambda: server.text == "one")
        client.transport.write(b"two")
        await reader.recorder.until(lambda: reader.recorder.text == "two")
        client.transport.close()
        await reader.recorder.until(lambda: "lost None" in reader.recorder.events)
        print(server.events, reader.recorder.events)

    await with_pair(body, server=Recorder(data_received=lambda self, data: self.transport.set_protocol(reader)))


@scenario("what a transport refuses to write [TR-04]")
async def refusing(print):
    async def body(client, server):
        transport = client.transport
        for wrong in [5, None, [1, 2], {}]:
            print(attempt(lambda: transport.write(wrong)))
        transport.write(b"")
        transport.writelines([])
        transport.writelines([b"a", b"", b"b"])
        await server.until(lambda: server.text == "ab")
        print(server.events)
        transport.close()
        print(attempt(lambda: transport.write(5)))

    await with_pair(body)


@scenario("what a transport tells [TR-02]")
async def info(print):
    async def body(client, server):
        names = ["sockname", "peername"]
        print([client.transport.get_extra_info(name) == server.transport.get_extra_info(other)
               for name, other in zip(names, reversed(names))])
        print(client.transport.get_extra_info("weather"), client.transport.get_extra_info("weather", "fine"))
        print(client.transport.get_extra_info("socket") is None, client.transport.get_extra_info("cipher"))

    await with_pair(body)


main()
