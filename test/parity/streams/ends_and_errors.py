"""StreamReader: the end of the stream, errors, cancelled and concurrent reads."""

import asyncio

from outcomes import Boom, outcome
from stream_words import fed, settle, shown, told, told_line
from support import main, scenario


@scenario("the end is reached when everything is read [STR-10]")
async def at_eof(print):
    reader = fed("ab")
    print(reader.at_eof())
    reader.feed_eof()
    print(reader.at_eof())
    print(await told(reader.read(1)), reader.at_eof(), await told(reader.read(1)), reader.at_eof())


@scenario("the end wakes whoever waits [STR-11]")
async def wakes(print):
    for read in [
        lambda reader: reader.read(5),
        lambda reader: reader.read(),
        lambda reader: reader.readline(),
        lambda reader: reader.readexactly(5),
        lambda reader: reader.readuntil(b"#"),
    ]:
        reader = fed()
        task = asyncio.create_task(told(read(reader)))
        await settle()
        reader.feed_eof()
        print(await task)


@scenario("an incomplete read takes what there was [STR-08 STR-09 STR-24]")
async def incomplete(print):
    reader = fed("abc", eof=True)
    print(await told(reader.readexactly(5)), reader.at_eof(), await told(reader.readexactly(5)))
    reader = fed("abc", eof=True)
    print(await told(reader.readuntil(b"#")), reader.at_eof(), await told(reader.readuntil(b"#")))


@scenario("a whole read is possible after the end has come [STR-08 STR-09]")
async def complete(print):
    reader = fed("abc;def", eof=True)
    print(await told(reader.readuntil(b";")), await told(reader.readexactly(3)), reader.at_eof())


@scenario("an error comes before the bytes, for every read and again and again [STR-11]")
async def error_first(print):
    reader = fed("abc\n", eof=True)
    reader.set_exception(Boom())
    for read in [reader.read(1), reader.read(0), reader.read(), reader.readexactly(1), reader.readexactly(0)]:
        print(await told(read))
    print(await told(reader.readuntil(b"c")), await told_line(reader), type(reader.exception()).__name__)


@scenario("an error wakes whoever waits [STR-11]")
async def error_wakes(print):
    reader = fed("abc")
    task = asyncio.create_task(told_line(reader))
    await settle()
    reader.set_exception(Boom())
    print(await task)


@scenario("only one task may wait at a time [STR-13]")
async def one_at_a_time(print):
    reader = fed("abc")
    task = asyncio.create_task(told_line(reader))
    await settle()
    print(await told(reader.readexactly(9)), await told(reader.readuntil(b"x")))
    print(await told(reader.readexactly(1)))
    reader.feed_data(b"d\n")
    print(await task)


@scenario("a cancelled read takes nothing [STR-06 STR-07 STR-08 STR-09]")
async def cancelled(print):
    reader = fed()
    for read in [
        lambda: reader.read(5),
        lambda: reader.readline(),
        lambda: reader.readexactly(5),
        lambda: reader.readuntil(b"#"),
    ]:
        task = asyncio.create_task(read())
        await settle()
        task.cancel()
        print(await outcome(task))
    reader.feed_data(b"abc")
    for read in [lambda: reader.readline(), lambda: reader.readexactly(5)]:
        task = asyncio.create_task(read())
        await settle()
        task.cancel()
        print(await outcome(task))
    print(await told(reader.read(9)))


@scenario("a read that is cancelled as its bytes come leaves them [STR-07]")
async def cancelled_late(print):
    reader = fed()
    task = asyncio.create_task(reader.readline())
    await settle()
    reader.feed_data(b"whole\n")
    task.cancel()
    print(await outcome(task), await told_line(reader))


@scenario("a read with a time limit may be tried again [STR-07 WAIT-09]")
async def time_limit(print):
    reader = fed("sl")
    print(await outcome(asyncio.wait_for(reader.readline(), 0.01)))
    reader.feed_data(b"ow\n")
    print(shown(await asyncio.wait_for(reader.readline(), 0.01)))


@scenario("a reader shows what it has [STR-26]")
async def shows(print):
    reader = asyncio.StreamReader()
    print(repr(reader))
    reader.feed_data(b"data")
    print(repr(reader))
    reader.feed_eof()
    print(repr(reader))
    print(repr(fed(limit=123)))


main()
