import { type Future, getRunningLoop } from "gyre";

/** A future that nobody will ever settle. */
export function never(): Future<void> {
  return getRunningLoop().createFuture<void>();
}

/** What a future throws, which has to be done and to have failed or been cancelled. */
export function errorOf(future: Future<unknown>): unknown {
  try {
    future.result();
  } catch (error) {
    return error;
  }
  throw new Error(`${String(future)} has a result`);
}
