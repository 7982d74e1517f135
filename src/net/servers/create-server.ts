/** `loop.createServer`: from host names to listening sockets. */

import { isIP } from "node:net";
import { describe, requireFunction, throwWrongTypes } from "../../core/arguments.ts";
import { hasCode } from "../../core/error-codes.ts";
import { ArgumentRangeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { gather } from "../../tasks/gather.ts";
import { checkpoint } from "../../tasks/sleep.ts";
import { type AddressFamily, type AddressInfo, formatAddress, SOCK_STREAM } from "../addresses.ts";
import type { Listener, ListenOptions } from "../driver.ts";
import { claimOr } from "../host-operation.ts";
import { type Port, requireFamily, requireHostAndPort, resolveHost } from "../names/resolve.ts";
import type { ProtocolFactory, StreamProtocol } from "../protocols.ts";
import { serverTls, type Tls, type TlsServerOptions } from "../tls/options.ts";
import { Server } from "./server.ts";

/** What every kind of server can be told. */
export interface ListeningOptions extends TlsServerOptions {
  /** Connections that the system keeps until they are accepted; 100 by default. */
  readonly backlog?: number;
  /** Whether the server accepts connections at once; true by default. Else it refuses them until `startServing()`. */
  readonly startServing?: boolean;
}

export interface ServerOptions extends ListeningOptions {
  readonly family?: AddressFamily;
  /** For the look-up: what `dns.lookup` of Node calls hints. */
  readonly flags?: number;
  /** A socket that is bound or listens already, instead of host and port: a `net.Server`, or a descriptor. */
  readonly sock?: unknown;
  /** Whether the port may be taken again soon after an earlier server; the host does so in any case, and false is refused. */
  readonly reuseAddress?: boolean | null;
  /** Whether several processes may listen on the same port and share its connections. Needs Node 22.12 or newer. */
  readonly reusePort?: boolean | null;
  /** Whether the system probes the idle connections of this server. */
  readonly keepAlive?: boolean | null;
}

const WHERE = "loop.createServer(protocolFactory, host, port, options)";
const BACKLOG = 100;
const EVERYWHERE = ["0.0.0.0", "::"]; // all interfaces, one socket for each family

export function createServer(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<StreamProtocol>,
  host: string | readonly string[] | null,
  port: Port,
  options: ServerOptions,
): Promise<Server> {
  return throwWrongTypes(() => {
    requireFunction(protocolFactory, WHERE, "It makes a protocol for each connection.");
    const hosts = typeof host === "object" && host !== null ? [...host] : [host];
    for (const one of hosts) requireHostAndPort(one, port, WHERE);
    return serve(loop, protocolFactory, hosts, port ?? null, serverTls(options, WHERE), options);
  });
}

async function serve(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<StreamProtocol>,
  hosts: readonly (string | null)[],
  port: Port,
  tls: Tls | null,
  options: ServerOptions,
): Promise<Server> {
  const listenOptions = requireListenOptions(options);
  const places = requirePlaces(hosts, port, options);
  const listeners =
    places.length === 0
      ? [loop.network.adoptListener(options.sock, listenOptions)]
      : await bindAll(loop, await resolveAll(loop, places, port, options), listenOptions);
  return openServer(new Server(loop, listeners, protocolFactory, tls), options);
}

/** The last step for every kind of server. */
export async function openServer(server: Server, { startServing = true }: ListeningOptions): Promise<Server> {
  try {
    if (startServing) await server.startServing();
    await checkpoint(); // a cancellation would be too late afterwards: nobody would ever see the server
    return server;
  } catch (error) {
    server.close();
    throw error;
  }
}

/** @throws RangeError `GYRE_OUT_OF_RANGE` */
export function requireBacklog(backlog: number | undefined, where: string): number {
  if (backlog === undefined) return BACKLOG;
  if (Number.isInteger(backlog) && backlog >= 0) return backlog;
  throw new ArgumentRangeError(
    `${where}: backlog must be a whole number, zero or more, but it is ${describe(backlog)}.`,
  );
}

function requireListenOptions(options: ServerOptions): ListenOptions {
  if (options.reuseAddress === false) {
    throw new ArgumentRangeError(
      `${WHERE}: reuseAddress cannot be false, because the host always reuses addresses. Leave it out.`,
    );
  }
  return {
    backlog: requireBacklog(options.backlog, WHERE),
    reusePort: options.reusePort === true,
    keepAlive: options.keepAlive === true,
    cleanupSocket: true,
  };
}

/** The hosts to listen on, each once; none where there is a socket already. */
function requirePlaces(hosts: readonly (string | null)[], port: Port, { sock }: ServerOptions): string[] {
  const nowhere = port === null && hosts.every((host) => host === null || host === undefined);
  if (sock !== undefined && sock !== null) {
    if (nowhere) return [];
    throw new ArgumentRangeError(`${WHERE}: host and port must be null where the option sock is given.`);
  }
  if (nowhere || hosts.length === 0)
    throw new ArgumentRangeError(`${WHERE} expects host and port, or the option sock.`);
  return [...new Set(hosts.flatMap((host) => host || EVERYWHERE))];
}

async function resolveAll(
  loop: EventLoop,
  places: readonly string[],
  port: Port,
  options: ServerOptions,
): Promise<AddressInfo[]> {
  const family = requireFamily(options.family, WHERE);
  const hints = { family, type: SOCK_STREAM, proto: 0, flags: options.flags ?? 0 };
  const wanted = places.filter(
    (place) => family === 0 || !EVERYWHERE.includes(place) || isIP(place) === family,
  );
  const found = await gather(wanted.map((place) => async () => resolveHost(loop, place, port, hints)));
  const unique = new Map(found.flat().map((address) => [formatAddress(address), address]));
  return [...unique.values()];
}

/** Row SRV-05: an address that this machine does not have is left out, as long as there is another. */
async function bindAll(
  loop: EventLoop,
  addresses: readonly AddressInfo[],
  options: ListenOptions,
): Promise<Listener[]> {
  const listeners: Listener[] = [];
  let missing: unknown = null;
  try {
    for (const address of addresses) {
      try {
        listeners.push(await claimOr(loop.network.bind(address, options), (late) => late.close()));
      } catch (error) {
        if (!isMissingHere(error)) throw error;
        missing = error;
      }
    }
    if (listeners.length === 0) throw missing;
    return listeners;
  } catch (error) {
    for (const listener of listeners) listener.close();
    throw error;
  }
}

function isMissingHere(error: unknown): boolean {
  return hasCode(error, "EADDRNOTAVAIL", "EAFNOSUPPORT");
}
