/** Sockets that somebody else made. */

import { RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Link, Listener, ListenOptions } from "../../net/driver.ts";

export function adoptStream(_socket: unknown): Link {
  throw new RuntimeError("GYRE_NOT_SUPPORTED", "adoptStream");
}

export function adoptListener(_loop: EventLoop, _socket: unknown, _options: ListenOptions): Listener {
  throw new RuntimeError("GYRE_NOT_SUPPORTED", "adoptListener");
}
