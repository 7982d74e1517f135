import { RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
import type { DatagramLink, DatagramOptions } from "../../net/driver.ts";

export function openDatagrams(_loop: EventLoop, _options: DatagramOptions): Future<DatagramLink> {
  throw new RuntimeError("GYRE_NOT_SUPPORTED", "openDatagrams");
}

export function adoptDatagrams(_socket: unknown): DatagramLink {
  throw new RuntimeError("GYRE_NOT_SUPPORTED", "adoptDatagrams");
}
