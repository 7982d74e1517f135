/** `loop.getaddrinfo` and `loop.getnameinfo`. */

import { describe } from "../../core/arguments.ts";
import { ArgumentTypeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
import type { AddressFamily, AddressInfo, AddressInput } from "../addresses.ts";
import { type Port, requireFamily, requireHostAndPort, requirePort } from "./resolve.ts";

export interface GetaddrinfoOptions {
  readonly family?: AddressFamily;
  /** `SOCK_STREAM` (1) or `SOCK_DGRAM` (2); 0, the default: an answer for each. */
  readonly type?: number;
  /** `IPPROTO_TCP` (6) or `IPPROTO_UDP` (17); 0 by default. */
  readonly proto?: number;
  /** `AI_PASSIVE` (1), `AI_NUMERICHOST` (4), and `ADDRCONFIG`, `V4MAPPED` and `ALL` of `node:dns`. */
  readonly flags?: number;
}

export function getaddrinfo(
  loop: EventLoop,
  host: string | null,
  port: Port,
  options: GetaddrinfoOptions,
): Future<AddressInfo[]> {
  const where = "loop.getaddrinfo(host, port, options)";
  requireHostAndPort(host, port, where);
  const { type = 0, proto = 0, flags = 0 } = options;
  requireNumbers({ type, proto, flags }, where);
  const family = requireFamily(options.family, where);
  return loop.network.lookup(host ?? null, port ?? null, { family, type, proto, flags });
}

export function getnameinfo(
  loop: EventLoop,
  address: AddressInput,
  flags: number,
): Future<[host: string, service: string]> {
  const where = "loop.getnameinfo(address, flags)";
  const given: unknown = address;
  if (typeof given !== "object" || given === null || typeof address.address !== "string") {
    throw new ArgumentTypeError(
      `${where} expects an address as { address: "127.0.0.1", port: 80 }, but got ${describe(given)}.`,
    );
  }
  requireNumbers({ port: address.port, flags }, where);
  requirePort(address.port, where);
  return loop.network.reverseLookup(address, flags);
}

function requireNumbers(values: Readonly<Record<string, unknown>>, where: string): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== "number")
      throw new ArgumentTypeError(`${where}: ${name} must be a number, but it is ${describe(value)}.`);
  }
}
