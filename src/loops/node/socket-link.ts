/** Streams over `node:net`. */

import net from "node:net";
import { SOCK_STREAM, type SocketAddress } from "../../net/addresses.ts";
import { DuplexLink } from "../../net/connection/duplex-link.ts";
import type { LinkTraits } from "../../net/driver.ts";
import { type SocketNames, NodeTransportSocket } from "./transport-socket.ts";

const READ_SIZE = 262_144; // bytes, as in asyncio (row TR-14); a message of 100 KiB comes in one piece
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
 * A socket, and the link that it is to become.
 *
 * @param origin - a descriptor, or the handle of a connection that was accepted; none for a connection to be made
 */
export function openSocket(origin: { readonly handle?: object; readonly fd?: number } = {}): PendingLink {
  const { socket, feed } = fedSocket(origin);
  return {
    socket,
    link: (names) => {
      const link = makeLink(socket, names, true);
      feed(link);
      return link;
    },
  };
}

/** A socket that reads into `scratch`, which saves the allocation of every chunk; `feed` says who receives them. */
export function fedSocket(options: net.SocketConstructorOpts): {
  readonly socket: net.Socket;
  readonly feed: (link: DuplexLink) => void;
} {
  let link: DuplexLink | null = null;
  const callback = (count: number): boolean => link?.receive(scratch.subarray(0, count)) ?? false;
  const reading: net.SocketConstructorOpts & { onread: object } = {
    ...options,
    allowHalfOpen: true,
    onread: { buffer: scratch, callback },
  };
  const socket = new net.Socket(reading);
  return {
    socket,
    feed: (fed) => {
      link = fed;
    },
  };
}

/** A link over a connected socket that somebody else made, and that reads in the host's own way. */
export function adoptSocket(socket: net.Socket, names?: SocketNames): DuplexLink {
  return makeLink(socket, names, false);
}

function makeLink(socket: net.Socket, names: SocketNames = namesOf(socket), fed: boolean): DuplexLink {
  let view: NodeTransportSocket | null = null; // which few ask for
  const info = (name: string): unknown => {
    if (name === "socket") return (view ??= new NodeTransportSocket(socket, SOCK_STREAM, names));
    if (name === "sockname") return names.sockname;
    return name === "peername" ? names.peername : undefined;
  };
  return new DuplexLink({ readable: socket, writable: socket }, { traits: TRAITS, info, fed });
}

/** Read at once, since the system forgets the peer's address when the connection is reset. Unix sockets have no address here. */
function namesOf(socket: net.Socket): SocketNames {
  const sockname = addressOf(socket.localAddress, socket.localPort);
  const peername = addressOf(socket.remoteAddress, socket.remotePort);
  if (sockname === null) return { sockname: "", peername: "" };
  return { sockname, peername }; // null: it was reset before it could be asked
}

function addressOf(address: string | undefined, port: number | undefined): SocketAddress | null {
  if (address === undefined || port === undefined) return null;
  return { address, port, family: net.isIPv6(address) ? "IPv6" : "IPv4" };
}
