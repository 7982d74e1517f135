/** `loop.createConnection` and its kin: from a host's name to a connected transport. */

import { describe, requireDelay, requireFunction, throwWrongTypes } from "../../core/arguments.ts";
import { isSystemError } from "../../core/error-codes.ts";
import { ArgumentRangeError, ArgumentTypeError, isCancelled } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { ExceptionGroup } from "../../tasks/exception-group.ts";
import { staggeredRace } from "../../tasks/staggered-race.ts";
import { type AddressFamily, type AddressInfo, SOCK_STREAM, type SocketAddress } from "../addresses.ts";
import { StreamTransport } from "../connection/stream-transport.ts";
import { debugLog } from "../debug-log.ts";
import type { Link } from "../driver.ts";
import { claim } from "../host-operation.ts";
import { type Port, requireFamily, requireHostAndPort, resolveHost } from "../names/resolve.ts";
import type { ProtocolFactory, StreamProtocol } from "../protocols.ts";
import { secure } from "../tls/handshake.ts";
import { clientTls, type Tls, type TlsClientOptions } from "../tls/options.ts";
import type { Transport } from "../transports.ts";
import { interleave } from "./interleave.ts";

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
  return throwWrongTypes(() => {
    requireFunction(protocolFactory, WHERE, "It makes a protocol for the connection.");
    requireHostAndPort(host, port, WHERE);
    requireTypes(options);
    return connect(
      loop,
      protocolFactory,
      host ?? null,
      port ?? null,
      clientTls(options, host, WHERE),
      options,
    );
  });
}

function requireTypes({ happyEyeballsDelay, interleave: first, localAddr }: ConnectionOptions): void {
  if (happyEyeballsDelay !== undefined && happyEyeballsDelay !== null)
    requireDelay(happyEyeballsDelay, WHERE, "happyEyeballsDelay");
  if (first !== undefined && first !== null && typeof first !== "number")
    throw new ArgumentTypeError(`${WHERE}: interleave must be a number, but it is ${describe(first)}.`);
  if (localAddr === undefined || localAddr === null) return;
  if (typeof localAddr !== "object") {
    throw new ArgumentTypeError(
      `${WHERE}: localAddr must look like { address, port }, but it is ${describe(localAddr)}.`,
    );
  }
  requireHostAndPort(localAddr.address, localAddr.port, `${WHERE}: localAddr`);
}

async function connect<P extends StreamProtocol>(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<P>,
  host: string | null,
  port: Port,
  tls: Tls | null,
  options: ConnectionOptions,
): Promise<[Transport, P]> {
  const link =
    options.sock === undefined || options.sock === null
      ? await connectByName(loop, host, port, options)
      : adopt(loop, host, port, options.sock);
  const [transport, protocol] = await openTransport(loop, link, protocolFactory, tls);
  debugLog("connected to %s:%s: %s, %s", host, port, transport, transport.getExtraInfo("peername"));
  return [transport, protocol];
}

/** From a connected link to a transport whose protocol has been told; whatever fails closes the link. */
export async function openTransport<P extends StreamProtocol>(
  loop: EventLoop,
  link: Link,
  protocolFactory: ProtocolFactory<P>,
  tls: Tls | null,
): Promise<[Transport, P]> {
  let secured = link;
  try {
    const protocol = protocolFactory();
    if (tls !== null) secured = await secure(loop, link, tls);
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
  const hints = {
    family: requireFamily(options.family, WHERE),
    type: SOCK_STREAM,
    proto: options.proto ?? 0,
    flags: options.flags ?? 0,
  };
  const delay = options.happyEyeballsDelay ?? null;
  const found = await resolveHost(loop, host, port, hints);
  const first = options.interleave ?? (delay === null ? 0 : 1);
  const remotes = first > 0 ? interleave(found, first) : found;
  const locals = options.localAddr ? await resolveLocal(loop, options.localAddr, hints) : null;
  const errors: unknown[][] = [];
  const connectTo = (remote: AddressInfo): Promise<Link> => {
    const own: unknown[] = [];
    errors.push(own);
    return connectOne(loop, remote, locals, own);
  };
  const link = await (delay === null
    ? oneAfterTheOther(remotes, connectTo)
    : racing(remotes, connectTo, delay));
  if (link !== null) return link;
  throw failureOf(errors.flat(), options);
}

function resolveLocal(
  loop: EventLoop,
  { address = null, port = null }: NonNullable<ConnectionOptions["localAddr"]>,
  hints: Parameters<typeof resolveHost>[3],
): Promise<readonly AddressInfo[]> {
  return resolveHost(loop, address, port, hints);
}

/** Adds the errors of the system to `errors`; there can be several, if there are several addresses to connect from. */
async function connectOne(
  loop: EventLoop,
  remote: AddressInfo,
  locals: readonly SocketAddress[] | null,
  errors: unknown[],
): Promise<Link> {
  try {
    if (locals === null) return await claim(loop.network.connect(remote, null));
    const matching = locals.filter(({ family }) => family === remote.family);
    return await connectFrom(loop, remote, matching, errors);
  } catch (error) {
    if (isSystemError(error)) errors.push(error);
    throw error;
  }
}

async function connectFrom(
  loop: EventLoop,
  remote: AddressInfo,
  locals: readonly SocketAddress[],
  errors: unknown[],
): Promise<Link> {
  for (const local of locals) {
    try {
      return await claim(loop.network.connect(remote, local));
    } catch (error) {
      if (!isBindError(error) || local === locals.at(-1)) throw error;
      errors.push(error);
    }
  }
  throw Object.assign(
    new Error(
      `There is no local address of the family ${remote.family} to connect to ${remote.address} from.`,
    ),
    { code: "EADDRNOTAVAIL", syscall: "bind" },
  );
}

type Connect = (remote: AddressInfo) => Promise<Link>;

/** Null if no address could be reached. */
async function oneAfterTheOther(remotes: readonly AddressInfo[], connectTo: Connect): Promise<Link | null> {
  for (const remote of remotes) {
    try {
      return await connectTo(remote);
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }
  return null;
}

type Attempt = { readonly link: Link } | { readonly link: null; readonly error: unknown };

/** RFC 8305: what loses is closed, also what connected at the same moment. An error that is not the system's ends the race too. */
async function racing(
  remotes: readonly AddressInfo[],
  connectTo: Connect,
  delay: number,
): Promise<Link | null> {
  const attempts = remotes.map((remote) => async (): Promise<Attempt> => {
    try {
      return { link: await connectTo(remote) };
    } catch (error) {
      if (isSystemError(error) || isCancelled(error)) throw error;
      return { link: null, error };
    }
  });
  const { winner } = await staggeredRace(attempts, delay, { discard: ({ link }) => link?.destroy() });
  if (winner === null) return null;
  if (winner.value.link === null) throw winner.value.error;
  return winner.value.link;
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

/** The system may tell only at `connect` that it could not bind. */
function isBindError(error: unknown): boolean {
  if (!isSystemError(error)) return false;
  return error.syscall === "bind" || error.code === "EADDRINUSE" || error.code === "EADDRNOTAVAIL";
}
