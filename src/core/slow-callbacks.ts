import type { EntryObserver } from "./scheduler.ts";

/** Warns of callbacks and steps of tasks that keep everything else waiting (row DBG-02). */
export function slowCallbackReporter(limits: { readonly slowCallbackDuration: number }): EntryObserver {
  return (entry, duration) => {
    if (duration < limits.slowCallbackDuration) return;
    process.emitWarning(`Executing ${entry} took ${duration.toFixed(0)} ms`, {
      type: "SlowCallbackWarning",
      code: "GYRE_SLOW_CALLBACK",
    });
  };
}
