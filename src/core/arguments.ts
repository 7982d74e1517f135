/** Checks of what callers pass in. Each names the function, the argument, what was expected and what came. */

import { ArgumentRangeError, ArgumentTypeError } from "./errors.ts";

const AsyncFunction = (async () => undefined).constructor;

type AnyFunction = (...args: never[]) => unknown;

/** A short description of a value for error messages: never its content beyond a few characters. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "function") return value.name ? `the function ${value.name}` : "a function";
  if (typeof value === "string") return `the string ${JSON.stringify(value.slice(0, 40))}`;
  if (typeof value !== "object") return `the ${typeof value} ${String(value)}`;
  if (isGeneratorObject(value)) return "a generator";
  if (value instanceof Promise) return "a promise";
  const name = value.constructor?.name;
  return name && name !== "Object" ? `an object of class ${name}` : "an object";
}

export function requireFunction(value: unknown, where: string, hint = ""): asserts value is AnyFunction {
  if (typeof value === "function") return;
  throw new ArgumentTypeError(
    `${where} expects a function, but got ${describe(value)}.${hint && ` ${hint}`}`,
  );
}

/**
 * A coroutine must be a thunk: a promise has already started in its caller's context, where no cancellation reaches it.
 */
export function requireCoroutine(value: unknown, where: string): asserts value is AnyFunction {
  if (typeof value === "function") {
    if (!isGeneratorFunction(value)) return;
    throw new ArgumentTypeError(
      `${where} expects an async function, but got the generator function ${value.name || "(anonymous)"}. ` +
        "Coroutines are plain async functions here: write `async () => { … }` with `await` for each `yield`.",
    );
  }
  const call = where.replace(/\(.*/, "");
  const remedy = isPromiseLike(value)
    ? `The work has already started. Pass a function that starts it: ${call}(() => work()), not ${call}(work()). ` +
      "To wait for a promise that you did not start, use wrapFuture(promise)."
    : `Pass a function: ${call}(async () => { … }).`;
  throw new ArgumentTypeError(`${where} expects a function, but got ${describe(value)}. ${remedy}`);
}

/**
 * Begins something that gives a promise. A wrong type is thrown at once, since it is a slip of whoever writes the call; whatever
 * else is wrong with the arguments becomes a rejection.
 */
export function throwWrongTypes<T>(begin: () => Promise<T>): Promise<T> {
  try {
    return begin();
  } catch (error) {
    if (error instanceof ArgumentTypeError) throw error;
    return Promise.reject(error);
  }
}

/** Milliseconds: any number but NaN; `Infinity` is for ever. */
export function requireDelay(value: unknown, where: string, argument = "delay"): asserts value is number {
  if (typeof value !== "number") {
    throw new ArgumentTypeError(
      `${where}: ${argument} must be a number of milliseconds, but got ${describe(value)}.`,
    );
  }
  if (Number.isNaN(value)) {
    throw new ArgumentRangeError(
      `${where}: ${argument} must be a number of milliseconds, but got NaN. Check the arithmetic that made it.`,
    );
  }
}

/** Cheaper than a look at the class, and free of the cycle of imports that this would be. */
export function requireMethod<K extends string>(
  value: Partial<Record<K, unknown>>,
  method: K,
  rule: string,
): void {
  if (typeof value[method] !== "function")
    throw new ArgumentTypeError(`${rule}, but it is ${describe(value)}.`);
}

export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === "object" || typeof value === "function") &&
    "then" in value &&
    typeof value.then === "function"
  );
}

function isGeneratorObject(value: object): boolean {
  const tag = Object.prototype.toString.call(value);
  return tag === "[object Generator]" || tag === "[object AsyncGenerator]";
}

function isGeneratorFunction(value: object): boolean {
  if (value.constructor === Function || value.constructor === AsyncFunction) return false; // nearly always
  const tag = Object.prototype.toString.call(value);
  return tag === "[object GeneratorFunction]" || tag === "[object AsyncGeneratorFunction]";
}
