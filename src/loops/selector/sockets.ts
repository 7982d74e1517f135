/** What the links and listeners of this loop do with descriptors, in the words of errors that programs know. */

import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_V6ONLY,
  SO_ERROR,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOL_SOCKET,
  TCP_NODELAY,
} from "../../native/constants.ts";
import { callError, type ErrorDetails, succeed } from "../../native/errors.ts";
import { type Libc, libc as load } from "../../native/libc.ts";
import { decodeAddress, encodeAddress, SOCKADDR_SIZE } from "../../native/sockaddr.ts";
import type { SocketAddress } from "../../net/addresses.ts";

export const PURPOSE = 'The loop "selector"';

const ON = new Uint8Array(new Int32Array([1]).buffer);
const INT_SIZE = 4;

/** Where every address is received; decoded at once. */
const addressMemory = new Uint8Array(SOCKADDR_SIZE);

export type Address = SocketAddress | string;

export function libc(): Libc {
  return load(PURPOSE);
}

/** A new socket of the family of an address. */
export function openSocket(target: Address, type: number): number {
  return succeed(libc().socket(familyOf(target), type, 0), "socket", detailsOf(target));
}

export function bindSocket(fd: number, target: Address): void {
  succeed(libc().bind(fd, encodeAddress(libc(), target)), "bind", detailsOf(target));
}

/** Lets a server take its port again while connections of its predecessor linger. */
export function reuseAddress(fd: number): void {
  succeed(libc().setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, ON), "setsockopt");
}

export function sharePort(fd: number): void {
  succeed(libc().setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, ON), "setsockopt");
}

/** Keeps an IPv6 socket from taking the port for IPv4 as well. */
export function onlyIPv6(fd: number): void {
  succeed(libc().setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, ON), "setsockopt");
}

/** Small writes go out at once, as in asyncio. Refused where it makes no sense, which is no matter. */
export function sendAtOnce(fd: number): void {
  libc().setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, ON);
}

export function localAddress(fd: number): Address {
  const found = libc().getsockname(fd, addressMemory);
  return typeof found === "number" ? "" : decodeAddress(libc(), found);
}

/** Null where there is no peer, or no more. */
export function peerAddress(fd: number): Address | null {
  const found = libc().getpeername(fd, addressMemory);
  return typeof found === "number" ? null : decodeAddress(libc(), found);
}

/** How a connection that was begun has ended: 0, or `-errno`. */
export function takeError(fd: number): number {
  const value = new Uint8Array(INT_SIZE);
  const result = libc().getsockopt(fd, SOL_SOCKET, SO_ERROR, value);
  return result < 0 ? result : -(new Int32Array(value.buffer)[0] ?? 0);
}

/** Node names the path of a Unix socket `address` here, and so do we. */
export function connectError(result: number, target: Address): NodeJS.ErrnoException {
  return callError(result, "connect", typeof target === "string" ? { address: target } : detailsOf(target));
}

/** For errors. */
export function detailsOf(target: Address): ErrorDetails {
  return typeof target === "string" ? { path: target } : { address: target.address, port: target.port };
}

function familyOf(target: Address): number {
  if (typeof target === "string") return AF_UNIX;
  return target.family === "IPv6" ? AF_INET6 : AF_INET;
}
