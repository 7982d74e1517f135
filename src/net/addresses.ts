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

/** As in error messages: `127.0.0.1:80`, `[::1]:80`, or the path of a Unix socket. */
export function formatAddress(address: AddressInput | string): string {
  if (typeof address === "string") return address.replace("\0", "@");
  const host = address.address.includes(":") ? `[${address.address}]` : address.address;
  return `${host}:${address.port}`;
}
