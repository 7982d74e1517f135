import type { LoopDriver as TurnDriver } from "../../core/driver.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { NetworkDriver } from "../../net/driver.ts";

/** Everything that a loop runs on: what the core needs, and what the layers above need where the loop offers that. */
export interface LoopDriver extends TurnDriver {
  /** Called once, after `attach`; without it the loop has no network. */
  openNetwork?(loop: EventLoop): NetworkDriver;
}
