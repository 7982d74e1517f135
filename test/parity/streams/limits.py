"""The limit of a StreamReader: lines that are too long, and backpressure."""

import asyncio

from stream_words import fed, settle, told, told_line
from support import main, scenario


class Tap:
    """A transport that says when it is turned."""

    def __init__(self, print):
        self.print = print

    def pause_reading(self):
        self.print("pause")

    def resume_reading(self):
        self.print("resume")


@scenario("a line may be as long as the limit, without its newline [STR-07]")
async def border(print):
    reader = fed("123\n1234\n1\n", limit=3)
    for _ in range(3):
        print(await told_line(reader))


@scenario("readline drops a line that is too long with its newline if that has come [STR-07]")
async def drops_line(print):
    reader = fed("123456\nnext\n", limit=5)
    print(await told_line(reader), await told_line(reader))


@scenario("readline drops everything if no newline has come [STR-07]")
async def drops_all(print):
    reader = fed("123456", limit=5)
    print(await told_line(reader))
    reader.feed_data(b"78\nnext\n")
    print(await told_line(reader), await told_line(reader))


@scenario("readline waits at the limit and gives up beyond it [STR-07]")
async def waits(print):
    reader = fed("123", limit=3)
    task = asyncio.create_task(told_line(reader))
    await settle()
    print(task.done())
    reader.feed_data(b"4")
    print(await task)


@scenario("readuntil leaves the bytes, and says how many come before the separator [STR-09 STR-25]")
async def leaves(print):
    reader = fed("123456;;rest", limit=5)
    print(await told(reader.readuntil(b";;")), await told(reader.readuntil(b";;")))
    print(await told(reader.readexactly(6)), await told(reader.readuntil(b";;")), await told(reader.read(9)))


@scenario("without a separator, what could be its beginning is not counted [STR-09 STR-25]")
async def beginning(print):
    for separator in [b";", b";;", b";;;", (b";", b";;;")]:
        print(await told(fed("12345678", limit=5).readuntil(separator)))


@scenario("the limit of several separators is that of the match [STR-09]")
async def several(print):
    print(await told(fed("123456--", limit=5).readuntil((b"--", b"6--"))))
    print(await told(fed("123456--", limit=5).readuntil((b"-", b"56--"))))
    print(await told(fed("12345--", limit=5).readuntil((b"--", b"-"))))


@scenario("a separator at the border of the limit is found [STR-09]")
async def at_border(print):
    for size in [4, 5, 6]:
        print(await told(fed("1" * size + "##", limit=5).readuntil(b"##")))


@scenario("reading pauses above twice the limit and resumes at the limit [STR-12]")
async def pauses(print):
    reader = fed(limit=3)
    reader.set_transport(Tap(print))
    for piece in ["123456", "7", "8"]:
        print("feed", piece)
        reader.feed_data(piece.encode())
    for count in [4, 1, 3]:
        print(await told(reader.read(count)))


@scenario("waiting for more resumes, whatever is buffered [STR-12]")
async def waiting_resumes(print):
    reader = fed(limit=3)
    reader.set_transport(Tap(print))
    reader.feed_data(b"12345678")
    task = asyncio.create_task(told(reader.readexactly(9)))
    await settle()
    reader.feed_data(b"9")
    print(await task)


@scenario("a line that is too long lets the transport go on [STR-07 STR-12]")
async def line_resumes(print):
    reader = fed(limit=3)
    reader.set_transport(Tap(print))
    reader.feed_data(b"12345678")
    print(await told_line(reader))


main()
