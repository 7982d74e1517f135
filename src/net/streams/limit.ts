import { describe, throwWrongTypes } from "../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../../core/errors.ts";

export const DEFAULT_LIMIT = 65_536; // bytes, as in asyncio

export interface LimitOption {
  /** The longest line in bytes, and half of what the reader buffers before it makes the peer wait; 65,536 by default. */
  readonly limit?: number | undefined;
}

/** @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` */
export function requireLimit(limit: unknown, where: string): number {
  if (typeof limit === "number" && limit > 0) return limit;
  const problem = `${where}: limit must be a number of bytes greater than zero, but it is ${describe(limit)}.`;
  throw typeof limit === "number" ? new ArgumentRangeError(problem) : new ArgumentTypeError(problem);
}

/** Goes on with the limit of `options`: a wrong type is thrown at once, and a bad value rejects. */
export function withLimit<T>(
  { limit = DEFAULT_LIMIT }: LimitOption,
  where: string,
  start: (limit: number) => Promise<T>,
): Promise<T> {
  return throwWrongTypes(() => start(requireLimit(limit, where)));
}
