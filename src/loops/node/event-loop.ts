import type { EventLoop } from "../../core/event-loop.ts";
import type { LoopDriver } from "../base/driver.ts";
import { BaseEventLoop } from "../base/event-loop.ts";
import { NodeDriver } from "./driver.ts";
import { LatePoller } from "./late-poller.ts";
import { NodeNetwork } from "./network.ts";

/** The default loop: a guest of the host's own, beside which timers, fetch, files and sockets go on working. */
export class NodeEventLoop extends BaseEventLoop {
  constructor(options: { readonly ambient?: boolean } = {}) {
    const poller = new LatePoller();
    const driver: LoopDriver = Object.assign(new NodeDriver("node", () => poller.close()), {
      openNetwork: (loop: EventLoop) => new NodeNetwork(loop),
      openReadiness: () => poller.open((reports) => this.scheduler.runReports(reports)),
    });
    super(driver, options);
  }
}
