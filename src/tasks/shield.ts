import { JointFuture } from "../core/dependency.ts";
import { ensureFuture, type Waitable } from "../core/ensure-future.ts";
import { futureInternals } from "../core/future-internals.ts";
import type { Future } from "../core/future.ts";
import { Watcher } from "../core/watcher.ts";

/**
 * Protects work from the cancellation of those who wait for it: cancelling the result leaves the work running.
 *
 * @param aw - the work; a function becomes a task, which goes on when nobody waits any more
 * @returns a future that ends as the work does; the work's own future if that is done
 * @example
 * const saved = await shield(async () => "saved");
 * console.log(saved); // => saved
 *
 * Cancel safety: the work goes on; if it then fails, its error is reported. Python: `asyncio.shield`, as of 3.14.
 */
export function shield<T>(aw: Waitable<T>): Future<T> {
  const inner = ensureFuture(aw);
  if (inner.done()) return inner;
  const outer = new JointFuture<T>("shield()", () => [inner], inner.getLoop());
  const mirror = new Watcher(inner, () => copyOutcome(inner, outer));
  futureInternals.attach(inner, mirror);
  futureInternals.attach(
    outer,
    new Watcher(outer, () => {
      if (inner.done()) return;
      // Only a cancelled outer future is done before the inner one: from here on nobody else looks at its error.
      futureInternals.detach(inner, mirror);
      futureInternals.attach(inner, new Watcher(inner, reportLostError));
    }),
  );
  return outer;
}

function copyOutcome<T>(inner: Future<T>, outer: Future<T>): void {
  if (outer.done()) reportLostError(inner);
  else if (inner.cancelled()) outer.cancel();
  else {
    const error = inner.exception();
    if (error === null) futureInternals.settleValue(outer, inner.result());
    else futureInternals.settleError(outer, error);
  }
}

function reportLostError(inner: Future<unknown>): void {
  if (inner.cancelled()) return;
  const exception = inner.exception();
  if (exception === null) return;
  inner.getLoop().callExceptionHandler({
    message: "A shielded future failed after the task that waited for it had been cancelled",
    exception,
    future: inner,
  });
}
