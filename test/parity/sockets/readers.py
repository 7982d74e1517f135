"""add_reader and its siblings."""

import asyncio
import contextvars
import socket

from socket_words import attempt, fill, listener, pair, settle, stream
from support import main, scenario


def loop():
    return asyncio.get_running_loop()


@scenario("a reader is called as long as there is something to read [FD-01]")
async def _(print):
    with pair() as (left, right):
        right.send(b"abcde")
        loop().add_reader(left, lambda: print("read", left.recv(2).decode()))
        await settle()
        print(loop().remove_reader(left))


@scenario("a reader gets its arguments [FD-01]")
async def _(print):
    with pair() as (left, right):
        def reader(*args):
            print(left.recv(1).decode(), list(args))
        loop().add_reader(left, reader, 1, "two")
        right.send(b"x")
        await settle()
        loop().remove_reader(left)


@scenario("adding a reader answers nothing [FD-01 FD-03]")
async def _(print):
    with pair() as (left, right):
        print(loop().add_reader(left, lambda: None), loop().add_writer(left, lambda: None))
        print(loop().remove_reader(left), loop().remove_writer(left))


@scenario("a reader runs in the context of its registration, and what it sets stays [FD-01]")
async def _(print):
    variable = contextvars.ContextVar("variable")
    with pair() as (left, right):
        variable.set("registered")

        def reader():
            left.recv(1)
            print(variable.get())
            variable.set("set by the reader")

        loop().add_reader(left, reader)
        variable.set("later")
        right.send(b"xy")
        await settle()
        print(variable.get())
        loop().remove_reader(left)


@scenario("what a reader makes ready runs behind the readers that were ready with it [FD-01 SCHED-01]")
async def _(print):
    with pair() as (one, peer_of_one), pair() as (two, peer_of_two):
        def reader(name, socket):
            print(name, socket.recv(1).decode())
            loop().call_soon(print, "behind", name)

        loop().add_reader(one, reader, "one", one)
        loop().add_reader(two, reader, "two", two)
        peer_of_one.send(b"x")
        peer_of_two.send(b"y")
        await settle()
        print(loop().remove_reader(one), loop().remove_reader(two))


@scenario("a second reader replaces the first [FD-01]")
async def _(print):
    with pair() as (left, right):
        loop().add_reader(left, lambda: print("first", left.recv(1).decode()))
        loop().add_reader(left, lambda: print("second", left.recv(1).decode()))
        right.send(b"xy")
        await settle()
        print(loop().remove_reader(left), loop().remove_reader(left))


@scenario("a reader that replaces itself [FD-01]")
async def _(print):
    with pair() as (left, right):
        def first():
            print("first", left.recv(1).decode())
            loop().add_reader(left, second)

        def second():
            print("second", left.recv(1).decode())
            loop().remove_reader(left)

        loop().add_reader(left, first)
        right.send(b"xyz")
        await settle()
        print(loop().remove_reader(left))


@scenario("removing tells whether there was one [FD-02 FD-04]")
async def _(print):
    with pair() as (left, right):
        print(loop().remove_reader(left), loop().remove_writer(left))
        loop().add_reader(left, lambda: None)
        print(loop().remove_writer(left), loop().remove_reader(left), loop().remove_reader(left))
        loop().add_writer(left, lambda: None)
        print(loop().remove_reader(left), loop().remove_writer(left), loop().remove_writer(left))


@scenario("a descriptor and its socket are the same [FD-01 FD-02]")
async def _(print):
    with pair() as (left, right):
        loop().add_reader(left, lambda: print("first"))
        loop().add_reader(left.fileno(), lambda: print("second", left.recv(1).decode()))
        right.send(b"x")
        await settle()
        print(loop().remove_reader(left), loop().remove_reader(left.fileno()))


@scenario("a writer is called when there is room again [FD-03]")
async def _(print):
    with pair() as (left, right):
        fill(left)

        def writer():
            print("room")
            loop().remove_writer(left)

        loop().add_writer(left, writer)
        await settle()
        print("full")
        while attempt(lambda: right.recv(1000000)) != "EAGAIN":
            pass
        await settle()
        print(loop().remove_writer(left))


@scenario("a reader and a writer of one descriptor [FD-01 FD-03]")
async def _(print):
    with pair() as (left, right):
        def writer():
            loop().remove_writer(left)
            right.send(b"x")
            print("written")

        loop().add_writer(left, writer)
        loop().add_reader(left, lambda: print("read", left.recv(1).decode()))
        await settle()
        print(loop().remove_writer(left), loop().remove_reader(left))


@scenario("removed before it was called [FD-02]")
async def _(print):
    with pair() as (left, right):
        right.send(b"x")
        loop().add_reader(left, lambda: print("never"))
        loop().remove_reader(left)
        await settle()
        print("done")


@scenario("what a reader throws is reported, and it is called again [FD-01]")
async def _(print):
    with pair() as (left, right):
        loop().set_exception_handler(lambda _, context: print("reported", context["exception"]))

        def reader():
            raise ValueError(left.recv(1).decode())

        loop().add_reader(left, reader)
        right.send(b"xy")
        await settle()
        print(loop().remove_reader(left))


@scenario("the end of the stream is something to read [FD-01]")
async def _(print):
    with pair() as (left, right):
        def reader():
            print(len(left.recv(10)))
            loop().remove_reader(left)

        loop().add_reader(left, reader)
        right.close()
        await settle()


@scenario("a listener is read by accepting [FD-01]")
async def _(print):
    with listener() as server, stream() as client:
        def reader():
            connection, _ = server.accept()
            connection.close()
            print("accepted")

        loop().add_reader(server, reader)
        client.connect_ex(server.getsockname())
        await settle()
        print(loop().remove_reader(server))


@scenario("what is closed or negative is refused [FD-01 FD-02 FD-03 FD-04]")
async def _(print):
    closed = stream()
    closed.close()
    for wrong in (closed, -1):
        print(attempt(lambda: loop().add_reader(wrong, lambda: None)))
        print(attempt(lambda: loop().add_writer(wrong, lambda: None)))
        print(attempt(lambda: loop().remove_reader(wrong)))
        print(attempt(lambda: loop().remove_writer(wrong)))


@scenario("a number that is not open is refused by the system [FD-01]")
async def _(print):
    print(attempt(lambda: loop().add_reader(99999, lambda: None)))
    print(attempt(lambda: loop().remove_reader(99999)))


@scenario("a file is refused by the system [FD-01]")
async def _(print):
    with open(__file__) as file:
        print(attempt(lambda: loop().add_reader(file.fileno(), lambda: None)))
        print(attempt(lambda: loop().remove_reader(file.fileno())))


@scenario("the descriptor of a transport is refused [FD-01 FD-02 FD-03 FD-04]")
async def _(print):
    with listener() as server:
        transport, _ = await loop().create_connection(asyncio.Protocol, *server.getsockname())
        fd = transport.get_extra_info("socket").fileno()
        print(attempt(lambda: loop().add_reader(fd, lambda: None)))
        print(attempt(lambda: loop().add_writer(fd, lambda: None)))
        print(attempt(lambda: loop().remove_reader(fd)))
        print(attempt(lambda: loop().remove_writer(fd)))
        transport.close()
        await settle()


@scenario("a closed loop has no readers [FD-01 FD-02 FD-04]")
def _(print):
    with pair() as (left, right):
        other = asyncio.new_event_loop()
        other.add_reader(left, lambda: None)
        other.close()
        print(other.remove_reader(left), other.remove_writer(left))
        print(attempt(lambda: other.add_reader(left, lambda: None)))


main()
