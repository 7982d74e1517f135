"""Connected pairs with TLS, with the certificates of the tests."""

import asyncio
import os
import ssl

from outcomes import name_of
from recording import Recorder

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "certificates")


def file(name):
    return os.path.join(FOLDER, f"{name}.pem")


def trusting(identity=None):
    context = ssl.create_default_context(cafile=file("authority"))
    if identity:
        context.load_cert_chain(file(identity))
    return context


def serving(identity="server", asking=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file(identity))
    if asking:
        context.load_verify_locations(file("authority"))
        context.verify_mode = ssl.CERT_REQUIRED
    return context


async def with_tls_server(factory, body, ssl=None, **options):
    """Runs body(port) beside a server."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(factory, "127.0.0.1", 0, ssl=ssl or serving(), **options)
    try:
        await body(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        server.abort_clients()
        await server.wait_closed()


async def connect_tls(port, protocol, ssl=None, host="localhost", **options):
    loop = asyncio.get_running_loop()
    await loop.create_connection(
        lambda: protocol, "127.0.0.1", port, ssl=ssl or trusting(), server_hostname=host, **options
    )
    return protocol


async def with_tls_pair(body, client=None, server=None, ssl=None, serving=None, **options):
    """Runs body(client, server) with two connected recorders."""
    client = client or Recorder()
    server = server or Recorder()

    async def use(port):
        await connect_tls(port, client, ssl, **options)
        await server.until(lambda: server.events)
        await body(client, server)
        client.transport.abort()
        await client.lost()

    await with_tls_server(lambda: server, use, serving)


async def failure(awaitable):
    """None, or the name of the error."""
    try:
        await awaitable
    except BaseException as error:
        return name_of(error)
