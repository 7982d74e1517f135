import type { Resolve } from "./future-internals.ts";

const NATIVE_SOURCE_LENGTH = "function () { [native code] }".length;

/**
 * Whether `await`, `Promise.all` or an async function's `return` asks, rather than a user's callback: then the function is a
 * promise's own `resolve`, which runs no user code, never throws, and needs no async context.
 */
export function isNativeResolver(fn: unknown): fn is Resolve {
  return (
    typeof fn === "function" &&
    fn.name === "" &&
    Function.prototype.toString.call(fn).length === NATIVE_SOURCE_LENGTH
  );
}
