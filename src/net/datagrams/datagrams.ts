/** `loop.createDatagramEndpoint`: from addresses to a socket for datagrams. */

import { describe, requireFunction } from "../../core/arguments.ts";
import { isSystemError } from "../../core/error-codes.ts";
import { ArgumentRangeError, ArgumentTypeError, RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import {
  type AddressFamily,
  type AddressInfo,
  IPPROTO_UDP,
  SOCK_DGRAM,
  type SocketAddress,
} from "../addresses.ts";
import { debugLog } from "../debug-log.ts";
import type { DatagramLink, LookupHints } from "../driver.ts";
import { claim } from "../host-operation.ts";
import { type Port, requireFamily, requireHostAndPort, resolveHost } from "../names/resolve.ts";
import type { DatagramProtocol, ProtocolFactory } from "../protocols.ts";
import type { DatagramTransport } from "../transports.ts";
import { LinkedDatagramTransport } from "./datagram-transport.ts";

/** A host by name or address. Without one: this machine's loopback. */
export interface DatagramAddress {
  readonly address?: string | null;
  readonly port?: Port;
}

export interface DatagramEndpointOptions {
  /** Where to receive; by default any address, and a port that is free. */
  readonly localAddr?: DatagramAddress | null;
  /** The only address to send to, and, except with `allowBroadcast`, to receive from. */
  readonly remoteAddr?: DatagramAddress | null;
  /** 4 or 6; needed where no address tells it. */
  readonly family?: AddressFamily;
  /** `IPPROTO_UDP` (17), if anything. */
  readonly proto?: number;
  /** For the look-up: see `getaddrinfo`. */
  readonly flags?: number;
  /** Whether several processes may bind the same port and share what comes. Needs Node 22.12 or newer. */
  readonly reusePort?: boolean | null;
  readonly allowBroadcast?: boolean | null;
  /** A `dgram.Socket` that is bound already, and perhaps connected, instead of all other options. */
  readonly sock?: unknown;
}

const WHERE = "loop.createDatagramEndpoint(protocolFactory, options)";

export function createDatagramEndpoint<P extends DatagramProtocol>(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<P>,
  options: DatagramEndpointOptions,
): Promise<[DatagramTransport, P]> {
  requireFunction(protocolFactory, WHERE, "It makes the protocol of the endpoint.");
  requireAddress(options.localAddr, "localAddr");
  requireAddress(options.remoteAddr, "remoteAddr");
  return createEndpoint(loop, protocolFactory, options);
}

async function createEndpoint<P extends DatagramProtocol>(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<P>,
  options: DatagramEndpointOptions,
): Promise<[DatagramTransport, P]> {
  const { link, remote } =
    options.sock === undefined || options.sock === null
      ? await openFirst(loop, options)
      : adopt(loop, options.sock, options);
  try {
    const protocol = protocolFactory();
    const transport = new LinkedDatagramTransport(loop, link, protocol, remote);
    try {
      await transport.start();
    } catch (error) {
      transport.abort();
      throw error;
    }
    debugLog("datagram endpoint: %s, %s", transport, transport.getExtraInfo("sockname"));
    return [transport, protocol];
  } catch (error) {
    link.destroy();
    throw error;
  }
}

interface Endpoint {
  readonly link: DatagramLink;
  /** The only address that it sends to. */
  readonly remote: SocketAddress | null;
}

function adopt(loop: EventLoop, sock: unknown, options: DatagramEndpointOptions): Endpoint {
  const given = Object.entries(options).filter(([name, value]) => name !== "sock" && Boolean(value));
  if (given.length > 0) {
    throw new ArgumentRangeError(
      `${WHERE}: with the option sock there can be no other, but there is ${given.map(([name]) => name).join(", ")}. ` +
        "Prepare the socket before.",
    );
  }
  const link = loop.network.adoptDatagrams(sock);
  return { link, remote: link.peer };
}

/** The first pair of addresses that works; if none does, what the first one failed with. */
async function openFirst(loop: EventLoop, options: DatagramEndpointOptions): Promise<Endpoint> {
  const failures: unknown[] = [];
  for (const pair of await resolvePairs(loop, options)) {
    try {
      return await open(loop, pair, options);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      failures.push(error);
    }
  }
  throw failures[0];
}

async function open(
  loop: EventLoop,
  { family, local, remote }: Pair,
  options: DatagramEndpointOptions,
): Promise<Endpoint> {
  const allowBroadcast = options.allowBroadcast === true;
  const peer = allowBroadcast ? null : remote;
  const reusePort = options.reusePort === true;
  const link = await claim(loop.network.openDatagrams({ family, local, peer, allowBroadcast, reusePort }));
  return { link, remote };
}

interface Pair {
  readonly family: 4 | 6;
  readonly local: SocketAddress | null;
  readonly remote: SocketAddress | null;
}

async function resolvePairs(loop: EventLoop, options: DatagramEndpointOptions): Promise<Pair[]> {
  const hints = requireHints(options);
  const locals = await resolve(loop, options.localAddr, hints);
  const remotes = await resolve(loop, options.remoteAddr, hints);
  const first = locals ?? remotes;
  if (first !== null) return joined([...first.keys()], locals, remotes);
  if (hints.family !== 0) return [{ family: hints.family, local: null, remote: null }];
  throw new ArgumentRangeError(`${WHERE} expects localAddr, remoteAddr, or at least family: 4 or 6.`);
}

function joined(families: readonly Family[], locals: Resolved | null, remotes: Resolved | null): Pair[] {
  const pairs: Pair[] = [];
  for (const family of families) {
    const local = locals === null ? null : locals.get(family);
    const remote = remotes === null ? null : remotes.get(family);
    if (local === undefined || remote === undefined) continue;
    pairs.push({ family: family === "IPv6" ? 6 : 4, local, remote });
  }
  if (pairs.length > 0) return pairs;
  throw new ArgumentRangeError(
    `${WHERE}: localAddr and remoteAddr have no address family in common, so that nothing can go from one to the other.`,
  );
}

type Family = AddressInfo["family"];
/** One address of each family, in the order of the look-up; of several, asyncio takes the last. */
type Resolved = ReadonlyMap<Family, AddressInfo>;

async function resolve(
  loop: EventLoop,
  given: DatagramAddress | null | undefined,
  hints: LookupHints,
): Promise<Resolved | null> {
  if (given === null || given === undefined) return null;
  const found = await resolveHost(loop, given.address ?? null, given.port ?? null, hints);
  return new Map(found.map((info) => [info.family, info]));
}

function requireHints({ family, proto = 0, flags = 0 }: DatagramEndpointOptions): LookupHints {
  if (proto !== 0 && proto !== IPPROTO_UDP) {
    throw new ArgumentRangeError(
      `${WHERE}: proto must be IPPROTO_UDP (${IPPROTO_UDP}) or 0, but it is ${describe(proto)}.`,
    );
  }
  return { family: requireFamily(family, WHERE), type: SOCK_DGRAM, proto, flags };
}

/** @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`, RuntimeError `GYRE_NOT_SUPPORTED` */
function requireAddress(given: DatagramAddress | null | undefined, name: string): void {
  const value: unknown = given;
  if (value === null || value === undefined) return;
  if (typeof value === "string") {
    throw new RuntimeError(
      "GYRE_NOT_SUPPORTED",
      `${WHERE}: ${name} is the path of a Unix socket, and the host has none for datagrams. Use createUnixConnection(), or UDP.`,
    );
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new ArgumentTypeError(
      `${WHERE}: ${name} must be { address: "127.0.0.1", port: 53 }, but it is ${describe(value)}.`,
    );
  }
  const { address, port }: { address?: unknown; port?: unknown } = value;
  requireHostAndPort(address, port, `${WHERE}: ${name}`);
}
