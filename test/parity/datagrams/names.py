"""getaddrinfo and getnameinfo, as far as no machine differs."""

import asyncio
import socket

from support import main, scenario

FAMILIES = {socket.AF_INET: "IPv4", socket.AF_INET6: "IPv6"}


async def outcome(awaitable):
    try:
        return await awaitable
    except OSError:
        return "refused"


async def show(print, host, port, **options):
    found = await outcome(asyncio.get_running_loop().getaddrinfo(host, port, **options))
    if found == "refused":
        print(found)
        return
    for family, kind, proto, canonname, address in found:
        if kind != socket.SOCK_RAW:
            print(FAMILIES[family], int(kind), proto, address[0], address[1])


@scenario("a literal address has an answer for each kind of socket [DNS-01]")
async def literal(print):
    await show(print, "127.0.0.1", 80)
    await show(print, "::1", "80")
    await show(print, "127.0.0.1", None)


@scenario("type and protocol limit the answers [DNS-01 CONN-03]")
async def limited(print):
    await show(print, "127.0.0.1", 80, type=socket.SOCK_STREAM)
    await show(print, "127.0.0.1", 80, type=socket.SOCK_DGRAM)
    await show(print, "127.0.0.1", 80, proto=socket.IPPROTO_TCP)
    await show(print, "127.0.0.1", 80, type=socket.SOCK_DGRAM, proto=socket.IPPROTO_TCP)
    await show(print, "127.0.0.1", 80, type=77)


@scenario("the family has to be that of the address [DNS-01 CONN-03]")
async def family(print):
    await show(print, "127.0.0.1", 80, family=socket.AF_INET, type=socket.SOCK_STREAM)
    await show(print, "127.0.0.1", 80, family=socket.AF_INET6)
    await show(print, "::1", 80, family=socket.AF_INET)


@scenario("no host is loopback, or with AI_PASSIVE every interface [DNS-01]")
async def no_host(print):
    await show(print, None, 80, type=socket.SOCK_STREAM)
    await show(print, None, 80, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    await show(print, None, 80, type=socket.SOCK_DGRAM, family=socket.AF_INET)
    await show(print, None, None)
    await show(print, "", 80)


@scenario("a service has the port and the protocols that it is known for [DNS-01 CONN-04]")
async def services(print):
    await show(print, "127.0.0.1", "ssh")
    await show(print, "127.0.0.1", "domain")
    await show(print, "127.0.0.1", "http", type=socket.SOCK_STREAM)
    await show(print, "127.0.0.1", "ssh", type=socket.SOCK_DGRAM)
    await show(print, "127.0.0.1", "no such service")
    await show(print, "127.0.0.1", "0x50")


@scenario("AI_NUMERICHOST refuses names [DNS-01 CONN-03]")
async def numeric(print):
    await show(print, "localhost", 80, flags=socket.AI_NUMERICHOST)
    await show(print, "127.0.0.1", 80, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)


@scenario("localhost is this machine [DNS-01]")
async def localhost(print):
    await show(print, "localhost", 80, family=socket.AF_INET, type=socket.SOCK_STREAM)


@scenario("numbers of addresses and ports stay numbers where that is wanted [DNS-02]")
async def numbers(print):
    loop = asyncio.get_running_loop()
    both = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
    print(list(await loop.getnameinfo(("127.0.0.1", 80), both)))
    print(list(await loop.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST)))
    print(list(await loop.getnameinfo(("::1", 69), socket.NI_NUMERICHOST | socket.NI_DGRAM)))
    print(list(await loop.getnameinfo(("127.0.0.1", 64999), socket.NI_NUMERICHOST)))


@scenario("a name is no address [DNS-02]")
async def no_address(print):
    print(await outcome(asyncio.get_running_loop().getnameinfo(("localhost", 80))))


main()
