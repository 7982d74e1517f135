/**
 * What Node keeps below its sockets and does not document: the handle of a socket, and binding without listening. Node 20 to 26
 * and Deno have these; where they are missing (Bun) there is a slower way, or an error.
 */

import net from "node:net";
import { getSystemErrorName } from "node:util";
import { RuntimeError } from "../../core/errors.ts";
import { formatAddress, type SocketAddress } from "../../net/addresses.ts";

/** A bound server handle: `server.listen(handle)` takes it over. */
export interface ServerHandle {
  getsockname?(out: object): number;
  close(): void;
  readonly fd?: number;
}

type CreateServerHandle = (
  address: string,
  port: number,
  addressType: 4 | 6 | -1,
  descriptor?: number,
  flags?: number,
) => ServerHandle | number;

const IPV6_ONLY = 1; // UV_TCP_IPV6ONLY
const REUSE_PORT = 2; // UV_TCP_REUSEPORT

const createServerHandle: unknown = Reflect.get(net, "_createServerHandle");

/** The handle below a socket or server; null where the host has none. */
export function handleOf(holder: object): object | null {
  const handle: unknown = Reflect.get(holder, "_handle");
  return typeof handle === "object" ? handle : null;
}

/** The descriptor below a socket or server; -1 where it is closed or unknown. */
export function descriptorOf(holder: object): number {
  const handle = handleOf(holder);
  const fd: unknown = handle === null ? undefined : Reflect.get(handle, "fd");
  return typeof fd === "number" ? fd : -1;
}

/**
 * Binds without listening. Throws what the system says, in the shape of Node's errors.
 *
 * @throws RuntimeError `GYRE_NOT_SUPPORTED` - the host cannot (Bun)
 */
export function bind(target: SocketAddress | string, options: { readonly reusePort: boolean }): ServerHandle {
  if (typeof createServerHandle !== "function") {
    throw new RuntimeError(
      "GYRE_NOT_SUPPORTED",
      "This host cannot bind a socket without listening on it. Use Node or Deno.",
    );
  }
  const create = createServerHandle as CreateServerHandle; // as Node's lib/net.js declares it
  const result =
    typeof target === "string"
      ? create(target, -1, -1)
      : create(
          target.address,
          target.port,
          target.family === "IPv6" ? 6 : 4,
          undefined,
          (target.family === "IPv6" ? IPV6_ONLY : 0) | (options.reusePort ? REUSE_PORT : 0),
        );
  if (typeof result === "number") throw systemError(result, "bind", target);
  return result;
}

/** The address that a handle is bound to; null if the system refused it, which libuv says only when it listens. */
export function boundAddress(handle: ServerHandle): SocketAddress | null {
  const out: { address?: string; port?: number; family?: string } = {};
  const failure = handle.getsockname?.(out) ?? -1;
  if (failure !== 0 || out.address === undefined || !out.port) return null;
  return { address: out.address, port: out.port, family: out.family === "IPv6" ? "IPv6" : "IPv4" };
}

/** An error in the shape of Node's own. */
export function systemError(
  errno: number,
  syscall: string,
  target: SocketAddress | string,
): NodeJS.ErrnoException {
  const code = getSystemErrorName(errno);
  const error = new Error(`${syscall} ${code} ${formatAddress(target)}`);
  const place =
    typeof target === "string" ? { path: target } : { address: target.address, port: target.port };
  return Object.assign(error, { errno, code, syscall, ...place });
}
