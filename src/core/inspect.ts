/** How our objects look in logs and error messages: asyncio's `repr`, without addresses. */

export const inspectSymbol: unique symbol = Symbol.for("nodejs.util.inspect.custom");

const LONGEST_VALUE = 60; // characters
const LONGEST_SOURCE = 50;

/** A value in one short line. Never calls user code beyond an error's `message`. */
export function brief(value: unknown): string {
  if (typeof value === "string") return cut(JSON.stringify(value), LONGEST_VALUE);
  if (typeof value === "bigint") return `${value}n`;
  if (value === null || typeof value !== "object")
    return typeof value === "function" ? nameOf(value) : String(value);
  if (value instanceof Error) return cut(`${value.name}(${JSON.stringify(value.message)})`, LONGEST_VALUE);
  if (Array.isArray(value)) return `[${value.length} items]`;
  return `[${value.constructor?.name ?? "object"}]`;
}

/** `name(…)`: a callback as it is called. Arguments are shown in debug mode only, since they may hold secrets. */
export function describeCall(fn: object, args: readonly unknown[] | null): string {
  return isNamed(fn) ? `${nameOf(fn)}(${args === null ? "" : args.map(brief).join(", ")})` : nameOf(fn);
}

/** The name of a function, or the beginning of its source when it has none. */
export function nameOf(fn: object): string {
  return isNamed(fn) ? fn.name.replace(/^bound /, "") : cut(String(fn).replace(/\s+/g, " "), LONGEST_SOURCE);
}

function isNamed(fn: object): fn is { readonly name: string } {
  return "name" in fn && typeof fn.name === "string" && fn.name !== "";
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
