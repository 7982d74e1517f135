/** Datagrams over `node:dgram`. */

import dgram from "node:dgram";
import dns from "node:dns";
import { isIP } from "node:net";
import { constants } from "node:os";
import { describe } from "../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError, RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
import { runInRoot } from "../../core/scope.ts";
import { type AddressInput, SOCK_DGRAM, type SocketAddress } from "../../net/addresses.ts";
import {
  DATAGRAM_OVERHEAD,
  type DatagramLink,
  type DatagramOptions,
  type DatagramReceiver,
} from "../../net/driver.ts";
import { HostOperation, type Outcome } from "../../net/host-operation.ts";
import { systemError } from "./handles.ts";
import { NodeTransportSocket } from "./transport-socket.ts";

const REUSES_PORTS_SINCE = "Node 22.12 or 23.1";

/** A socket that is bound, and connected where there is a peer. */
class NodeDatagramLink implements DatagramLink {
  readonly peer: SocketAddress | null;
  readonly #socket: dgram.Socket;
  readonly #info: Readonly<Record<string, unknown>>;
  #receiver: DatagramReceiver | null = null;
  /** What happened before there was a receiver. */
  #early: ((receiver: DatagramReceiver) => void)[] = [];
  /** Datagrams of which Node has not said yet how they fared. */
  #inFlight = 0;
  #onFlushed: (() => void) | null = null;
  #over = false;

