"""Pipe transports: what their protocols are told."""

import asyncio
import os
import tempfile

from outcomes import outcome
from support import main, scenario

LARGE = b"x" * 1_000_000


class Recorder(asyncio.Protocol):
    def __init__(self, keep_open=None):
        self.events = []
        self.text = ""
        self.keep_open = keep_open
        self.transport = None
        self.waiters = []

    def happened(self, event):
        self.events.append(event)
        for waiter in self.waiters:
            waiter.set()

    async def until(self, satisfied):
        waiter = asyncio.Event()
        self.waiters.append(waiter)
        while not satisfied():
            waiter.clear()
            await waiter.wait()

    async def lost(self):
        await self.until(lambda: any(event.startswith("lost") for event in self.events))

    def connection_made(self, transport):
        self.transport = transport
        self.happened("made")

    def data_received(self, data):
        self.text += data.decode()
        self.happened("data") if self.events[-1] != "data" else self.happened(self.events.pop())

    def eof_received(self):
        self.happened("eof")
        return self.keep_open

    def pause_writing(self):
        self.happened("pause")

    def resume_writing(self):
        self.happened("resume")

    def connection_lost(self, error):
        self.happened("lost " + (type(error).__name__ if error else "None"))


async def reader_of(fd, protocol=None):
    pipe = os.fdopen(fd, "rb", buffering=0)
    loop = asyncio.get_running_loop()
    return await loop.connect_read_pipe(lambda: protocol or Recorder(), pipe)


async def writer_of(fd):
    pipe = os.fdopen(fd, "wb", buffering=0)
    return await asyncio.get_running_loop().connect_write_pipe(Recorder, pipe)


@scenario("what is written arrives, and then the end [PIPE-01 PIPE-02 PIPE-03 PIPE-04]")
async def arrives(print):
    read_end, write_end = os.pipe()
    _, target = await reader_of(read_end)
    transport, source = await writer_of(write_end)
    transport.write(b"one ")
    transport.writelines([b"two ", b"three"])
    transport.close()
    await target.lost()
    await source.lost()
    print(target.text, target.events)
    print(source.events)


@scenario("the answer of eof_received does not keep a pipe open [PIPE-03]")
async def eof(print):
    read_end, write_end = os.pipe()
    transport, target = await reader_of(read_end, Recorder(keep_open=True))
    os.close(write_end)
    await target.lost()
    print(target.events, transport.is_closing(), transport.is_reading())


@scenario("closing a read pipe twice calls connection_lost once [PIPE-03]")
async def close_reader(print):
    read_end, write_end = os.pipe()
    transport, target = await reader_of(read_end)
    transport.close()
    transport.close()
    print(transport.is_closing(), target.events)
    await target.lost()
    print(target.events)
    os.close(write_end)


@scenario("pausing and resuming a read pipe, also twice [PIPE-03]")
async def pause(print):
    read_end, write_end = os.pipe()
    transport, target = await reader_of(read_end)
    print(transport.is_reading())
    transport.pause_reading()
    transport.pause_reading()
    print(transport.is_reading())
    os.write(write_end, b"later")
    for _ in range(5):
        await asyncio.sleep(0)
    print(target.events)
    transport.resume_reading()
    transport.resume_reading()
    print(transport.is_reading())
    await target.until(lambda: target.text == "later")
    os.close(write_end)
    await target.lost()
    print(target.events)


@scenario("write_eof closes a write pipe after what is buffered [PIPE-04]")
async def write_eof(print):
    read_end, write_end = os.pipe()
    _, target = await reader_of(read_end)
    transport, source = await writer_of(write_end)
    print(transport.can_write_eof())
    transport.write(LARGE)
    transport.write_eof()
    transport.write_eof()
    print(transport.is_closing())
    transport.write(b"too late")
    await target.lost()
    await source.lost()
    print(len(target.text))
    print(source.events)


@scenario("abort drops what is buffered [PIPE-04]")
async def abort(print):
    read_end, write_end = os.pipe()
    transport, source = await writer_of(write_end)
    transport.write(LARGE)
    print(transport.get_write_buffer_size() > 0, source.events)
    transport.abort()
    await source.lost()
    print(source.events)
    _, target = await reader_of(read_end)
    await target.lost()
    print(len(target.text) < len(LARGE), target.events[-1])


@scenario("a reader that leaves too early breaks the pipe [PIPE-02]")
async def broken(print):
    read_end, write_end = os.pipe()
    transport, source = await writer_of(write_end)
    transport.write(LARGE)
    os.close(read_end)
    await source.lost()
    print(source.events, transport.is_closing())


@scenario("limits of a write pipe's buffer [PIPE-04]")
async def limits(print):
    read_end, write_end = os.pipe()
    transport, source = await writer_of(write_end)
    print(list(transport.get_write_buffer_limits()))
    transport.set_write_buffer_limits(high=100)
    print(list(transport.get_write_buffer_limits()))
    transport.write(LARGE)
    _, target = await reader_of(read_end)
    await source.until(lambda: "resume" in source.events)
    print(transport.get_write_buffer_size() <= 25)
    transport.close()
    await source.lost()
    await target.lost()
    print(source.events, len(target.text))


@scenario("another protocol takes over a read pipe [PIPE-03]")
async def protocols(print):
    read_end, write_end = os.pipe()
    transport, first = await reader_of(read_end)
    second = Recorder()
    second.events.append("taken")
    print(transport.get_protocol() is first)
    transport.set_protocol(second)
    print(transport.get_protocol() is second)
    os.write(write_end, b"to the second")
    os.close(write_end)
    await second.lost()
    print(first.events, second.events)


@scenario("files are no pipes [PIPE-01 PIPE-02]")
async def files(print):
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryFile() as file:
        print(await outcome(loop.connect_read_pipe(Recorder, file)))
        print(await outcome(loop.connect_write_pipe(Recorder, file)))
        file.write(b"still open")


@scenario("a pipe tells what it was made of, and has no names [PIPE-03]")
async def info(print):
    read_end, write_end = os.pipe()
    transport, target = await reader_of(read_end)
    print(transport.get_extra_info("pipe").fileno() == read_end)
    print(transport.get_extra_info("peername"), transport.get_extra_info("peername", "nobody"))
    os.close(write_end)
    await target.lost()


main()
