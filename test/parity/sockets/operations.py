"""sock_recv and its siblings."""

import asyncio
import socket
import tempfile

from socket_words import attempt, datagrams, fill, listener, outcome, pair, receive, settle, stream
from support import main, scenario


def loop():
    return asyncio.get_running_loop()


def start(awaitable):
    return asyncio.create_task(outcome(awaitable))


@scenario("sock_recv takes what is there [SOCK-02]")
async def _(print):
    with pair() as (left, right):
        right.send(b"abcde")
        print((await loop().sock_recv(left, 3)).decode(), (await loop().sock_recv(left, 3)).decode())


@scenario("sock_recv waits for what is not there [SOCK-01 SOCK-02]")
async def _(print):
    with pair() as (left, right):
        task = start(loop().sock_recv(left, 10))
        await settle()
        print(task.done())
        right.send(b"late")
        print((await task).decode())
        print(loop().remove_reader(left))


@scenario("sock_recv tells the end by nothing, again and again [SOCK-02]")
async def _(print):
    with pair() as (left, right):
        right.close()
        print(len(await loop().sock_recv(left, 10)), len(await loop().sock_recv(left, 10)))


@scenario("sock_recv of nothing [SOCK-02]")
async def _(print):
    with pair() as (left, right):
        print(len(await loop().sock_recv(left, 0)))


@scenario("sock_recv of less than nothing [SOCK-02]")
async def _(print):
    with pair() as (left, right):
        print(await outcome(loop().sock_recv(left, -1)))


@scenario("sock_recv on a closed socket [SOCK-02]")
async def _(print):
    with pair() as (left, right):
        left.close()
        print(await outcome(loop().sock_recv(left, 1)))


@scenario("a cancelled sock_recv leaves the bytes to the next [SOCK-01 SOCK-02]")
async def _(print):
    with pair() as (left, right):
        task = start(loop().sock_recv(left, 10))
        await settle()
        task.cancel()
        print(await task)
        right.send(b"kept")
        print((await loop().sock_recv(left, 10)).decode(), loop().remove_reader(left))


@scenario("sock_recv_into fills memory [SOCK-03]")
async def _(print):
    with pair() as (left, right):
        memory = bytearray(4)
        task = start(loop().sock_recv_into(left, memory))
        await settle()
        right.send(b"abcdef")
        print(await task, memory.decode())
        print(await loop().sock_recv_into(left, memoryview(memory)[1:]), memory.decode())
        right.close()
        print(await loop().sock_recv_into(left, memory))


@scenario("sock_recvfrom tells the sender [SOCK-04 SOCK-07]")
async def _(print):
    with datagrams() as left, datagrams() as right:
        task = start(loop().sock_recvfrom(left, 100))
        await settle()
        print(await loop().sock_sendto(right, b"hello", left.getsockname()))
        data, address = await task
        print(data.decode(), address == right.getsockname())


@scenario("sock_recvfrom cuts off [SOCK-04]")
async def _(print):
    with datagrams() as left, datagrams() as right:
        right.sendto(b"abcdef", left.getsockname())
        right.sendto(b"next", left.getsockname())
        print((await loop().sock_recvfrom(left, 3))[0].decode())
        print((await loop().sock_recvfrom(left, 10))[0].decode())


@scenario("sock_recvfrom of an unnamed sender [SOCK-04]")
async def _(print):
    with pair(socket.SOCK_DGRAM) as (left, right):
        right.send(b"x")
        data, address = await loop().sock_recvfrom(left, 10)
        print(data.decode(), address)


@scenario("sock_recvfrom_into fills memory, or a part of it [SOCK-05]")
async def _(print):
    with datagrams() as left, datagrams() as right:
        memory = bytearray(b"-----")
        right.sendto(b"abcdef", left.getsockname())
        right.sendto(b"xyz", left.getsockname())
        count, address = await loop().sock_recvfrom_into(left, memory)
        print(count, memory.decode(), address == right.getsockname())
        count, _ = await loop().sock_recvfrom_into(left, memory, 2)
        print(count, memory.decode())
        print(await outcome(loop().sock_recvfrom_into(left, memory, 6)))


@scenario("an empty datagram [SOCK-04 SOCK-07]")
async def _(print):
    with datagrams() as left, datagrams() as right:
        print(await loop().sock_sendto(right, b"", left.getsockname()))
        data, address = await loop().sock_recvfrom(left, 10)
        print(len(data), address == right.getsockname())


@scenario("a datagram that is too large [SOCK-07]")
async def _(print):
    with datagrams() as left:
        print(await outcome(loop().sock_sendto(left, bytes(70000), left.getsockname())))


@scenario("sock_sendall sends all [SOCK-06]")
async def _(print):
    with pair() as (left, right):
        data = bytes(range(256)) * 8192
        task = start(loop().sock_sendall(left, data))
        received = await receive(loop(), right, len(data))
        print(await task, received == data)
        print(await loop().sock_sendall(left, b""))
        print(loop().remove_writer(left))


@scenario("sock_sendall waits for room [SOCK-01 SOCK-06]")
async def _(print):
    with pair() as (left, right):
        fill(left)
        task = start(loop().sock_sendall(left, b"last"))
        await settle()
        print(task.done())
        while attempt(lambda: right.recv(1000000)) != "EAGAIN":
            pass
        print(await task, right.recv(10).decode())