  constructor(socket: dgram.Socket, sockname: SocketAddress, peer: SocketAddress | null) {
    this.#socket = socket;
    this.peer = peer;
    const names = { sockname, peername: peer };
    this.#info = { ...names, socket: new NodeTransportSocket(socket, SOCK_DGRAM, names) };
    socket.on("message", (data, sender) => {
      const address = toSocketAddress(sender);
      this.#tell((receiver) => receiver.received(data, address));
    });
    socket.on("error", (error) => this.#tell((receiver) => receiver.troubled(error)));
    socket.on("close", () => this.#tell((receiver) => receiver.failed(null)));
  }

  attach(receiver: DatagramReceiver): void {
    this.#receiver = receiver;
    const early = this.#early;
    this.#early = [];
    for (const event of early) this.#tell(event);
  }

  send(data: Uint8Array, address: AddressInput | null): void {
    if (this.#over) return;
    const copy = Buffer.from(data); // Node keeps what the system does not take at once
    this.#inFlight++;
    try {
      this.#sendCopy(copy, address);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error("A datagram was refused", { cause: error });
      process.nextTick(this.#onSent, failure); // in turn with what Node says about others
    }
  }

  get pending(): number {
    return this.#over || this.#inFlight === 0 ? 0 : queuedBytes(this.#socket);
  }

  flush(onFlushed: () => void): void {
    if (this.#inFlight === 0) onFlushed();
    else this.#onFlushed = onFlushed;
  }

  destroy(): void {
    this.#receiver = null;
    this.#early = [];
    this.#onFlushed = null;
    if (!this.#over) close(this.#socket);
    this.#over = true;
  }

  info(name: string): unknown {
    return this.#info[name];
  }

  #sendCopy(data: Buffer, address: AddressInput | null): void {
    if (address === null) this.#socket.send(data, this.#onSent);
    else if (address.port === 0) throw systemError(-constants.errno.EINVAL, "send", toSocketAddress(address));
    else this.#socket.send(data, address.port, address.address, this.#onSent);
  }

  readonly #onSent = (error: Error | null): void => {
    this.#inFlight--;
    if (this.#over) return;
    if (error !== null) this.#tell((receiver) => receiver.troubled(error));
    this.#tell((receiver) => receiver.flushed());
    if (this.#inFlight === 0) this.#onFlushed?.();
  };

  #tell(event: (receiver: DatagramReceiver) => void): void {
    if (this.#over) return;
    if (this.#receiver === null) this.#early.push(event);
    else event(this.#receiver);
  }
}

export function openDatagrams(loop: EventLoop, options: DatagramOptions): Future<DatagramLink> {
  const begin = (outcome: Outcome<DatagramLink>): (() => void) => {
    let socket: dgram.Socket | null = null;
    try {
      socket = runInRoot(() => createSocket(options));
      open(socket, options, outcome);
    } catch (error) {
      if (socket !== null) close(socket);
      outcome.reject(error);
    }
    return () => {
      if (socket !== null) close(socket);
    };
  };
  return new HostOperation<DatagramLink>(loop, begin, (late) => late.destroy());
}

/** @param given - a `dgram.Socket` */
export function adoptDatagrams(given: unknown): DatagramLink {
  if (!(given instanceof dgram.Socket)) {
    throw new ArgumentTypeError(
      `loop.createDatagramEndpoint(): the option sock must be a dgram.Socket of node:dgram, but it is ${describe(given)}.`,
    );
  }
  const sockname = addressOf(() => given.address());
  if (sockname === null) {
    throw new ArgumentRangeError(
      'loop.createDatagramEndpoint(): the option sock is not bound, or closed. Call its bind(), and wait for "listening".',
    );
  }
  return new NodeDatagramLink(
    given,
    sockname,
    addressOf(() => given.remoteAddress()),
  );
}

/** @throws RuntimeError `GYRE_NOT_SUPPORTED` */
function createSocket({ family, reusePort }: DatagramOptions): dgram.Socket {
  if (reusePort && !canReusePorts()) {
    throw new RuntimeError(
      "GYRE_NOT_SUPPORTED",
      `loop.createDatagramEndpoint(): the option reusePort takes ${REUSES_PORTS_SINCE} or newer, and this is ${process.version}.`,
    );
  }
  const sharing = reusePort ? { reusePort } : {};
  return dgram.createSocket({
    type: family === 6 ? "udp6" : "udp4",
    lookup: lookupUnlessLiteral,
    ...sharing,
  });
}

/** All of this happens at once on Node, where the addresses are literal; Bun takes its time. */
function open(
  socket: dgram.Socket,
  { local, peer, allowBroadcast }: DatagramOptions,
  { resolve, reject }: Outcome<DatagramLink>,
): void {
  const fail = (error: unknown): void => {
    close(socket);
    reject(error);
  };
  const attempt = (step: () => void) => (): void => {
    try {
      step();
    } catch (error) {
      fail(error); // also where it was given up and closed meanwhile
    }
  };
  const finish = attempt(() => {
    const sockname = toSocketAddress(socket.address());
    const peername = peer && toSocketAddress(socket.remoteAddress());
    socket.off("error", fail);
    resolve(new NodeDatagramLink(socket, sockname, peername));
  });
  const bound = attempt(() => {
    if (allowBroadcast) socket.setBroadcast(true);
    if (peer === null) finish();
    else socket.once("connect", finish).connect(peer.port, peer.address);
  });
  const place = local === null ? {} : { address: local.address };
  socket.once("error", fail).once("listening", bound);
  runInRoot(() => socket.bind({ ...place, port: local?.port ?? 0, exclusive: true })); // also in a cluster's worker
}

/** Node would look up literal addresses as well, and so be late and change the order. */
const lookupUnlessLiteral: dgram.SocketOptions["lookup"] = (host, options, callback) => {
  const version = isIP(host);
  if (version === 0) dns.lookup(host, options, callback);
  else callback(null, host, version);
};

function queuedBytes(socket: dgram.Socket): number {
  try {
    return socket.getSendQueueSize() + DATAGRAM_OVERHEAD * socket.getSendQueueCount();
  } catch {
    return 0; // somebody else has just closed it; or this is Deno, which has no such methods
  }
}

function canReusePorts(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}

function addressOf(ask: () => AddressInput | { address: string; port: number }): SocketAddress | null {
  try {
    return toSocketAddress(ask());
  } catch {
    return null; // it is not bound, or not connected
  }
}

function toSocketAddress({
  address,
  port,
}: {
  readonly address: string;
  readonly port: number;
}): SocketAddress {
  return { address, port, family: isIP(address) === 6 ? "IPv6" : "IPv4" };
}

function close(socket: dgram.Socket): void {
  try {
    socket.close();
  } catch {
    // it is closed already
  }
}
