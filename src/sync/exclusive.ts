import { requireFunction } from "../core/arguments.ts";
import type { Awaitable } from "../core/task.ts";

/** Something that is held by a guard. */
interface Holdable {
  /** A guard if that needs no waiting. */
  tryAcquire(): Disposable | null;
  acquire(): Promise<Disposable>;
}

/** Calls `fn` while holding; without a wait, it is called at once. */
export function holding<T>(held: Holdable, fn: () => Awaitable<T>, where: string): Promise<T> {
  requireFunction(fn, where);
  return callHolding(held, fn);
}

async function callHolding<T>(held: Holdable, fn: () => Awaitable<T>): Promise<T> {
  const guard = held.tryAcquire() ?? (await held.acquire());
  try {
    return await fn();
  } finally {
    guard[Symbol.dispose]();
  }
}
