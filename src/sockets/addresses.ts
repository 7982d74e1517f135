/** Addresses as programs give them and as they get them. */

import { describe } from "../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../core/errors.ts";
import { AF_INET, AF_INET6, AF_UNIX } from "../native/constants.ts";
import type { ErrorDetails } from "../native/errors.ts";
import type { Libc } from "../native/libc.ts";
import { encodeAddress } from "../native/sockaddr.ts";

/** An address: Node's shape, or for a Unix socket its path, `"\0name"` if it is abstract, and the empty string if it has none. */
export type SocketAddress =
  | { readonly address: string; readonly port: number; readonly family: "IPv4" | "IPv6" }
  | string;

/** As it is accepted: the family is the socket's. An empty address means all interfaces, `"<broadcast>"` everybody. */
export type SocketAddressInput =
  | { readonly address: string; readonly port: number; readonly family?: "IPv4" | "IPv6" | 4 | 6 }
  | string;

const EVERYWHERE = { IPv4: "0.0.0.0", IPv6: "::" } as const;
const BROADCAST = "255.255.255.255";
const HIGHEST_PORT = 65_535;

/** In the system's form. @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` */
export function toSystem(libc: Libc, family: number, address: SocketAddressInput, where: string): Uint8Array {
  if (family === AF_UNIX) return encodeAddress(libc, requirePath(address, where));
  const name = familyName(family);
  if (name === null || name === "Unix")
    throw new ArgumentRangeError(`${where}: addresses of the family ${family} are unknown here.`);
  const { address: host, port, family: given = name } = requireHostAndPort(address, where);
  if (given !== name && `IPv${given}` !== name) {
    throw new ArgumentRangeError(
      `${where}: the socket is one of ${name}, but the address is one of ${given}.`,
    );
  }
  if (host === "<broadcast>" && name === "IPv4")
    return encodeAddress(libc, { address: BROADCAST, port, family: name });
  return encodeAddress(libc, { address: host === "" ? EVERYWHERE[name] : host, port, family: name });
}

/** For errors. */
export function detailsOf(address: SocketAddressInput): ErrorDetails {
  return typeof address === "string" ? { path: address } : { address: address.address, port: address.port };
}

export function familyName(family: number): "IPv4" | "IPv6" | "Unix" | null {
  if (family === AF_INET) return "IPv4";
  if (family === AF_INET6) return "IPv6";
  return family === AF_UNIX ? "Unix" : null;
}

function requirePath(address: unknown, where: string): string {
  if (typeof address === "string") return address;
  throw new ArgumentTypeError(
    `${where}: the address of a Unix socket is a path, but it is ${describe(address)}.`,
  );
}

function requireHostAndPort(address: SocketAddressInput, where: string): Exclude<SocketAddressInput, string> {
  if (typeof address !== "object" || address === null || typeof address.address !== "string") {
    throw new ArgumentTypeError(
      `${where} expects an address as { address: "127.0.0.1", port: 80 }, but got ${describe(address)}.`,
    );
  }
  if (typeof address.port !== "number") {
    throw new ArgumentTypeError(`${where}: the port must be a number, but it is ${describe(address.port)}.`);
  }
  if (!Number.isInteger(address.port) || address.port < 0 || address.port > HIGHEST_PORT) {
    throw new ArgumentRangeError(
      `${where}: the port must be an integer from 0 to ${HIGHEST_PORT}, but it is ${address.port}.`,
    );
  }
  return address;
}
