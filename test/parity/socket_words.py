"""What the scenarios with sockets have in common."""

import asyncio
import errno
import socket
from contextlib import contextmanager

from outcomes import name_of

HERE = ("127.0.0.1", 0)


def code_of(error):
    """The system's code of an error, or the name of the error."""
    return errno.errorcode[error.errno] if isinstance(error, OSError) and error.errno else name_of(error)


def attempt(call):
    try:
        return call()
    except BaseException as error:
        return code_of(error)


async def outcome(awaitable):
    try:
        return await awaitable
    except BaseException as error:
        return code_of(error)


async def settle():
    """Lets everything happen that is about to."""
    for _ in range(12):
        await asyncio.sleep(0.001)


@contextmanager
def pair(type=socket.SOCK_STREAM):
    left, right = socket.socketpair(socket.AF_UNIX, type)
    left.setblocking(False)
    right.setblocking(False)
    with left, right:
        yield left, right


def listener():
    sock = socket.create_server(HERE)
    sock.setblocking(False)
    return sock


def stream():
    sock = socket.socket()
    sock.setblocking(False)
    return sock


def datagrams():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.bind(HERE)
    return sock


def fill(sock):
    """Sends until the system takes no more."""
    try:
        while True:
            sock.send(b"x" * 65536)
    except BlockingIOError:
        pass


async def receive(loop, sock, size):
    data = b""
    while len(data) < size:
        chunk = await loop.sock_recv(sock, 262144)
        if not chunk:
            break
        data += chunk
    return data
