/** Addresses in Node's shape. Those of Unix sockets are plain strings. */

export interface SocketAddress {
  readonly address: string;
  readonly port: number;
  readonly family: "IPv4" | "IPv6";
}

/** An address as it is accepted: the family follows from the address. */
export interface AddressInput {
  readonly address: string;
  readonly port: number;
  readonly family?: "IPv4" | "IPv6" | 4 | 6;
}

/** 4 and 6 restrict a look-up to one family; 0 does not. */
export type AddressFamily = 0 | 4 | 6;

/** One answer of `getaddrinfo`: an address that can be passed on as it is, and what kind of socket it is good for. */
export interface AddressInfo extends SocketAddress {
  /** `SOCK_STREAM` (1) or `SOCK_DGRAM` (2). */
  readonly type: number;
  /** `IPPROTO_TCP` (6) or `IPPROTO_UDP` (17). */
  readonly proto: number;
  readonly canonname: string;
}

export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const IPPROTO_TCP = 6;
export const IPPROTO_UDP = 17;

/** Flags of `getaddrinfo`, the same on every system. Beside them, `ADDRCONFIG`, `V4MAPPED` and `ALL` of `node:dns`. */
export const AI_PASSIVE = 1; // no host means every interface, for servers
export const AI_CANONNAME = 2;
export const AI_NUMERICHOST = 4; // names of hosts are refused

/** Flags of `getnameinfo`, with Linux' values on every system. */
export const NI_NUMERICHOST = 1; // the address as it is
export const NI_NUMERICSERV = 2; // the port as it is
export const NI_NOFQDN = 4;
export const NI_NAMEREQD = 8; // an address without a name is an error
export const NI_DGRAM = 16; // the port is one of UDP

/** As in error messages: `127.0.0.1:80`, `[::1]:80`, or the path of a Unix socket. */
export function formatAddress(address: AddressInput | string): string {
  if (typeof address === "string") return address.replace("\0", "@");
  const host = address.address.includes(":") ? `[${address.address}]` : address.address;
  return `${host}:${address.port}`;
}
