/** Descriptors that somebody else opened. They belong to the link or the listener from then on, unless these functions throw. */

import { constants } from "node:os";
import { ArgumentRangeError, ArgumentTypeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { SO_ACCEPTCONN, SO_TYPE, SOCK_DGRAM, SOCK_STREAM } from "../../native/constants.ts";
import { callError, succeed } from "../../native/errors.ts";
import type { DatagramLink, Link, Listener, ListenOptions } from "../../net/driver.ts";
import { requireDescriptor, SERVER, STREAM } from "../node/adoptable.ts";
import { closing } from "../node/unix-listener.ts";
import { hasFile, SocketFile } from "../node/unix-path.ts";
import { SocketDatagramLink } from "./datagram-link.ts";
import { SocketListener } from "./listener.ts";
import type { Poller } from "./poller.ts";
import { intOption, libc, localAddress, peerAddress, sendAtOnce } from "./sockets.ts";
import { StreamLink } from "./stream-link.ts";

const DATAGRAM =
  "loop.createDatagramEndpoint(): the option sock must be a dgram.Socket of node:dgram, the descriptor of a bound socket for " +
  "datagrams, or an object with fileno()";

export function adoptStream(poller: Poller, socket: unknown): Link {
  const fd = take(poller, socket, STREAM, (found) => {
    requireType(found, SOCK_STREAM, STREAM);
    if (peerAddress(found) === null)
      throw new ArgumentRangeError(`${STREAM}, but the socket ${found} is not connected.`);
  });
  if (typeof localAddress(fd) !== "string") sendAtOnce(fd);
  return new StreamLink(poller, fd);
}

export function adoptListener(
  loop: EventLoop,
  poller: Poller,
  socket: unknown,
  options: ListenOptions,
): Listener {
  const fd = take(poller, socket, SERVER, (found) => {
    requireType(found, SOCK_STREAM, SERVER);
    const address = localAddress(found);
    if (intOption(found, SO_ACCEPTCONN) === 0 && (address === "" || isUnbound(address)))
      throw new ArgumentRangeError(`${SERVER}, but the socket ${found} is not bound.`);
  });
  const path = localAddress(fd);
  const file =
    typeof path === "string" && hasFile(path) && options.cleanupSocket ? new SocketFile(path) : null;
  return new SocketListener(loop, poller, fd, { ...options, close: (close) => closing(loop, close, file) });
}

export function adoptDatagrams(poller: Poller, socket: unknown): DatagramLink {
  const fd = take(poller, socket, DATAGRAM, (found) => {
    requireType(found, SOCK_DGRAM, DATAGRAM);
    const address = localAddress(found);
    if (typeof address === "string" || isUnbound(address))
      throw new ArgumentRangeError(`${DATAGRAM}, but the socket ${found} is not bound to an address.`);
  });
  return new SocketDatagramLink(poller, fd);
}

/** @param examine - throws if this is not what was wanted; then the descriptor stays its owner's */
function take(poller: Poller, socket: unknown, rule: string, examine: (fd: number) => void): number {
  const { fd, owner } = requireDescriptor(socket, rule);
  if (poller.watchOf(fd) !== undefined) throw callError(-constants.errno.EEXIST, "open");
  examine(fd);
  succeed(libc().setNonBlocking(fd), "fcntl");
  owner?.detach?.();
  return fd;
}

function requireType(fd: number, type: number, rule: string): void {
  if (intOption(fd, SO_TYPE) !== type)
    throw new ArgumentTypeError(`${rule}, but the descriptor ${fd} belongs to a socket of another type.`);
}

function isUnbound(address: ReturnType<typeof localAddress>): boolean {
  return typeof address !== "string" && address.port === 0;
}
