/** Options that both kinds of pools have. */

import { availableParallelism } from "node:os";
import { describe } from "../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../../core/errors.ts";
import type { ExecutorFunction } from "../executor.ts";
import { portable } from "../functions/portable.ts";
import type { Initializer } from "../transport/messages.ts";

export interface PoolExecutorOptions<I extends unknown[] = unknown[]> {
  /** How many workers there may be at a time. */
  readonly maxWorkers?: number;
  /** Called in each worker before its first job. When it fails, the executor is broken. */
  readonly initializer?: ExecutorFunction<I, unknown>;
  readonly initargs?: I;
  /** After how many milliseconds without a job a worker ends; never by default. */
  readonly idleTimeout?: number;
}

/** As Python's default: `min(32, cpus + 4)`. */
export function defaultThreads(): number {
  return Math.min(32, availableParallelism() + 4);
}

export function requireCount(value: unknown, name: string): number {
  if (typeof value !== "number")
    throw new ArgumentTypeError(`The option ${name} must be a number, but it is ${describe(value)}.`);
  if (!(Number.isInteger(value) || value === Number.POSITIVE_INFINITY) || value < 1)
    throw new ArgumentRangeError(
      `The option ${name} must be a whole number of at least 1, but it is ${value}.`,
    );
  return value;
}

export function requireIdleTimeout(value: unknown): number {
  if (typeof value !== "number")
    throw new ArgumentTypeError(
      `The option idleTimeout must be a number of milliseconds, but it is ${describe(value)}.`,
    );
  if (!(value >= 0))
    throw new ArgumentRangeError(`The option idleTimeout must be at least 0, but it is ${value}.`);
  return value;
}

export function readInitializer<I extends unknown[]>({
  initializer,
  initargs,
}: PoolExecutorOptions<I>): Initializer | null {
  if (initargs !== undefined && !Array.isArray(initargs))
    throw new ArgumentTypeError(
      `The option initargs must be a list of arguments, but it is ${describe(initargs)}.`,
    );
  if (initializer === undefined) return null;
  return { fn: portable(initializer, "The option initializer"), args: initargs ?? [] };
}
