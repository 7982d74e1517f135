"""Flow control: the marks, and when pause_writing and resume_writing are called."""

from outcomes import Boom, attempt
from recording import MEGABYTES, Recorder, collect_reports, read_all, with_deaf_peer, with_pair
from support import main, scenario


def boom(self):
    raise Boom("boom")


@scenario("the arithmetic of the limits [TR-08]")
async def limits(print):
    cases = [(100, 50), (None, 10), (7, None), (0, None), (5, 5), (None, 0), (0, 0), (1, 2), (-1, None), (None, -1),
             (10, -1), (None, None), (3, None), (1_000_000_000, None)]

    async def body(client, server):
        transport = client.transport
        print(list(transport.get_write_buffer_limits()))
        for high, low in cases:
            refused = attempt(lambda: transport.set_write_buffer_limits(high=high, low=low))
            print(high, low, refused, list(transport.get_write_buffer_limits()))

    await with_pair(body)


@scenario("pausing happens within write, once [TR-09]")
async def pausing(print):
    async def body(client, peer):
        client.transport.write(b"small")
        print(client.events, client.transport.get_write_buffer_size())
        client.transport.write(b"x" * MEGABYTES)
        print(client.events)
        before = client.transport.get_write_buffer_size()
        client.transport.write(b"more")
        client.transport.write(b"")
        print(client.events, client.transport.get_write_buffer_size() - before)

    await with_deaf_peer(body)


@scenario("pausing above the mark, not at it [TR-09]")
async def above(print):
    async def body(client, peer):
        client.transport.set_write_buffer_limits(high=2 * MEGABYTES)
        client.transport.write(b"x" * MEGABYTES)
        client.transport.set_write_buffer_limits(high=client.transport.get_write_buffer_size())
        print(client.events)
        client.transport.write(b"x")
        print(client.events)

    await with_deaf_peer(body)


@scenario("lower limits pause at once, higher ones do not resume [TR-08 TR-09]")
async def moved(print):
    async def body(client, peer):
        client.transport.set_write_buffer_limits(high=2 * MEGABYTES)
        client.transport.write(b"x" * MEGABYTES)
        print(client.events)
        client.transport.set_write_buffer_limits(high=0)
        print(client.events)
        client.transport.set_write_buffer_limits(high=2 * MEGABYTES)
        print(client.events)

    await with_deaf_peer(body)


@scenario("resuming when the peer reads again, also while closing [TR-09]")
async def resuming(print):
    for closing in [False, True]:

        async def body(client, peer):
            client.transport.write(b"x" * MEGABYTES)
            (client.transport.close if closing else client.transport.write_eof)()
            print(await read_all(peer) == MEGABYTES)
            await client.until(lambda: "resume" in client.events)
            if closing:
                await client.lost()
            print(client.events)

        await with_deaf_peer(body)


@scenario("writing in pause_writing and in resume_writing [TR-09]")
async def nested(print):
    def write_big(self):
        if self.events.count("resume") == 1:
            self.transport.write(b"x" * MEGABYTES)
        else:
            self.transport.write_eof()

    async def body(client, peer):
        client.transport.write(b"x" * MEGABYTES)
        print(await read_all(peer) - 2 * MEGABYTES)
        print(client.events)

    client = Recorder(pause_writing=lambda self: self.transport.write(b"more"), resume_writing=write_big)
    await with_deaf_peer(body, client)


@scenario("pause_writing and resume_writing that throw [TR-09]")
async def throwing(print):
    reports = collect_reports()

    async def body(client, peer):
        client.transport.write(b"x" * MEGABYTES)
        print(client.events, reports)
        client.transport.write_eof()
        await read_all(peer)
        print(client.events, reports)

    await with_deaf_peer(body, Recorder(pause_writing=boom, resume_writing=boom))


@scenario("no resuming after abort [TR-07 TR-09]")
async def aborted(print):
    async def body(client, peer):
        client.transport.write(b"x" * MEGABYTES)
        client.transport.abort()
        client.transport.set_write_buffer_limits(high=0)
        await client.lost()
        print(client.events)

    await with_deaf_peer(body)


main()
