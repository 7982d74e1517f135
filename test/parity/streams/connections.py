"""openConnection, startServer and StreamWriter, over real connections."""

import asyncio

from outcomes import Boom, attempt, outcome
from stream_words import failure, serving, settle, told, told_line
from support import main, scenario


async def echo(reader, writer):
    async for line in reader:
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def drained(writer):
    """What a drain gives, in words."""
    try:
        return await writer.drain()
    except BaseException as error:
        return failure(error)


def catch_reports(print):
    def handler(loop, context):
        print("reported", type(context["exception"]).__name__, "transport" in context)

    asyncio.get_running_loop().set_exception_handler(handler)


@scenario("a server answers line by line, and sees the end of the client's half [STR-01 STR-02 STR-19]")
async def echoes(print):
    async with serving(echo) as connect:
        reader, writer = await connect()
        writer.write(b"one\n")
        print(await told_line(reader))
        writer.writelines([b"two\n", b"thr", b"ee"])
        print(writer.can_write_eof())
        writer.write_eof()
        print(await told(reader.read()), reader.at_eof(), writer.is_closing())
        writer.close()
        await writer.wait_closed()


@scenario("a plain function may serve as well [STR-02]")
async def plain(print):
    def greet(reader, writer):
        print("connected")
        writer.write(b"hello\n")
        writer.close()

    async with serving(greet) as connect:
        reader, writer = await connect()
        print(await told(reader.read()))
        writer.close()


@scenario("an async function serves in a task of its own [STR-02]")
async def in_task(print):
    main_task = asyncio.current_task()

    async def serve(reader, writer):
        print(asyncio.current_task() is main_task, asyncio.current_task() in asyncio.all_tasks())
        writer.close()

    async with serving(serve) as connect:
        reader, writer = await connect()
        print(await told(reader.read()))
        writer.close()


@scenario("the error of an async function is reported and its connection closed [STR-02]")
async def failing(print):
    catch_reports(print)

    async def serve(reader, writer):
        await reader.readline()
        raise Boom()

    async with serving(serve) as connect:
        reader, writer = await connect()
        writer.write(b"go\n")
        print(await told(reader.read()))
        writer.close()
        await settle()


@scenario("the connection of a cancelled function is closed, and nothing reported [STR-02]")
async def cancelled(print):
    catch_reports(print)

    async def serve(reader, writer):
        asyncio.current_task().cancel()
        await reader.readline()

    async with serving(serve) as connect:
        reader, writer = await connect()
        print(await told(reader.read()))
        writer.close()


@scenario("a function that returns without closing leaves the connection open [STR-02]")
async def leaves_open(print):
    kept = []

    async def serve(reader, writer):
        kept.append(writer)
        writer.write(b"one\n")

    async with serving(serve) as connect:
        reader, writer = await connect()
        print(await told_line(reader))
        await settle()
        kept[0].write(b"two\n")
        print(await told_line(reader), kept[0].is_closing())
        kept[0].close()
        print(await told(reader.read()))
        writer.close()


@scenario("a server's readers have its limit [STR-02]")
async def limit(print):
    async def serve(reader, writer):
        print(await told_line(reader), await told_line(reader))
        writer.close()

    async with serving(serve, limit=5) as connect:
        reader, writer = await connect()
        writer.write(b"123456\n12345\n")
        print(await told(reader.read()))
        writer.close()


@scenario("both directions end on their own [STR-19]")
async def half_close(print):
    served = asyncio.Event()

    async def serve(reader, writer):
        writer.write_eof()
        print("server got", await told(reader.read()))
        writer.close()
        served.set()

    async with serving(serve) as connect:
        reader, writer = await connect()
        print("client got", await told(reader.read()), reader.at_eof(), writer.is_closing())
        writer.write(b"still writing")
        writer.write_eof()
        print(attempt(lambda: writer.write(b"more")))
        await served.wait()
        writer.close()
        await writer.wait_closed()


@scenario("a closed writer drains into an error, not into an endless loop [STR-17]")
async def drain_closed(print):
    async with serving(echo) as connect:
        _, writer = await connect()
        writer.close()
        print(writer.is_closing())
        print(await drained(writer) or "drained")
        await writer.wait_closed()
        print(await drained(writer))


@scenario("draining gives the reader's error first [STR-17]")
async def drain_error(print):
    async with serving(echo) as connect:
        reader, writer = await connect()
        print(await drained(writer) or "drained")
        reader.set_exception(Boom())
        print(await drained(writer))
        writer.close()


@scenario("many tasks drain at once, and one of them is cancelled [STR-17 STR-23]")
async def drain_many(print):
    release = asyncio.Event()

    async def serve(reader, writer):
        await release.wait()
        await reader.read()
        writer.close()

    async with serving(serve) as connect:
        _, writer = await connect()
        for _ in range(200):
            writer.write(bytes(100_000))
        tasks = [asyncio.create_task(writer.drain()) for _ in range(4)]
        await settle()
        print([task.done() for task in tasks])
        tasks[1].cancel()
        await settle()
        release.set()
        print([await outcome(task) for task in tasks])
        writer.close()
        await writer.wait_closed()


@scenario("an abort ends all who drain, without an error [STR-17 STR-23]")
async def drain_abort(print):
    async def serve(reader, writer):
        await asyncio.sleep(60)

    async with serving(serve) as connect:
        _, writer = await connect()
        for _ in range(200):
            writer.write(bytes(100_000))
        tasks = [asyncio.create_task(drained(writer)) for _ in range(2)]
        await settle()
        writer.transport.abort()
        print([await task for task in tasks])
        print(await drained(writer))


@scenario("waiting for the end is possible again and again [STR-18]")
async def wait_closed(print):
    async with serving(echo) as connect:
        reader, writer = await connect()
        writer.close()
        writer.close()
        print(await writer.wait_closed(), await writer.wait_closed(), reader.at_eof())


main()
