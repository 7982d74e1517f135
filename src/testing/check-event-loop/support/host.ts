/** The host's own timers, outside of every loop. */
import { runInRoot } from "../../../core/scope.ts";

export function hostTimeout(callback: () => void, delay: number): NodeJS.Timeout {
  return runInRoot(() => setTimeout(callback, delay));
}

export function hostImmediate(callback: () => void): NodeJS.Immediate {
  return runInRoot(() => setImmediate(callback));
}

/** Keeps the thread busy. @param duration - real milliseconds */
export function burn(duration: number): void {
  const until = performance.now() + duration;
  while (performance.now() < until);
}
