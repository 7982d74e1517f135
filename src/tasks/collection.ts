import { describe } from "../core/arguments.ts";
import { ArgumentTypeError } from "../core/errors.ts";
import { isFuture } from "../core/future.ts";

/**
 * Several things to wait for must come in one collection; a single future or a string is a slip.
 *
 * @param rule - the call, what it expects and how that looks: "race(aws) expects a collection, as in race([a, b])"
 * @throws TypeError `GYRE_INVALID_ARGUMENT`
 */
export function requireCollection(aws: unknown, rule: string): asserts aws is Iterable<unknown> {
  if (isFuture(aws) || typeof aws !== "object" || aws === null || !(Symbol.iterator in aws)) {
    throw new ArgumentTypeError(`${rule}, but got ${describe(aws)}.`);
  }
}
