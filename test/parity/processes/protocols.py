import asyncio
from asyncio.subprocess import PIPE, STDOUT

from outcomes import attempt
from support import main, scenario


class Recorder(asyncio.SubprocessProtocol):
    def __init__(self):
        self.events = []
        self.output = {}
        self.exited = asyncio.get_running_loop().create_future()
        self.over = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.events.append("made")

    def pipe_data_received(self, fd, data):
        self.output[fd] = self.output.get(fd, "") + data.decode()

    def pipe_connection_lost(self, fd, exc):
        self.events.append(f"lost {fd}")

    def process_exited(self):
        self.events.append(f"exited {self.transport.get_returncode()}")
        self.exited.set_result(None)

    def connection_lost(self, exc):
        self.events.append(f"over {exc}")
        self.over.set_result(None)


async def start(command, **options):
    loop = asyncio.get_running_loop()
    return await loop.subprocess_shell(Recorder, command, **options)


@scenario("the start is first, and the end last [SUB-12 SUB-15]")
async def _(print):
    transport, protocol = await start("echo out; echo err >&2; exit 3")
    print(protocol.events[0])
    await protocol.over
    print(protocol.events[0], protocol.events[-1])
    print(*sorted(protocol.events[1:-1]))
    print(protocol.output[1].strip(), protocol.output[2].strip(), transport.get_returncode())


@scenario("data before the end of its pipe [SUB-15]")
async def _(print):
    transport, protocol = await start("cat", stderr=None)
    transport.get_pipe_transport(0).write(b"hello")
    transport.get_pipe_transport(0).write_eof()
    await protocol.over
    print(protocol.output[1], *sorted(protocol.events))


@scenario("only those pipes that were asked for [SUB-14]")
async def _(print):
    transport, protocol = await start("echo out; echo err >&2", stdin=None, stderr=STDOUT)
    print(*[transport.get_pipe_transport(fd) is None for fd in (0, 1, 2, 3)])
    await protocol.over
    print(protocol.output[1].replace("\n", "/"))


@scenario("no pipes at all [SUB-12 SUB-15]")
async def _(print):
    transport, protocol = await start("exit 5", stdin=None, stdout=None, stderr=None)
    await protocol.over
    print(*protocol.events)


@scenario("returncodes and signals [SUB-14]")
async def _(print):
    transport, protocol = await start("exec sleep 1000")
    print(transport.get_returncode(), transport.get_pid() > 0, transport.is_closing())
    transport.send_signal(10)
    await protocol.over
    print(transport.get_returncode())
    print(attempt(transport.terminate), attempt(transport.kill), attempt(lambda: transport.send_signal(10)))


@scenario("terminate and kill [SUB-14]")
async def _(print):
    transport, protocol = await start("exec sleep 1000")
    transport.terminate()
    await protocol.over
    print(transport.get_returncode())
    transport, protocol = await start("exec sleep 1000")
    transport.kill()
    await protocol.over
    print(transport.get_returncode())


@scenario("close kills [SUB-14]")
async def _(print):
    transport, protocol = await start("exec sleep 1000")
    transport.close()
    transport.close()
    print(transport.is_closing())
    await protocol.over
    print(transport.get_returncode(), *sorted(protocol.events))


@scenario("close after the end changes nothing [SUB-14]")
async def _(print):
    transport, protocol = await start("exit 2")
    await protocol.over
    print(transport.is_closing())
    transport.close()
    print(transport.is_closing(), transport.get_returncode())


@scenario("another protocol takes over [SUB-14]")
async def _(print):
    transport, first = await start("cat", stderr=None)
    second = Recorder()
    second.transport = transport
    print(transport.get_protocol() is first)
    transport.set_protocol(second)
    print(transport.get_protocol() is second)
    transport.get_pipe_transport(0).close()
    await second.over
    print(*first.events)
    print(*sorted(second.events))


@scenario("a program without a shell [SUB-12]")
async def _(print):
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.subprocess_exec(Recorder, "printf", "[%s]", "a b", "$x", stdin=None)
    await protocol.over
    print(protocol.output[1], transport.get_returncode())


@scenario("what is known about it [SUB-19]")
async def _(print):
    transport, protocol = await start("exit 0")
    print(transport.get_extra_info("subprocess").pid == transport.get_pid())
    print(transport.get_extra_info("peername"), transport.get_extra_info("nothing", 5))
    await protocol.over


main()
