import { RuntimeError } from "../core/errors.ts";
import type { SocketAddress } from "./addresses.ts";

/**
 * The socket below a transport or server, to look at and to set options of; reading, writing and closing are the transport's.
 *
 * Python: `asyncio.trsock.TransportSocket`.
 */
export interface TransportSocket {
  readonly family: "IPv4" | "IPv6" | "Unix";
  /** `SOCK_STREAM` (1) or `SOCK_DGRAM` (2). */
  readonly type: number;
  /** The descriptor; -1 once it is closed, or where the host does not tell. */
  fileno(): number;
  getsockname(): SocketAddress | string;
  /** Null where there is no peer. */
  getpeername(): SocketAddress | string | null;
  /** Whether small writes are sent at once; true by default, as in asyncio. */
  setNoDelay(enabled: boolean): void;
  /** Whether the system probes an idle connection, and after how many milliseconds. */
  setKeepAlive(enabled: boolean, initialDelay?: number): void;
}

/** The family of a socket, by its own address. */
export function familyOf(sockname: SocketAddress | string): TransportSocket["family"] {
  return typeof sockname === "string" ? "Unix" : sockname.family;
}

export function showSocket(socket: TransportSocket): string {
  return `<TransportSocket fd=${socket.fileno()} family=${socket.family}>`;
}

/** For an option that a socket of another kind has not got. */
export function forConnectionsOnly(method: string): RuntimeError {
  return new RuntimeError(
    "GYRE_NOT_SUPPORTED",
    `${method}() works on connections only, and this is a socket of another kind.`,
  );
}
