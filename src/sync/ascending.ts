import { describe } from "../core/arguments.ts";
import { ArgumentTypeError } from "../core/errors.ts";

/**
 * The order of Python's `<`, where it has one: numbers, strings and dates with their like, arrays element by element, as tuples.
 *
 * @throws TypeError `GYRE_INVALID_ARGUMENT` - there is no such order
 */
export function ascending(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) return compareArrays(a, b);
  const x = comparable(a);
  const y = comparable(b);
  if (x === null || y === null || (typeof x === "string") !== (typeof y === "string")) {
    throw new ArgumentTypeError(
      `A priority queue cannot order ${describe(a)} and ${describe(b)}. ` +
        "Pass how to compare: new PriorityQueue(0, { compare: (a, b) => a.priority - b.priority }).",
    );
  }
  if (x < y) return -1;
  return x > y ? 1 : 0;
}

function compareArrays(a: readonly unknown[], b: readonly unknown[]): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (Object.is(a[i], b[i])) continue; // the same thing needs no order, as in Python's tuples
    const order = ascending(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** What `<` compares by value; null for what it would turn into text. */
function comparable(value: unknown): string | number | bigint | null {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
      return value;
    case "boolean":
      return Number(value);
    default:
      return value instanceof Date ? value.getTime() : null;
  }
}
