import { RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
import type { AddressInfo, AddressInput } from "../../net/addresses.ts";
import type { LookupHints } from "../../net/driver.ts";

export function lookup(
  _loop: EventLoop,
  _host: string | null,
  _port: number | string | null,
  _hints: LookupHints,
): Future<AddressInfo[]> {
  throw new RuntimeError("GYRE_NOT_SUPPORTED", "lookup");
}

export function reverseLookup(
  _loop: EventLoop,
  _address: AddressInput,
  _flags: number,
): Future<[host: string, service: string]> {
  throw new RuntimeError("GYRE_NOT_SUPPORTED", "reverseLookup");
}
