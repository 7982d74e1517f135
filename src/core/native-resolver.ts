import type { Resolve } from "./future-internals.ts";

/** How this host shows a promise's own `resolve`. */
const NATIVE_SOURCE = Function.prototype.toString.call(someResolver());

/**
 * Whether `await`, `Promise.all` or an async function's `return` asks, rather than a user's callback: then the function is a
 * promise's own `resolve`, which runs no user code, never throws, and needs no async context. A bound function looks alike but
 * has a name.
 */
export function isNativeResolver(fn: unknown): fn is Resolve {
  return typeof fn === "function" && Function.prototype.toString.call(fn) === NATIVE_SOURCE && fn.name === "";
}

function someResolver(): Resolve {
  let resolver: Resolve = () => undefined;
  void new Promise((resolve) => {
    resolver = resolve;
  });
  return resolver;
}
