import { describe } from "../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../../core/errors.ts";
import type { Data } from "../transports.ts";
import type { ByteQueue } from "./byte-queue.ts";

/** Where something that ends with a separator ends, and where that separator begins. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

/** What a record may end with; the one that makes it shortest counts (row STR-09). */
export class Separators {
  readonly #all: readonly Buffer[];
  /** In bytes. */
  readonly shortest: number;
  readonly longest: number;

  /** @throws TypeError `GYRE_INVALID_ARGUMENT`; RangeError `GYRE_OUT_OF_RANGE` - none, or an empty one */
  constructor(separators: Data | readonly Data[], where: string) {
    const given: readonly unknown[] = isList(separators) ? separators : [separators];
    this.#all = given
      .map((separator) => toBuffer(separator, where))
      .toSorted((one, other) => one.length - other.length);
    this.shortest = this.#all[0]?.length ?? 0;
    this.longest = this.#all.at(-1)?.length ?? 0;
    if (this.shortest > 0) return;
    const what = this.#all.length === 0 ? "an empty list" : "an empty one";
    throw new ArgumentRangeError(`${where} expects separators of at least one byte, but got ${what}.`);
  }

  /** The match that ends first at or after `from`. */
  find(queue: ByteQueue, from: number): Match | null {
    let best: Match | null = null;
    for (const separator of this.#all) {
      const start = queue.indexOf(separator, from);
      const end = start + separator.length;
      if (start >= 0 && (best === null || end < best.end)) best = { start, end };
    }
    return best;
  }
}

function isList(separators: Data | readonly Data[]): separators is readonly Data[] {
  return Array.isArray(separators);
}

function toBuffer(separator: unknown, where: string): Buffer {
  if (typeof separator === "string") return Buffer.from(separator);
  if (separator instanceof Uint8Array) return Buffer.from(separator);
  throw new ArgumentTypeError(
    `${where} expects bytes or strings to look for, but got ${describe(separator)}.`,
  );
}
