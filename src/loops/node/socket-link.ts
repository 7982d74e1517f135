/** Streams over `node:net`. */

import net from "node:net";
import { SOCK_STREAM, type SocketAddress } from "../../net/addresses.ts";
import type { LinkTraits } from "../../net/driver.ts";
import { DuplexLink } from "../../net/duplex-link.ts";
import { type SocketNames, NodeTransportSocket } from "./transport-socket.ts";

const READ_SIZE = 65_536; // bytes, as libuv reads by itself
const HIGH_WATER_MARK = 65_536; // bytes, as in asyncio

const TRAITS: LinkTraits = { kind: "socket", halfClose: true, highWaterMark: HIGH_WATER_MARK };

/** Where every socket of this thread reads into: a chunk is delivered or copied before the next one is read. */
const scratch = Buffer.allocUnsafeSlow(READ_SIZE);

/** A socket, and the link that it is to become once it is connected. */
export interface PendingLink {
  readonly socket: net.Socket;
  readonly link: (names?: SocketNames) => DuplexLink;
}

/**
 * A socket that reads into `scratch`, which saves the allocation of every chunk.
 *
 * @param origin - a descriptor, or the handle of a connection that was accepted; none for a connection to be made
 */
export function openSocket(origin: { readonly handle?: object; readonly fd?: number } = {}): PendingLink {
  let link: DuplexLink | null = null;
  const callback = (count: number): boolean => link?.receive(scratch.subarray(0, count)) ?? false;
  const options: net.SocketConstructorOpts & { onread: object } = {
    ...origin,
    allowHalfOpen: true,
    onread: { buffer: scratch, callback },
  };
  const socket = new net.Socket(options);
  return {
    socket,
    link: (names) => {
      link = makeLink(socket, names, true);
      return link;
    },
  };
}

/** A link over a connected socket that somebody else made, and that reads in the host's own way. */
export function adoptSocket(socket: net.Socket, names?: SocketNames): DuplexLink {
  return makeLink(socket, names, false);
}

function makeLink(socket: net.Socket, names: SocketNames = namesOf(socket), fed: boolean): DuplexLink {
  const info: Readonly<Record<string, unknown>> = {
    ...names,
    socket: new NodeTransportSocket(socket, SOCK_STREAM, names),
  };
  return new DuplexLink(
    { readable: socket, writable: socket },
    { traits: TRAITS, info: (name) => info[name], fed },
  );
}

/** Read at once, since the system forgets the peer's address when the connection is reset. Unix sockets have no address here. */
function namesOf(socket: net.Socket): SocketNames {
  return {
    sockname: addressOf(socket.localAddress, socket.localPort) ?? "",
    peername: addressOf(socket.remoteAddress, socket.remotePort) ?? "",
  };
}

function addressOf(address: string | undefined, port: number | undefined): SocketAddress | null {
  if (address === undefined || port === undefined) return null;
  return { address, port, family: net.isIPv6(address) ? "IPv6" : "IPv4" };
}
