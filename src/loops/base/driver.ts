import type { LoopDriver as TurnDriver } from "../../core/driver.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Readiness } from "../../net/descriptors/readiness.ts";
import type { NetworkDriver } from "../../net/driver.ts";

/** Everything that a loop runs on: what the core needs, and what the layers above need where the loop offers that. */
export interface LoopDriver extends TurnDriver {
  /** Whether time, and the world with it, is made up: then real processes have no place on this loop. */
  readonly simulated?: boolean;
  /** Called once, after `attach`; without it the loop has no network. */
  openNetwork?(loop: EventLoop): NetworkDriver;
  /**
   * Called when a descriptor is first to be watched, and not again; without it the loop watches none.
   *
   * @throws RuntimeError `GYRE_NOT_SUPPORTED` - it cannot do so on this host
   */
  openReadiness?(): Readiness;
}
