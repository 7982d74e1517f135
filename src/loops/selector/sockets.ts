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
import { callError, succeed } from "../../native/errors.ts";
import { type Libc, libc as load } from "../../native/libc.ts";
import { decodeAddress, encodeAddress, SOCKADDR_SIZE } from "../../native/sockaddr.ts";
import type { SocketAddress } from "../../net/addresses.ts";
import { detailsOf } from "../../sockets/addresses.ts";

export const PURPOSE = 'The loop "selector"';

/** Where every address is received; decoded at once. */
const addressMemory = new Uint8Array(SOCKADDR_SIZE);
/** Where every option that is an integer is, for the length of its call. */
const optionValue = new Int32Array(1);
const optionMemory = new Uint8Array(optionValue.buffer);

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

/** Sets an option that is an integer. @returns 0, or `-errno` */
export function setOption(fd: number, level: number, option: number, value: number): number {
  optionValue[0] = value;
  return libc().setsockopt(fd, level, option, optionMemory);
}

/** An option of the socket that is an integer. */
export function intOption(fd: number, option: number): number {
  succeed(libc().getsockopt(fd, SOL_SOCKET, option, optionMemory), "getsockopt");
  return optionValue[0] ?? 0;
}

/** Lets a server take its port again while connections of its predecessor linger. */
export function reuseAddress(fd: number): void {
  succeed(setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1), "setsockopt");
}

export function sharePort(fd: number): void {
  succeed(setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1), "setsockopt");
}

/** Keeps an IPv6 socket from taking the port for IPv4 as well. */
export function onlyIPv6(fd: number): void {
  succeed(setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1), "setsockopt");
}

/** Small writes go out at once, as in asyncio. Refused where it makes no sense, which is no matter. */
export function sendAtOnce(fd: number): void {
  setOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
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
  const result = libc().getsockopt(fd, SOL_SOCKET, SO_ERROR, optionMemory);
  return result < 0 ? result : -(optionValue[0] ?? 0);
}

/** Node names the path of a Unix socket `address` here, and so do we. */
export function connectError(result: number, target: Address): NodeJS.ErrnoException {
  return callError(result, "connect", typeof target === "string" ? { address: target } : detailsOf(target));
}

function familyOf(target: Address): number {
  if (typeof target === "string") return AF_UNIX;
  return target.family === "IPv6" ? AF_INET6 : AF_INET;
}
