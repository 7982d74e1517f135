import { describe } from "../../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../../../core/errors.ts";

/** How one direction of a link between two hosts behaves. */
export interface LinkConditions {
  /** Milliseconds that everything takes; 1 by default. */
  readonly latency?: number;
  /** Milliseconds, at most, that it takes longer, drawn anew each time; 0 by default. */
  readonly jitter?: number;
  /** Bytes per second, for all connections and datagrams of the link together; `Infinity` by default. */
  readonly bandwidth?: number;
  /** The probability that a datagram gets lost, from 0 (the default) to 1. Streams lose nothing. */
  readonly loss?: number;
  /** The probability that a datagram is held up, so that later ones overtake it, from 0 (the default) to 1. */
  readonly reorder?: number;
  /** The probability that a datagram arrives twice, from 0 (the default) to 1. */
  readonly duplicate?: number;
}

export type Conditions = Required<LinkConditions>;

export const ORDINARY: Conditions = {
  latency: 1,
  jitter: 0,
  bandwidth: Infinity,
  loss: 0,
  reorder: 0,
  duplicate: 0,
};

const UPPER: Readonly<Record<keyof Conditions, number>> = {
  latency: Number.MAX_VALUE,
  jitter: Number.MAX_VALUE,
  bandwidth: Infinity,
  loss: 1,
  reorder: 1,
  duplicate: 1,
};

/** The conditions as they were, except for those that were given. @throws TypeError, RangeError */
export function changed(before: Conditions, given: LinkConditions, where: string): Conditions {
  const after: Record<keyof Conditions, number> = { ...before };
  for (const name of Object.keys(ORDINARY) as (keyof Conditions)[]) {
    const value = given[name];
    if (value !== undefined) after[name] = requireCondition(value, name, where);
  }
  return after;
}

function requireCondition(value: unknown, name: keyof Conditions, where: string): number {
  if (typeof value !== "number")
    throw new ArgumentTypeError(`${where}: ${name} must be a number, but it is ${describe(value)}.`);
  const fits = name === "bandwidth" ? value > 0 : value >= 0 && value <= UPPER[name];
  if (fits) return value;
  const range = UPPER[name] === 1 ? "from 0 to 1" : name === "bandwidth" ? "above 0" : "0 or more";
  throw new ArgumentRangeError(`${where}: ${name} must be ${range}, but it is ${value}.`);
}

/** @throws TypeError, RangeError */
export function requireLimit(value: unknown, name: string, where: string): number {
  if (typeof value !== "number")
    throw new ArgumentTypeError(`${where}: ${name} must be a number, but it is ${describe(value)}.`);
  if (value > 0) return value;
  throw new ArgumentRangeError(`${where}: ${name} must be above 0, but it is ${value}.`);
}
