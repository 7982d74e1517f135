"""create_datagram_endpoint: addresses, options, the order of calls."""

import asyncio
import socket

from outcomes import attempt, name_of, outcome
from support import main, scenario

ANYWHERE = ("127.0.0.1", 0)


class Recorder(asyncio.DatagramProtocol):
    def __init__(self):
        self.events = []
        self.changed = asyncio.Event()

    def note(self, event):
        self.events.append(event)
        self.changed.set()

    def connection_made(self, transport):
        self.transport = transport
        self.note("made")

    def datagram_received(self, data, address):
        self.note(f"got {data.decode()}")

    def error_received(self, error):
        self.note("error")

    def connection_lost(self, error):
        self.note("lost" if error is None else f"lost {name_of(error)}")

    def pause_writing(self):
        self.note("pause")

    def resume_writing(self):
        self.note("resume")

    async def until(self, event):
        while event not in self.events:
            self.changed.clear()
            await self.changed.wait()

    @property
    def address(self):
        return self.transport.get_extra_info("sockname")

    async def close(self):
        self.transport.close()
        await self.until("lost")


def opening(**options):
    return asyncio.get_running_loop().create_datagram_endpoint(Recorder, **options)


async def open(**options):
    _, protocol = await opening(**options)
    return protocol


async def pair():
    server = await open(local_addr=ANYWHERE)
    return server, await open(remote_addr=server.address)


async def closed(*protocols):
    for protocol in protocols:
        await protocol.close()


@scenario("connectionMade comes before the endpoint is returned [DG-01]")
async def made(print):
    loop = asyncio.get_running_loop()
    loop.call_soon(print, "a turn")
    protocol = await open(local_addr=ANYWHERE)
    print(protocol.events, protocol.transport.is_closing())
    await protocol.close()
    print(protocol.events, protocol.transport.is_closing())


@scenario("an endpoint without a remote address has no peer [DG-01 DG-03]")
async def names(print):
    server, client = await pair()
    print(server.address[0], server.transport.get_extra_info("peername"))
    print(client.address[0], client.transport.get_extra_info("peername") == server.address)
    print(server.transport.get_extra_info("nonsense"), server.transport.get_extra_info("nonsense", 5))
    await closed(client, server)


@scenario("neither addresses nor a family are refused [DG-02]")
async def nothing(print):
    print(await outcome(opening()))
    protocol = await open(family=socket.AF_INET)
    print(protocol.events)
    await protocol.close()


@scenario("addresses in another form are refused [DG-02]")
async def forms(print):
    for address in (5, [1, 2, 3]):
        print(await outcome(opening(local_addr=address)))
        print(await outcome(opening(remote_addr=address)))


@scenario("addresses of two families are refused [DG-02]")
async def families(print):
    print(await outcome(opening(local_addr=ANYWHERE, remote_addr=("::1", 9))))


@scenario("a name is looked up [DG-02]")
async def by_name(print):
    protocol = await open(local_addr=("localhost", 0), family=socket.AF_INET)
    print(protocol.address[0])
    await protocol.close()


@scenario("a socket comes without other options [DG-05]")
async def with_sock(print):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(ANYWHERE)
    print(await outcome(opening(sock=sock, local_addr=ANYWHERE)))
    print(await outcome(opening(sock=sock, allow_broadcast=True)))
    print(await outcome(opening(sock=sock, family=socket.AF_INET)))
    protocol = await open(sock=sock)
    protocol.transport.sendto(b"to itself", protocol.address)
    await protocol.until("got to itself")
    print(protocol.events)
    await protocol.close()


@scenario("a connected endpoint hears its peer only [DG-03]")
async def connected(print):
    server, client = await pair()
    stranger = await open(local_addr=ANYWHERE)
    stranger.transport.sendto(b"strange", client.address)
    server.transport.sendto(b"expected", client.address)
    await client.until("got expected")
    print(client.events)
    await closed(stranger, client, server)


@scenario("with allowBroadcast the remote address is only remembered [DG-03 DG-04]")
async def remembered(print):
    server = await open(local_addr=ANYWHERE)
    client = await open(local_addr=ANYWHERE, remote_addr=server.address, allow_broadcast=True)
    print(client.transport.get_extra_info("peername"))
    client.transport.sendto(b"to the remembered")
    await server.until("got to the remembered")
    stranger = await open(local_addr=ANYWHERE)
    stranger.transport.sendto(b"strange", client.address)
    await client.until("got strange")
    print(server.events, client.events)
    print(attempt(lambda: client.transport.sendto(b"x", stranger.address)))
    await closed(stranger, client, server)


