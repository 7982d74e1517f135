/** The loop that programs see, put together from the layers. */

import type { EventLoop } from "../../core/event-loop.ts";
import { ExecutorLoop } from "./executor-loop.ts";

export type { EventLoop } from "../../core/event-loop.ts";

declare module "../../core/event-loop.ts" {
  interface EventLoop extends BaseEventLoop {}
}

/**
 * A loop on a driver. Python: `asyncio.BaseEventLoop`; where that has private methods to override, this has a driver.
 *
 * @param driver - what the loop runs on
 * @param options.ambient - the loop of a whole thread: it runs from now on and is never closed
 */
export class BaseEventLoop extends ExecutorLoop {
  /** @internal */
  assembled(): EventLoop {
    return this;
  }
}
