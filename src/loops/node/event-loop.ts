import type { EventLoop } from "../../core/event-loop.ts";
import type { LoopDriver } from "../base/driver.ts";
import { BaseEventLoop } from "../base/event-loop.ts";
import { NodeDriver } from "./driver.ts";
import { LatePoller } from "./late-poller.ts";
import { NodeNetwork } from "./network.ts";

/** The default loop: a guest of the host's own, beside which timers, fetch, files and sockets go on working. */
export class NodeEventLoop extends BaseEventLoop {
  constructor(options: { readonly ambient?: boolean } = {}) {
    const guest = new NodeDriver();
    const close = guest.close.bind(guest);
    const poller = new LatePoller();
    const driver: LoopDriver = Object.assign(guest, {
      openNetwork: (loop: EventLoop) => new NodeNetwork(loop),
      openReadiness: () => poller.open(),
      close: () => {
        close();
        poller.close();
      },
    });
    super(driver, options);
  }
}
