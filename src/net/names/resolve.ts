/** From host names to addresses. */

import { isIP } from "node:net";
import { describe } from "../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { type AddressFamily, type AddressInfo, IPPROTO_TCP, IPPROTO_UDP, SOCK_STREAM } from "../addresses.ts";
import type { LookupHints } from "../driver.ts";

const HIGHEST_PORT = 65_535;

/** A port as users give it: a number, digits, or the name of a service. */
export type Port = number | string | null;

/**
 * The addresses of a host; a literal address is not looked up (row CONN-04).
 *
 * @throws Error with Node's codes - `ENOTFOUND` and its like
 */
export async function resolveHost(
  loop: EventLoop,
  host: string | null,
  port: Port,
  hints: LookupHints,
): Promise<readonly AddressInfo[]> {
  const literal = literalAddress(host, port, hints);
  if (literal !== null) return [literal];
  const found = await loop.network.lookup(host, port, hints);
  if (found.length > 0) return found;
  throw Object.assign(new Error(`The look-up of ${describe(host)} gave no address.`), {
    code: "ENOTFOUND",
    syscall: "getaddrinfo",
    hostname: host,
  });
}

function literalAddress(
  host: string | null,
  port: Port,
  { family, type, proto }: LookupHints,
): AddressInfo | null {
  const version = host === null ? 0 : isIP(host);
  const number = portNumber(port);
  if (host === null || version === 0 || number === null || host.includes("%")) return null;
  if (family !== 0 && family !== version) return null;
  return {
    address: host,
    port: number,
    family: version === 6 ? "IPv6" : "IPv4",
    type: type || SOCK_STREAM,
    proto: proto || (type === 0 || type === SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP),
    canonname: "",
  };
}

/** Null for the name of a service, which takes a look-up. */
export function portNumber(port: Port): number | null {
  if (port === null || port === "") return 0;
  if (typeof port === "number") return port;
  return /^\d+$/.test(port) ? Number(port) : null;
}

/** @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` */
export function requireHostAndPort(host: unknown, port: unknown, where: string): void {
  if (host !== null && host !== undefined && typeof host !== "string")
    throw new ArgumentTypeError(`${where}: host must be a string or null, but it is ${describe(host)}.`);
  requirePort(port, where);
}

export function requirePort(port: unknown, where: string): void {
  if (port === null || port === undefined) return;
  if (typeof port !== "number" && typeof port !== "string") {
    throw new ArgumentTypeError(
      `${where}: port must be a number, the name of a service, or null, but it is ${describe(port)}.`,
    );
  }
  const number = portNumber(port);
  if (number === null) return;
  if (!Number.isInteger(number) || number < 0 || number > HIGHEST_PORT)
    throw new ArgumentRangeError(`${where}: port must be from 0 to ${HIGHEST_PORT}, but it is ${number}.`);
}

/** @throws RangeError `GYRE_OUT_OF_RANGE` */
export function requireFamily(family: AddressFamily | undefined, where: string): AddressFamily {
  if (family === undefined || family === 0 || family === 4 || family === 6) return family ?? 0;
  throw new ArgumentRangeError(`${where}: family must be 4, 6 or 0 for both, but it is ${describe(family)}.`);
}
