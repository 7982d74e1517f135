/** A module for `moduleFunction`. */
const FACTOR = 2;

export class WorkError extends Error {
  override readonly name = "WorkError";
  readonly detail = { reason: "tired" };
}

class HiddenError extends RangeError {
  override readonly name = "HiddenError";
}

export const twice = (value: number): number => value * FACTOR;

export default function thrice(value: number): number {
  return value * 3;
}

export function fail(): never {
  throw new WorkError("no work today", { cause: new WorkError("too late yesterday") });
}

export function failHidden(): never {
  throw new HiddenError("you do not know this class");
}

export const notAFunction = 1;
