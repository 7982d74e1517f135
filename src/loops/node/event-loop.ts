import { BaseEventLoop } from "../../core/event-loop.ts";
import { NodeDriver } from "./driver.ts";

/** The default loop: a guest of the host's own, beside which timers, fetch, files and sockets go on working. */
export class NodeEventLoop extends BaseEventLoop {
  constructor(options: { readonly ambient?: boolean } = {}) {
    super(new NodeDriver(), options);
  }
}