@scenario("another address than the remote one is refused [DG-07]")
async def other_address(print):
    server, client = await pair()
    client.transport.sendto(b"without")
    client.transport.sendto(b"with", server.address)
    await server.until("got with")
    print(server.events)
    print(attempt(lambda: client.transport.sendto(b"x", client.address)))
    print(client.transport.is_closing(), client.events)
    await closed(client, server)


@scenario("empty datagrams are sent [DG-07]")
async def empty(print):
    server, client = await pair()
    client.transport.sendto(b"")
    client.transport.sendto(b"end")
    await server.until("got end")
    print(server.events)
    await closed(client, server)


@scenario("data of another type is refused [DG-07]")
async def types(print):
    server, client = await pair()
    for data in (5, None, [1, 2]):
        print(attempt(lambda: client.transport.sendto(data)))
    print(client.events)
    await closed(client, server)


@scenario("a failure is told to the protocol, which goes on [DG-07]")
async def too_long(print):
    server, client = await pair()
    print(client.transport.sendto(bytes(70_000)))
    await client.until("error")
    client.transport.sendto(b"short")
    await server.until("got short")
    print(client.events, client.transport.is_closing())
    await closed(client, server)


@scenario("close sends what came before it, and nothing after it [DG-08]")
async def closing(print):
    server, client = await pair()
    for i in range(20):
        client.transport.sendto(b"%d" % i)
    client.transport.close()
    client.transport.close()
    client.transport.sendto(b"late")
    print(client.events, client.transport.is_closing())
    await client.until("lost")
    await server.until("got 19")
    print(len(server.events), client.events)
    await server.close()


@scenario("abort calls connectionLost once, on the next turn [DG-08]")
async def aborting(print):
    protocol = await open(local_addr=ANYWHERE)
    protocol.transport.abort()
    protocol.transport.abort()
    protocol.transport.close()
    print(protocol.events, protocol.transport.is_closing())
    await asyncio.sleep(0)
    print(protocol.events)


@scenario("nothing is delivered after close [DG-08]")
async def closed_early(print):
    server, client = await pair()
    client.transport.sendto(b"unheard")
    await server.close()
    print(server.events)
    await client.close()


@scenario("the limits of the buffer are those of streams [DG-09]")
async def limits(print):
    protocol = await open(local_addr=ANYWHERE)
    transport = protocol.transport

    def show():
        print(list(transport.get_write_buffer_limits()), transport.get_write_buffer_size())

    show()
    transport.set_write_buffer_limits(high=100)
    show()
    transport.set_write_buffer_limits(low=10)
    show()
    print(attempt(lambda: transport.set_write_buffer_limits(high=1, low=2)))
    transport.set_write_buffer_limits()
    show()
    await protocol.close()


@scenario("many datagrams that the system takes at once pause nobody [DG-09]")
async def burst(print):
    protocol = await open(local_addr=ANYWHERE)
    for _ in range(200):
        protocol.transport.sendto(bytes(1000), protocol.address)
    print(protocol.events, protocol.transport.get_write_buffer_size())
    await protocol.close()


@scenario("a port that nobody listens on is told by the next error [DG-10]")
async def refused(print):
    gone = await open(local_addr=ANYWHERE)
    remote = gone.address
    await gone.close()
    client = await open(remote_addr=remote)
    client.transport.sendto(b"anybody?")
    await client.until("error")
    print(client.events, client.transport.is_closing())
    await client.close()


@scenario("an error of datagramReceived is reported, and the endpoint goes on [DG-01 DG-07]")
async def failing(print):
    reports = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: reports.append(context["exception"]))

    class Failing(Recorder):
        def datagram_received(self, data, address):
            super().datagram_received(data, address)
            raise ValueError("refused")

    _, protocol = await asyncio.get_running_loop().create_datagram_endpoint(Failing, local_addr=ANYWHERE)
    protocol.transport.sendto(b"one", protocol.address)
    await protocol.until("got one")
    protocol.transport.sendto(b"two", protocol.address)
    await protocol.until("got two")
    await asyncio.sleep(0)
    print([name_of(error) for error in reports], protocol.transport.is_closing())
    await protocol.close()
    print(protocol.events)


@scenario("the protocol can be changed [DG-01]")
async def changing(print):
    server, client = await pair()
    second = Recorder()
    server.transport.set_protocol(second)
    client.transport.sendto(b"to the second")
    await second.until("got to the second")
    print(server.events, second.events, server.transport.get_protocol() is second)
    server.transport.set_protocol(server)
    await closed(client, server)


main()
