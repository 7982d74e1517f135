import { describe } from "../core/arguments.ts";
import { ArgumentTypeError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { type Future, isFuture } from "../core/future.ts";
import type { Executor } from "./executor.ts";
import { JobFuture } from "./transport/job-future.ts";

const METHODS = ["submit", "map", "shutdown"] as const;

export function requireExecutor(value: unknown, where: string): asserts value is Executor {
  const object = Object(value) as Partial<Record<(typeof METHODS)[number], unknown>>;
  const missing = METHODS.filter((method) => typeof object[method] !== "function");
  if (missing.length === 0) return;
  throw new ArgumentTypeError(
    `${where} expects an executor, such as new ThreadPoolExecutor(), but got ${describe(value)}${missing.length < METHODS.length ? `, which has no ${missing.join("() and no ")}()` : ""}.`,
  );
}

/** What an executor gave, as a future of `loop`: each ends as the other does. */
export function adopt<T>(given: Future<T>, loop: EventLoop): Future<T> {
  if (isFuture(given) && given.getLoop() === loop) return given;
  const future = new JobFuture<T>(loop);
  future.onCancel(() => {
    if (typeof given.cancel === "function") given.cancel();
  });
  given.then(future.succeed.bind(future), future.fail.bind(future));
  return future;
}
