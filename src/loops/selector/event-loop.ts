import type { EventLoop } from "../../core/event-loop.ts";
import type { LoopDriver } from "../base/driver.ts";
import { BaseEventLoop } from "../base/event-loop.ts";
import { NodeDriver } from "../node/driver.ts";
import { SelectorNetwork } from "./network.ts";
import { Poller } from "./poller.ts";
import { PURPOSE } from "./sockets.ts";

/**
 * A loop with sockets of its own over epoll: half the cost of the host's. A guest of the host's loop, beside which timers, fetch
 * and files go on working.
 */
export class SelectorEventLoop extends BaseEventLoop {
  /** @throws RuntimeError `GYRE_NOT_SUPPORTED` - on a system or host where it cannot work, or without the package koffi */
  constructor() {
    const poller = new Poller(PURPOSE, (reports) => this.scheduler.runReports(reports));
    const driver: LoopDriver = Object.assign(new NodeDriver("selector", () => poller.close()), {
      openNetwork: (loop: EventLoop) => new SelectorNetwork(loop, poller),
      openReadiness: () => poller,
    });
    super(driver);
  }
}
