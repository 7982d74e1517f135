import { currentTask } from "./current.ts";

/**
 * `fetch` that is cancelled with the task that calls it, the reading of the body included.
 *
 * @param input - as the platform's `fetch` takes it
 * @param init - as the platform's; a `signal` in it still counts
 * @throws CancelledError `GYRE_CANCELLED` - the task was cancelled
 *
 * Cancel safety: the request is aborted. Outside of a task it is the platform's `fetch`.
 */
export const fetch: typeof globalThis.fetch = (input, init) => {
  const task = currentTask();
  if (task === null) return globalThis.fetch(input, init);
  const own = init?.signal ?? (input instanceof Request ? input.signal : null);
  const signal = own === null ? task.signal : AbortSignal.any([task.signal, own]);
  return globalThis.fetch(input, { ...init, signal });
};
