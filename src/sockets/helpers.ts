/** Sockets that are made in several steps. */

import { ArgumentRangeError } from "../core/errors.ts";
import { requireDescriptor } from "../native/checks.ts";
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCK_STREAM,
  SOL_SOCKET,
  SOMAXCONN,
} from "../native/constants.ts";
import { callError, succeed } from "../native/errors.ts";
import { libc } from "../native/libc.ts";
import type { SocketAddressInput } from "./addresses.ts";
import { Socket } from "./socket.ts";

/**
 * Two sockets that are connected to each other.
 *
 * @param family - `AF_UNIX`, the default, is the only one that systems offer
 * @throws Error with the system's code - `EMFILE`, `EOPNOTSUPP`; RuntimeError `GYRE_NOT_SUPPORTED`
 * @example
 * const [left, right] = socketpair();
 *
 * Python: `socket.socketpair`.
 */
export function socketpair(family = AF_UNIX, type = SOCK_STREAM, proto = 0): [first: Socket, second: Socket] {
  const pair = libc("socketpair()").socketpair(family, type, proto);
  if (typeof pair === "number") throw callError(pair, "socketpair");
  const [first, second] = pair;
  return [new Socket(family, type, proto, first), new Socket(family, type, proto, second)];
}

/**
 * A socket upon a second descriptor of what `fd` is: both have to be closed.
 *
 * @throws Error with the system's code - `EBADF`, `ENOTSOCK`, `EMFILE`; RuntimeError `GYRE_NOT_SUPPORTED`
 *
 * Python: `socket.fromfd`; family and type are found out where they are left away.
 */
export function fromfd(fd: number, family = -1, type = -1, proto = -1): Socket {
  const system = libc("fromfd()");
  const duplicate = succeed(system.duplicate(requireDescriptor(fd)), "dup");
  try {
    return new Socket(family, type, proto, duplicate);
  } catch (error) {
    system.close(duplicate);
    throw error;
  }
}

export interface CreateServerOptions {
  /** `AF_INET` by default, `AF_INET6`. */
  readonly family?: number;
  readonly backlog?: number;
  /** Whether processes may share the port. */
  readonly reusePort?: boolean;
  /** Whether an IPv6 socket takes connections over IPv4, too. */
  readonly dualstackIpv6?: boolean;
}

/**
 * A socket that is bound and listens, and can take its port again while connections of its predecessor linger.
 *
 * @throws Error with the system's code - `EADDRINUSE` and its like; then nothing stays open
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`, RuntimeError `GYRE_NOT_SUPPORTED`
 * @example
 * const listener = createServer({ address: "127.0.0.1", port: 0 });
 *
 * Python: `socket.create_server`.
 */
export function createServer(
  address: SocketAddressInput,
  {
    family = AF_INET,
    backlog = SOMAXCONN,
    reusePort = false,
    dualstackIpv6 = false,
  }: CreateServerOptions = {},
): Socket {
  if (dualstackIpv6 && family !== AF_INET6)
    throw new ArgumentRangeError("createServer(): dualstackIpv6 takes the family AF_INET6.");
  const socket = new Socket(family, SOCK_STREAM);
  try {
    socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
    if (reusePort) socket.setsockopt(SOL_SOCKET, SO_REUSEPORT, 1);
    if (family === AF_INET6) socket.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, !dualstackIpv6);
    socket.bind(address);
    socket.listen(backlog);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
