/**
 * What Node keeps below its sockets and does not document: the handle of a socket, and binding without listening. Node 20 to 26
 * and Deno have these; where they are missing (Bun) there is a slower way, or an error.
 */

import dgram from "node:dgram";
import net from "node:net";
import { constants } from "node:os";
import { getSystemErrorName } from "node:util";
import { RuntimeError } from "../../core/errors.ts";
import { formatAddress, type SocketAddress } from "../../net/addresses.ts";

/** A socket that is bound, below a server. Only those of TCP tell their address. */
export interface ServerHandle {
  getsockname?(out: object): number;
  listen(backlog: number): number;
  close(): void;
  readonly fd?: number;
}

type CreateServerHandle = (
  address: string | null,
  port: number | null,
  addressType: 4 | 6 | -1 | null,
  descriptor?: number,
  flags?: number,
) => ServerHandle | number;

const IPV6_ONLY = 1; // UV_TCP_IPV6ONLY
const REUSE_PORT = 2; // UV_TCP_REUSEPORT

const LOOPBACK = "127.0.0.1";

const createServerHandle: unknown = Reflect.get(net, "_createServerHandle");

/** Whether the host can bind a socket without listening on it. */
export const canBind = typeof createServerHandle === "function";

/** The handle below a socket or server; null where the host has none. */
export function handleOf(holder: object): object | null {
  const handle = holder instanceof dgram.Socket ? datagramHandle(holder) : Reflect.get(holder, "_handle");
  return typeof handle === "object" ? handle : null;
}

/** Its property `_handle` would cause a warning about its use. */
function datagramHandle(socket: dgram.Socket): unknown {
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === "state symbol");
  const state: unknown = key && Reflect.get(socket, key);
  return typeof state === "object" && state !== null ? Reflect.get(state, "handle") : null;
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
 * @param shown - what these say instead of `target`
 * @throws RuntimeError `GYRE_NOT_SUPPORTED` - the host cannot (Bun), or not with `reusePort`
 */
export function bind(
  target: SocketAddress | string,
  options: { readonly reusePort: boolean },
  shown = target,
): ServerHandle {
  const create = requireCreateHandle();
  if (options.reusePort && !canReusePorts()) {
    throw new RuntimeError(
      "GYRE_NOT_SUPPORTED",
      "The option reusePort does not work on this host. It takes Node 22.12, 23.1 or newer, on Linux or FreeBSD.",
    );
  }
  const result = typeof target === "string" ? create(target, -1, -1) : bindTcp(create, target, options);
  if (typeof result === "number") throw systemError(result, "bind", shown);
  return result;
}

/**
 * The handle of a descriptor that was made elsewhere; null if that is no socket that could listen.
 *
 * @throws Error with the system's code - `EEXIST`, if this process has a handle of it already
 */
export function openServerHandle(descriptor: number): ServerHandle | null {
  const result = requireCreateHandle()(null, null, null, descriptor);
  if (typeof result !== "number") return result;
  if (result === -constants.errno.EINVAL) return null;
  throw systemError(result, "open", `descriptor ${descriptor}`);
}

/** Gives a server the handle that it will listen on. */
export function equip(server: net.Server, handle: ServerHandle): void {
  Reflect.set(server, "_handle", handle);
}

/**
 * Lets an equipped server listen, also in a worker of `node:cluster`, where `server.listen()` would ask the primary process for
 * another socket. The server then either has its handle still, or is about to emit an error.
 */
export function listen(server: net.Server, target: SocketAddress | string, backlog: number): void {
  const start: unknown = Reflect.get(server, "_listen2");
  const most = Math.max(1, backlog); // Node takes 0 for 511
  if (typeof start !== "function") {
    const handle = handleOf(server);
    Reflect.set(server, "_handle", null);
    server.listen(handle, most);
  } else if (typeof target === "string") Reflect.apply(start, server, [target, -1, -1, most]);
  else {
    const addressType = target.family === "IPv6" ? 6 : 4;
    Reflect.apply(start, server, [target.address, target.port, addressType, most]);
  }
}

function requireCreateHandle(): CreateServerHandle {
  if (typeof createServerHandle === "function") return createServerHandle as CreateServerHandle; // as Node's lib/net.js declares it
  throw new RuntimeError(
    "GYRE_NOT_SUPPORTED",
    "This host cannot do this with a socket that does not listen yet. Use Node or Deno.",
  );
}

function bindTcp(
  create: CreateServerHandle,
  { address, port, family }: SocketAddress,
  { reusePort }: { readonly reusePort: boolean },
): ServerHandle | number {
  const flags = (family === "IPv6" ? IPV6_ONLY : 0) | (reusePort ? REUSE_PORT : 0);
  return create(address, port, family === "IPv6" ? 6 : 4, undefined, flags);
}

let portsAreReusable: boolean | undefined;

/** Hosts that do not know the flag ignore it, so that only a try tells. */
function canReusePorts(): boolean {
  portsAreReusable ??= tryToSharePort();
  return portsAreReusable;
}

function tryToSharePort(): boolean {
  const create = requireCreateHandle();
  const handles: ServerHandle[] = [];
  try {
    for (let port = 0; handles.length < 2; port = boundAddress(handles[0])?.port ?? 0) {
      const handle = bindTcp(create, { address: LOOPBACK, port, family: "IPv4" }, { reusePort: true });
      if (typeof handle === "number") return false;
      handles.push(handle);
      if (handle.listen(1) !== 0) return false;
    }
    return true;
  } finally {
    for (const handle of handles) handle.close();
  }
}

/** The address that a handle is bound to; null if the system refused it, which libuv says only when it listens. */
export function boundAddress(handle: ServerHandle | undefined): SocketAddress | null {
  const out: { address?: string; port?: number; family?: string } = {};
  const failure = handle?.getsockname?.(out) ?? -1;
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
