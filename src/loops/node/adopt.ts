/** Sockets that somebody else made. They belong to the link or the listener from then on, unless these functions throw. */

import net from "node:net";
import tls from "node:tls";
import tty from "node:tty";
import { hasCode } from "../../core/error-codes.ts";
import { ArgumentRangeError, ArgumentTypeError, RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { runInRoot } from "../../core/scope.ts";
import type { Link, Listener, ListenOptions } from "../../net/driver.ts";
import { requireDescriptor, SERVER, STREAM } from "./adoptable.ts";
import { boundAddress, equip, handleOf, listen, openServerHandle } from "./handles.ts";
import { newServer, prepareServer, ServerListener } from "./server-listener.ts";
import { adoptSocket, openSocket } from "./socket-link.ts";
import { closingByHost } from "./unix-listener.ts";

/** @throws TypeError for what is no stream socket, RangeError for one that is not open, Error with code `EBADF` */
export function adoptStream(socket: unknown): Link {
  if (socket instanceof net.Socket) return adoptSocket(requireUsable(socket));
  const { fd, owner } = requireDescriptor(socket, STREAM);
  const { socket: adopted, link } = openStream(fd);
  owner?.detach?.();
  adopted.setNoDelay(true);
  return link();
}

/** @throws TypeError for what is no stream socket, RangeError for one that cannot listen, Error with code `EBADF` */
export function adoptListener(loop: EventLoop, socket: unknown, options: ListenOptions): Listener {
  return socket instanceof net.Server
    ? adoptServer(loop, socket, options)
    : adoptBound(loop, socket, options);
}

function requireUsable(socket: net.Socket): net.Socket {
  if (socket instanceof tls.TLSSocket) {
    throw new ArgumentTypeError(
      `${STREAM}, but it has TLS upon it already. Pass the socket below, and the option ssl.`,
    );
  }
  if (socket instanceof tty.ReadStream || socket instanceof tty.WriteStream)
    throw new ArgumentTypeError(`${STREAM}, but it is a terminal.`);
  const flaw = flawOf(socket);
  if (flaw !== null) throw new ArgumentRangeError(`${STREAM}, but this socket ${flaw}`);
  socket.allowHalfOpen = true;
  return socket.setNoDelay(true);
}

function flawOf(socket: net.Socket): string | null {
  if (socket.destroyed) return "is closed already.";
  if (socket.connecting || handleOf(socket) === null) return "is not connected. Wait for its event connect.";
  if (socket.readableEnded || socket.writableEnded) return "has ended one of its directions already.";
  if (socket.readableEncoding !== null) return "decodes what it receives. Leave out setEncoding().";
  if (socket.listenerCount("data") + socket.listenerCount("readable") > 0)
    return "has listeners for its data, which belong to the transport from now on. Remove them before.";
  return null;
}

function openStream(fd: number): ReturnType<typeof openSocket> {
  let opened: ReturnType<typeof openSocket>;
  try {
    opened = runInRoot(() => openSocket({ fd }));
  } catch (error) {
    if (!hasCode(error, "ERR_INVALID_FD_TYPE")) throw error; // EEXIST: this process has a socket upon it already
    throw new ArgumentTypeError(`${STREAM}, but the descriptor ${fd} belongs to something else.`);
  }
  if (handleOf(opened.socket) !== null) return opened;
  throw new RuntimeError(
    "GYRE_NOT_SUPPORTED",
    "This host cannot open the descriptor of a socket. Pass a net.Socket, or use Node.",
  );
}

function adoptServer(loop: EventLoop, server: net.Server, options: ListenOptions): Listener {
  if (server instanceof tls.Server) {
    throw new ArgumentTypeError(
      `${SERVER}, but it is a server with TLS. Pass a net.Server, and the option ssl.`,
    );
  }
  if (!server.listening) throw new ArgumentRangeError(`${SERVER}, but this one does not listen.`);
  if (server.listenerCount("connection") > 0) {
    throw new ArgumentRangeError(
      `${SERVER}, but this one has listeners for its connections, which belong to gyre from now on. Remove them before.`,
    );
  }
  prepareServer(server, options);
  const found = server.address();
  if (typeof found === "object" && found !== null) {
    const family = found.family === "IPv6" ? "IPv6" : "IPv4";
    return new ServerListener(loop, server, {
      address: { address: found.address, port: found.port, family },
    });
  }
  const path = found ?? "";
  return new ServerListener(loop, server, {
    address: path,
    close: closingByHost(loop, server, path, options.cleanupSocket),
  });
}

function adoptBound(loop: EventLoop, socket: unknown, options: ListenOptions): Listener {
  const { fd, owner } = requireDescriptor(socket, SERVER);
  const handle = runInRoot(() => openServerHandle(fd));
  if (handle === null)
    throw new ArgumentTypeError(`${SERVER}, but the descriptor ${fd} belongs to something else.`);
  const address = handle.getsockname === undefined ? "" : boundAddress(handle);
  if (address === null) throw new ArgumentRangeError(`${SERVER}, but the socket ${fd} is not bound.`);
  owner?.detach?.();
  const server = newServer(options);
  equip(server, handle);
  return new ServerListener(loop, server, {
    address,
    listen: () => listen(server, address, options.backlog),
  });
}
