"""Protocols that note what happens to them, and connected pairs of them."""

import asyncio
import socket
import struct

from outcomes import name_of

MEGABYTES = 20_000_000  # more than the system takes


class Recorder(asyncio.Protocol):
    """Notes its calls; chunks that follow each other are joined. Hooks get the recorder first."""

    def __init__(self, **hooks):
        self.events = []
        self.hooks = hooks
        self.text = ""
        self.transport = None
        self.changed = asyncio.Event()

    def _call(self, event, hook, *args):
        self.events.append(event)
        self.changed.set()
        if hook in self.hooks:
            return self.hooks[hook](self, *args)

    def connection_made(self, transport):
        self.transport = transport
        self._call("made", "connection_made")

    def data_received(self, data):
        self.text += data.decode() if len(data) < 1000 else "..."
        if self.events and self.events[-1].startswith("data "):
            del self.events[-1]
        self._call(f"data {self.text}", "data_received", data)

    def eof_received(self):
        return self._call("eof", "eof_received")

    def connection_lost(self, error):
        self._call(f"lost {name_of(error) if error else None}", "connection_lost")

    def pause_writing(self):
        self._call("pause", "pause_writing")

    def resume_writing(self):
        self._call("resume", "resume_writing")

    async def until(self, condition):
        while not condition():
            self.changed.clear()
            await self.changed.wait()

    async def lost(self):
        await self.until(lambda: self.events[-1].startswith("lost"))


async def with_server(factory, body):
    """Runs body(port) beside a server."""
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0)
    try:
        await body(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        server.abort_clients()
        await server.wait_closed()


async def connect(port, protocol):
    await asyncio.get_running_loop().create_connection(lambda: protocol, "127.0.0.1", port)
    return protocol


async def with_pair(body, client=None, server=None):
    """Runs body(client, server) with two connected recorders."""
    client = client or Recorder()
    server = server or Recorder()

    async def use(port):
        await connect(port, client)
        await server.until(lambda: server.events)
        await body(client, server)
        client.transport.abort()
        await client.until(lambda: any(event.startswith("lost") for event in client.events))

    await with_server(lambda: server, use)


async def with_deaf_peer(body, client=None):
    """Runs body(client, peer) with a peer that does not read by itself; `read_all(peer)` does, `reset(peer)` resets."""
    client = client or Recorder()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        await connect(listening.getsockname()[1], client)
        peer, _ = listening.accept()
        peer.setblocking(False)
        with peer:
            await body(client, peer)
            if not client.events[-1].startswith("lost"):
                client.transport.abort()
                await client.lost()


async def read_all(peer):
    """How much comes until the end."""
    count = 0
    while data := await asyncio.get_running_loop().sock_recv(peer, 1_000_000):
        count += len(data)
    return count



def reset(peer):
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def collect_reports():
    """The names of the errors that the exception handler gets."""
    reports = []
    asyncio.get_running_loop().set_exception_handler(
        lambda loop, context: reports.append(name_of(context["exception"]))
    )
    return reports