@scenario("a cancelled sock_sendall watches no more [SOCK-01 SOCK-06]")
async def _(print):
    with pair() as (left, right):
        fill(left)
        task = start(loop().sock_sendall(left, b"last"))
        await settle()
        task.cancel()
        print(await task, loop().remove_writer(left))


@scenario("sock_sendall to nobody [SOCK-06]")
async def _(print):
    with pair() as (left, right):
        right.close()
        print(await outcome(loop().sock_sendall(left, b"x")))


@scenario("the receiver goes while sock_sendall waits [SOCK-06]")
async def _(print):
    with pair() as (left, right):
        fill(left)
        task = start(loop().sock_sendall(left, b"last"))
        await settle()
        right.close()
        print(await task)


@scenario("sock_connect and sock_accept [SOCK-08 SOCK-09]")
async def _(print):
    with listener() as server, stream() as client:
        task = start(loop().sock_accept(server))
        await settle()
        print(task.done())
        print(await loop().sock_connect(client, server.getsockname()))
        connection, address = await task
        print(address == client.getsockname(), connection.getpeername() == address)
        await loop().sock_sendall(connection, b"hello")
        print((await loop().sock_recv(client, 10)).decode())
        connection.close()


@scenario("sock_connect looks names up [SOCK-08]")
async def _(print):
    with listener() as server, stream() as client:
        await loop().sock_connect(client, ("localhost", server.getsockname()[1]))
        print(client.getpeername() == server.getsockname())


@scenario("sock_connect to nobody [SOCK-08]")
async def _(print):
    server = listener()
    address = server.getsockname()
    server.close()
    with stream() as client:
        print(await outcome(loop().sock_connect(client, address)))
        print(loop().remove_writer(client))


@scenario("sock_connect twice [SOCK-08]")
async def _(print):
    with listener() as server, stream() as client:
        await loop().sock_connect(client, server.getsockname())
        print(await outcome(loop().sock_connect(client, server.getsockname())))


@scenario("sock_accept takes connections in their order [SOCK-09]")
async def _(print):
    with listener() as server, stream() as first, stream() as second:
        await loop().sock_connect(first, server.getsockname())
        await loop().sock_connect(second, server.getsockname())
        for client in (first, second):
            connection, address = await loop().sock_accept(server)
            print(address == client.getsockname())
            connection.close()


@scenario("a cancelled sock_accept leaves the connection to the next [SOCK-09]")
async def _(print):
    with listener() as server, stream() as client:
        task = start(loop().sock_accept(server))
        await settle()
        task.cancel()
        print(await task)
        await loop().sock_connect(client, server.getsockname())
        connection, address = await loop().sock_accept(server)
        print(address == client.getsockname())
        connection.close()


@scenario("sock_accept on what does not listen [SOCK-09]")
async def _(print):
    with stream() as client:
        print(await outcome(loop().sock_accept(client)))


@scenario("sock_recv on what is not connected [SOCK-02]")
async def _(print):
    with stream() as client:
        print(await outcome(loop().sock_recv(client, 1)))


@scenario("sock_sendfile sends a part, as far as there is one [SOCK-10 SF-05]")
async def _(print):
    with pair() as (left, right), tempfile.TemporaryFile() as file:
        file.write(b"0123456789")
        file.flush()
        print(await loop().sock_sendfile(left, file), right.recv(100).decode())
        print(await loop().sock_sendfile(left, file, 3, 4), right.recv(100).decode())
        print(await loop().sock_sendfile(left, file, 8, 100), right.recv(100).decode())
        print(await loop().sock_sendfile(left, file, 100))
        print(await loop().sock_sendfile(left, file, 0, 2, fallback=False), right.recv(100).decode())


@scenario("sock_sendfile of an empty file [SOCK-10 SF-06]")
async def _(print):
    with pair() as (left, right), tempfile.TemporaryFile() as file:
        print(await loop().sock_sendfile(left, file))


@scenario("sock_sendfile of a large file [SOCK-10 SF-06]")
async def _(print):
    with pair() as (left, right), tempfile.TemporaryFile() as file:
        data = bytes(range(256)) * 8192
        file.write(data)
        file.flush()
        task = start(loop().sock_sendfile(left, file))
        print(await receive(loop(), right, len(data)) == data, await task)


@scenario("sock_sendfile refuses what makes no sense [SOCK-10 SF-05]")
async def _(print):
    with pair() as (left, right), tempfile.TemporaryFile() as file, datagrams() as datagram:
        print(await outcome(loop().sock_sendfile(left, file, -1)))
        print(await outcome(loop().sock_sendfile(left, file, 0, 0)))
        print(await outcome(loop().sock_sendfile(datagram, file)))


@scenario("the receiver goes while sock_sendfile waits [SOCK-10]")
async def _(print):
    with pair() as (left, right), tempfile.TemporaryFile() as file:
        file.write(bytes(2000000))
        file.flush()
        task = start(loop().sock_sendfile(left, file))
        await settle()
        right.close()
        print(await task)


main()
