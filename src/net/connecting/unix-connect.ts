/** `loop.createUnixConnection`: from the path of a Unix socket to a connected transport. */

import { describe, requireFunction, throwWrongTypes } from "../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Link } from "../driver.ts";
import { claim } from "../host-operation.ts";
import type { ProtocolFactory, StreamProtocol } from "../protocols.ts";
import { clientTls, type Tls, type TlsClientOptions } from "../tls/options.ts";
import type { Transport } from "../transports.ts";
import { openTransport } from "./connect.ts";

export interface UnixConnectionOptions extends TlsClientOptions {
  /** A connection that was made elsewhere, instead of the path: a `net.Socket`, or a descriptor. */
  readonly sock?: unknown;
}

const WHERE = "loop.createUnixConnection(protocolFactory, path, options)";

export function createUnixConnection<P extends StreamProtocol>(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<P>,
  path: string | null,
  options: UnixConnectionOptions,
): Promise<[Transport, P]> {
  return throwWrongTypes(() => {
    requireFunction(protocolFactory, WHERE, "It makes a protocol for the connection.");
    requirePath(path, WHERE);
    requirePathOrSock(path, options.sock, WHERE);
    return connect(loop, protocolFactory, path ?? null, clientTls(options, null, WHERE), options.sock);
  });
}

async function connect<P extends StreamProtocol>(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<P>,
  path: string | null,
  tls: Tls | null,
  sock: unknown,
): Promise<[Transport, P]> {
  const link = path === null ? adopt(loop, sock) : await claim(loop.network.connect(path, null));
  return openTransport(loop, link, protocolFactory, tls);
}

function adopt(loop: EventLoop, sock: unknown): Link {
  const link = loop.network.adoptStream(sock);
  if (typeof link.info("sockname") === "string") return link;
  link.destroy();
  throw new ArgumentRangeError(`${WHERE}: sock must be a Unix socket, but it is one of TCP. It was closed.`);
}

/** @throws TypeError `GYRE_INVALID_ARGUMENT` */
export function requirePath(path: unknown, where: string): void {
  if (path !== null && path !== undefined && typeof path !== "string")
    throw new ArgumentTypeError(`${where}: path must be a string or null, but it is ${describe(path)}.`);
}

/** @throws RangeError `GYRE_OUT_OF_RANGE` - neither or both, or an empty path */
export function requirePathOrSock(path: string | null | undefined, sock: unknown, where: string): void {
  const hasPath = path !== null && path !== undefined;
  const hasSock = sock !== null && sock !== undefined;
  if (hasPath && hasSock)
    throw new ArgumentRangeError(`${where}: path must be null where the option sock is given.`);
  if (!hasPath && !hasSock) throw new ArgumentRangeError(`${where} expects a path, or the option sock.`);
  if (path === "") throw new ArgumentRangeError(`${where}: path must not be empty.`);
}
