/** Checks of the counts that the primitives are made with. */

import { describe } from "../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../core/errors.ts";

export function requireNumber(value: unknown, where: string): asserts value is number {
  if (typeof value !== "number")
    throw new ArgumentTypeError(`${where} expects a number, but got ${describe(value)}.`);
  if (Number.isNaN(value)) throw new ArgumentRangeError(`${where} expects a number, but got NaN.`);
}

/** A whole number of at least `least`. */
export function requireCount(value: unknown, least: number, where: string): asserts value is number {
  requireNumber(value, where);
  if (Number.isInteger(value) && value >= least) return;
  throw new ArgumentRangeError(`${where} expects a whole number of at least ${least}, but got ${value}.`);
}
