/** The parts of `getaddrinfo` and `getnameinfo` that take no look-up, for the loops to put theirs in between. */

import { isIP } from "node:net";
import { describe } from "../../core/arguments.ts";
import { ArgumentRangeError, RuntimeError } from "../../core/errors.ts";
import {
  AI_CANONNAME,
  AI_NUMERICHOST,
  AI_PASSIVE,
  type AddressInfo,
  type AddressInput,
  IPPROTO_TCP,
  IPPROTO_UDP,
  NI_DGRAM,
  NI_NOFQDN,
  NI_NUMERICHOST,
  NI_NUMERICSERV,
  SOCK_DGRAM,
  SOCK_STREAM,
} from "../addresses.ts";
import type { LookupHints } from "../driver.ts";
import { type Port, portNumber } from "./resolve.ts";
import { serviceName, servicesNamed } from "./services.ts";

/** What a socket for an address will be: a look-up gives one answer for each. */
export interface SocketKind {
  readonly type: number;
  readonly proto: number;
  readonly port: number;
}

const KINDS = [
  { type: SOCK_STREAM, proto: IPPROTO_TCP },
  { type: SOCK_DGRAM, proto: IPPROTO_UDP },
] as const;

/** As libuv numbers them. */
const ERRNO = { EAI_ADDRFAMILY: -3000, ENOTFOUND: -3008, EAI_SERVICE: -3010, EAI_SOCKTYPE: -3011 } as const;

/** Wildcard addresses in the system's order, and loopback in its order. */
const EVERYWHERE = ["0.0.0.0", "::"];
const LOOPBACK = ["::1", "127.0.0.1"];

/** @throws Error `EAI_SOCKTYPE`, `EAI_SERVICE` */
export function socketKinds(port: Port, { type, proto }: LookupHints): SocketKind[] {
  const kinds = KINDS.filter(
    (kind) => (type === 0 || kind.type === type) && (proto === 0 || kind.proto === proto),
  );
  if (kinds.length === 0) {
    throw lookupError("EAI_SOCKTYPE", null, `there are no sockets of type ${type} with protocol ${proto}`);
  }
  const number = portNumber(port);
  if (number !== null) return kinds.map((kind) => ({ ...kind, port: number }));
  const services = servicesNamed(String(port));
  const named = kinds.flatMap((kind) => {
    const service = services.find((one) => one.proto === kind.proto);
    return service === undefined ? [] : [{ ...kind, port: service.port }];
  });
  if (named.length > 0) return named;
  const text = `this system's list of services has no ${JSON.stringify(port)} for this type of socket. Give the port as a number`;
  throw lookupError("EAI_SERVICE", null, text);
}

/**
 * The addresses of what is no name: a literal address, or no host at all. Null for a name.
 *
 * @throws Error `ENOTFOUND`, `EAI_ADDRFAMILY`
 */
export function addressesOfNoName(
  host: string | null,
  port: Port,
  { family, flags }: LookupHints,
): string[] | null {
  if (host === null) {
    if (port === null) throw lookupError("ENOTFOUND", host, "neither a host nor a port was given");
    const all = flags & AI_PASSIVE ? EVERYWHERE : LOOPBACK;
    return all.filter((address) => family === 0 || isIP(address) === family);
  }
  const version = isIP(host);
  if (version === 0) {
    if (host !== "" && !(flags & AI_NUMERICHOST)) return null;
    throw lookupError("ENOTFOUND", host, `${JSON.stringify(host)} is no address`);
  }
  if (family === 0 || family === version) return [host];
  throw lookupError("EAI_ADDRFAMILY", host, `${host} is no address of IPv${family}`);
}

/** One answer for each address and kind of socket. */
export function answers(addresses: readonly string[], kinds: readonly SocketKind[]): AddressInfo[] {
  return addresses.flatMap((address) =>
    kinds.map(({ type, proto, port }) => {
      const family = isIP(address) === 6 ? "IPv6" : "IPv4";
      return { address, port, family, type, proto, canonname: "" };
    }),
  );
}

/**
 * What is left for the host's own look-up.
 *
 * @param supported - the flags that it knows
 * @throws RuntimeError `GYRE_NOT_SUPPORTED`, RangeError `GYRE_OUT_OF_RANGE`
 */
export function flagsForHost(flags: number, supported: number): number {
  if (flags & AI_CANONNAME) {
    throw new RuntimeError(
      "GYRE_NOT_SUPPORTED",
      "getaddrinfo: the host does not tell canonical names. Leave AI_CANONNAME out, or ask node:dns for a CNAME.",
    );
  }
  const rest = flags & ~(AI_PASSIVE | AI_NUMERICHOST);
  if ((rest & ~supported) === 0) return rest;
  throw new ArgumentRangeError(
    `getaddrinfo: flags are AI_PASSIVE, AI_NUMERICHOST, and ADDRCONFIG, V4MAPPED and ALL of node:dns, but ${flags} has others.`,
  );
}

/**
 * The half of `getnameinfo` that is about ports; `host` is null if that takes a look-up.
 *
 * @throws RuntimeError `GYRE_NOT_SUPPORTED`, RangeError `GYRE_OUT_OF_RANGE`
 */
export function nameParts(
  { address, port }: AddressInput,
  flags: number,
): { readonly host: string | null; readonly service: string } {
  if (isIP(address) === 0) {
    throw new ArgumentRangeError(
      `loop.getnameinfo({ address, port }) expects an IP address, but got ${describe(address)}. Names are for getaddrinfo().`,
    );
  }
  if (flags & NI_NOFQDN) {
    throw new RuntimeError(
      "GYRE_NOT_SUPPORTED",
      "getnameinfo: the host gives full names only. Leave NI_NOFQDN out.",
    );
  }
  const proto = flags & NI_DGRAM ? IPPROTO_UDP : IPPROTO_TCP;
  const service = flags & NI_NUMERICSERV ? null : serviceName(port, proto);
  return { host: flags & NI_NUMERICHOST ? address : null, service: service ?? String(port) };
}

/** In the shape of Node's own. */
function lookupError(code: keyof typeof ERRNO, hostname: string | null, text: string): NodeJS.ErrnoException {
  const error = new Error(`getaddrinfo ${code}: ${text}.`);
  return Object.assign(error, { errno: ERRNO[code], code, syscall: "getaddrinfo", hostname });
}
