"""StreamReader: what the reads give, without a connection."""

import asyncio

from outcomes import attempt
from stream_words import fed, settle, shown, told, told_line
from support import main, scenario


@scenario("read gives what is there, up to n bytes [STR-06]")
async def some(print):
    reader = fed("abc", "def", "ghi")
    print(await told(reader.read(0)), await told(reader.read(2)), await told(reader.read(5)))
    print(await told(reader.read(100)))


@scenario("read waits for the first bytes only [STR-06]")
async def first(print):
    reader = fed()
    task = asyncio.create_task(told(reader.read(100)))
    await settle()
    reader.feed_data(b"one")
    reader.feed_data(b"two")
    print(await task)


@scenario("a negative count reads to the end [STR-06]")
async def everything(print):
    reader = fed("abc", "def", limit=2)
    task = asyncio.create_task(told(reader.read()))
    await settle()
    reader.feed_data(b"ghi")
    await settle()
    print(task.done())
    reader.feed_eof()
    print(await task, reader.at_eof(), await told(reader.read()), await told(reader.read(-7)))


@scenario("read is not limited by the limit [STR-06]")
async def unlimited(print):
    print(await told(fed("more than three", limit=3).read(100)))


@scenario("readexactly waits for all of it [STR-08]")
async def exactly(print):
    reader = fed("abc")
    task = asyncio.create_task(told(reader.readexactly(7)))
    for piece in ["d", "ef"]:
        reader.feed_data(piece.encode())
        await settle()
        print(task.done())
    reader.feed_data(b"ghi")
    print(await task, await told(reader.readexactly(0)), await told(reader.readexactly(2)))


@scenario("readexactly refuses a negative count [STR-08]")
async def negative(print):
    reader = fed("abc")
    print(await told(reader.readexactly(-1)))
    print(await told(reader.readexactly(3)))


@scenario("readline gives lines, and what is left at the end [STR-07]")
async def lines(print):
    reader = fed("one\nt", "wo\n", "\n\nrest", eof=True)
    for _ in range(7):
        print(await told_line(reader), reader.at_eof())


@scenario("iteration gives lines up to the end [STR-14]")
async def iteration(print):
    async for line in fed("one\n\ntwo\r\nrest", eof=True):
        print(shown(line))
    async for line in fed(eof=True):
        print("never")


@scenario("readuntil gives the separator as well, and leaves the rest [STR-09]")
async def until(print):
    reader = fed("key", "=", "val", "ue;", "x")
    print(await told(reader.readuntil(b"=")), await told(reader.readuntil(b";")), await told(reader.read(9)))


@scenario("readuntil finds a separator that comes in pieces [STR-09]")
async def pieces(print):
    reader = fed("text")
    task = asyncio.create_task(told(reader.readuntil(b"abcabd")))
    for piece in ["a", "bcab", "cab", "dab"]:
        print(task.done())
        reader.feed_data(piece.encode())
        await settle()
    print(await task, await told(reader.read(10)))


@scenario("of several separators, the one that ends first counts [STR-09]")
async def several(print):
    for data, separators in [
        ("a;b,", (b",", b";")),
        ("Xaaaab", (b"aaaab", b"ab")),
        ("abcdef", (b"abcdef", b"cd")),
        ("line\r\n", (b"\r\n", b"\n")),
        ("line\r\n", (b"\r\n", b"\r")),
        ("12", (b"2", b"12")),
    ]:
        print(await told(fed(data).readuntil(separators)))


@scenario("separators that are none are refused [STR-09]")
async def no_separator(print):
    reader = fed("abc")
    print(await told(reader.readuntil(b"")))
    print(await told(reader.readuntil(())))
    print(await told(reader.readuntil((b"a", b""))))
    print(await told(reader.read(9)))


@scenario("a limit of zero or less is refused [STR-05]")
async def limits(print):
    print(attempt(lambda: fed(limit=0)), attempt(lambda: fed(limit=-1)))


main()
