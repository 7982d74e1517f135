/** The errors that the primitives raise by themselves. */

import { RuntimeError } from "../core/errors.ts";

/** `getNowait()` on a queue without items. Python: `asyncio.QueueEmpty`. */
export class QueueEmpty extends Error {
  override readonly name = "QueueEmpty";
  readonly code = "GYRE_QUEUE_EMPTY";

  constructor(
    message = "The queue has no items. Use await queue.get() to wait for one.",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** `putNowait()` on a queue that holds `maxsize` items. Python: `asyncio.QueueFull`. */
export class QueueFull extends Error {
  override readonly name = "QueueFull";
  readonly code = "GYRE_QUEUE_FULL";

  constructor(
    message = "The queue is full. Use await queue.put(item) to wait for room.",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The queue was shut down: it takes no more items, and has none left to give. Python: `asyncio.QueueShutDown`. */
export class QueueShutDown extends Error {
  override readonly name = "QueueShutDown";
  readonly code = "GYRE_QUEUE_SHUT_DOWN";

  constructor(
    message = "The queue was shut down. Consumers end their work here; `for await (const item of queue)` does so by itself.",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The barrier was reset or aborted while this task waited, or aborted before. Python: `asyncio.BrokenBarrierError`. */
export class BrokenBarrierError extends Error {
  override readonly name = "BrokenBarrierError";
  readonly code = "GYRE_BROKEN_BARRIER";

  constructor(message = "The barrier was aborted or reset.", options?: ErrorOptions) {
    super(message, options);
  }
}

export function notAcquired(action: string, remedy: string): RuntimeError {
  return new RuntimeError("GYRE_NOT_ACQUIRED", `${action}, but nobody holds the lock. ${remedy}`);
}
