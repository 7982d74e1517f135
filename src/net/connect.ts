/** `loop.createConnection` and its kin: from a host's name to a connected transport. */

import { requireDelay, requireFunction } from "../core/arguments.ts";
import { ArgumentRangeError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { ExceptionGroup } from "../tasks/exception-group.ts";
import { staggeredRace } from "../tasks/staggered-race.ts";
import { type AddressFamily, type AddressInfo, SOCK_STREAM, type SocketAddress } from "./addresses.ts";
import type { Link } from "./driver.ts";
import { claim } from "./host-operation.ts";
import { interleave } from "./interleave.ts";
import type { ProtocolFactory, StreamProtocol } from "./protocols.ts";
import { type Port, requireFamily, requireHostAndPort, requirePort, resolveHost } from "./resolve.ts";
import { StreamTransport } from "./stream-transport.ts";
import { secureAsClient } from "./tls/handshake.ts";
import { type ClientTls, clientTls, type TlsClientOptions } from "./tls/options.ts";
import type { Transport } from "./transports.ts";

export interface ConnectionOptions extends TlsClientOptions {
  /** 4 or 6: only addresses of that family. */
  readonly family?: AddressFamily;
  /** For the look-up: `IPPROTO_TCP` (6). */
  readonly proto?: number;
  /** For the look-up: what `dns.lookup` of Node calls hints. */
  readonly flags?: number;
  /** A connection that was made elsewhere, instead of host and port: a `net.Socket`, or a descriptor. */
  readonly sock?: unknown;
  /** Where to connect from. */
  readonly localAddr?: { readonly address?: string | null; readonly port?: Port } | null;
  /** Milliseconds after which the next address is tried beside the one before (RFC 8305 recommends 250); null: one after the other. */
  readonly happyEyeballsDelay?: number | null;
  /** How many addresses of the first family come before the families alternate; 1 with `happyEyeballsDelay`, else 0: unchanged. */
  readonly interleave?: number | null;
  /** Whether a failure is an `ExceptionGroup` of the errors of all addresses. */
  readonly allErrors?: boolean;
}

const WHERE = "loop.createConnection(protocolFactory, host, port, options)";

export function createConnection<P extends StreamProtocol>(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<P>,
  host: string | null,
  port: Port,
  options: ConnectionOptions,
): Promise<[Transport, P]> {
  requireFunction(protocolFactory, WHERE, "It makes a protocol for the connection.");
  requireHostAndPort(host, port, WHERE);
  return connect(loop, protocolFactory, host ?? null, port ?? null, options);
}

async function connect<P extends StreamProtocol>(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<P>,
  host: string | null,
  port: Port,
  options: ConnectionOptions,
): Promise<[Transport, P]> {
  const tls = clientTls(options, host, WHERE);
  const link =
    options.sock === undefined || options.sock === null
      ? await connectByName(loop, host, port, options)
      : adopt(loop, host, port, options.sock);
  return openTransport(loop, link, protocolFactory, tls);
}

/** From a connected link to a transport whose protocol has been told; whatever fails closes the link. */
export async function openTransport<P extends StreamProtocol>(
  loop: EventLoop,
  link: Link,
  protocolFactory: ProtocolFactory<P>,
  tls: ClientTls | null,
): Promise<[Transport, P]> {
  let secured = link;
  try {
    const protocol = protocolFactory();
    if (tls !== null) secured = await secureAsClient(loop, link, tls);
    const transport = new StreamTransport(loop, secured, protocol);
    try {
      await transport.start();
    } catch (error) {
      transport.abort();
      throw error;
    }
    return [transport, protocol];
  } catch (error) {
    secured.destroy();
    throw error;
  }
}

function adopt(loop: EventLoop, host: string | null, port: Port, sock: unknown): Link {
  if (host === null && port === null) return loop.network.adoptStream(sock);
  throw new ArgumentRangeError(`${WHERE}: host and port must be null where the option sock is given.`);
}

async function connectByName(
  loop: EventLoop,
  host: string | null,
  port: Port,
  options: ConnectionOptions,
): Promise<Link> {
  if (host === null && port === null)
    throw new ArgumentRangeError(`${WHERE} expects host and port, or the option sock.`);
  const delay = options.happyEyeballsDelay ?? null;
  if (delay !== null) requireDelay(delay, WHERE, "happyEyeballsDelay");
  const hints = {
    family: requireFamily(options.family, WHERE),
    type: SOCK_STREAM,
    proto: options.proto ?? 0,
    flags: options.flags ?? 0,
  };
  const found = await resolveHost(loop, host, port, hints);
  const first = options.interleave ?? (delay === null ? 0 : 1);
  const remotes = first > 0 ? interleave(found, first) : found;
  const locals = options.localAddr ? await resolveLocal(loop, options.localAddr, hints) : null;
  const connectTo = (remote: AddressInfo) => connectOne(loop, remote, locals);
  return delay === null
    ? oneAfterTheOther(remotes, connectTo, options)
    : racing(remotes, connectTo, delay, options);
}

function resolveLocal(
  loop: EventLoop,
  { address = null, port = null }: NonNullable<ConnectionOptions["localAddr"]>,
  hints: Parameters<typeof resolveHost>[3],
): Promise<readonly AddressInfo[]> {
  requirePort(port, `${WHERE}: localAddr`);
  return resolveHost(loop, address, port, hints);
}

async function connectOne(
  loop: EventLoop,
  remote: AddressInfo,
  locals: readonly SocketAddress[] | null,
): Promise<Link> {
  if (locals === null) return claim(loop.network.connect(remote, null));
  const matching = locals.filter(({ family }) => family === remote.family);
  let failure: unknown = Object.assign(
    new Error(
      `There is no local address of the family ${remote.family} to connect to ${remote.address} from.`,
    ),
    { code: "EADDRNOTAVAIL", syscall: "bind" },
  );
  for (const local of matching) {
    try {
      return await claim(loop.network.connect(remote, local));
    } catch (error) {
      if (!isBindError(error)) throw error;
      failure = error;
    }
  }
  throw failure;
}

type Connect = (remote: AddressInfo) => Promise<Link>;

async function oneAfterTheOther(
  remotes: readonly AddressInfo[],
  connectTo: Connect,
  options: ConnectionOptions,
): Promise<Link> {
  const errors: unknown[] = [];
  for (const remote of remotes) {
    try {
      return await connectTo(remote);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      errors.push(error);
    }
  }
  throw failureOf(errors, options);
}

/** RFC 8305: what loses is closed, also what connected at the same moment. */
async function racing(
  remotes: readonly AddressInfo[],
  connectTo: Connect,
  delay: number,
  options: ConnectionOptions,
): Promise<Link> {
  const attempts = remotes.map((remote) => () => connectTo(remote));
  const { winner, errors } = await staggeredRace(attempts, delay, { discard: (link) => link.destroy() });
  if (winner !== null) return winner.value;
  throw failureOf(errors, options);
}

/** Row CONN-10. */
function failureOf(errors: readonly unknown[], { allErrors }: ConnectionOptions): unknown {
  if (allErrors) return new ExceptionGroup(errors, "createConnection failed");
  const [first] = errors;
  const texts = new Set(errors.map(String));
  if (texts.size === 1) return first;
  const failure = new AggregateError(errors, `All addresses failed: ${[...texts].join(", ")}`);
  return isSystemError(first) ? Object.assign(failure, { code: first.code }) : failure;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}

function isBindError(error: unknown): boolean {
  return isSystemError(error) && (error.code === "EADDRINUSE" || error.code === "EADDRNOTAVAIL");
}
