/** Which part of a value structured clone refuses: the host only says that there is one. */

import { types } from "node:util";
import { describe } from "../../core/arguments.ts";
import { RuntimeError } from "../../core/errors.ts";

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

interface Refused {
  readonly path: string;
  readonly what: string;
}

/** @param path - what the value is called in the message: "args", "the result" */
export function refusedPart(value: unknown, path: string): Refused | null {
  return search(value, path, new Set());
}

export function notCloneable(value: unknown, path: string, cause: unknown): RuntimeError {
  const refused = refusedPart(value, path);
  const found =
    refused === null
      ? `${path} holds something that belongs to this thread`
      : `${refused.path} is ${refused.what}`;
  return new RuntimeError(
    "GYRE_NOT_CLONEABLE",
    `${found}, and cannot be sent to or from a worker. Send plain data: numbers, text, arrays, plain objects, maps, sets, dates, buffers, errors.`,
    { cause },
  );
}

function search(value: unknown, path: string, seen: Set<object>): Refused | null {
  if (typeof value === "function" || typeof value === "symbol") return { path, what: describe(value) };
  if (typeof value !== "object" || value === null || seen.has(value)) return null;
  seen.add(value);
  const what = refusedKind(value);
  if (what !== null) return { path, what };
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return null;
  for (const [part, name] of parts(value)) {
    const refused = search(part, path + name, seen);
    if (refused !== null) return refused;
  }
  return null;
}

function refusedKind(value: object): string | null {
  if (types.isPromise(value)) return "a promise";
  if (types.isProxy(value)) return "a proxy";
  if (value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef)
    return describe(value);
  if (types.isGeneratorObject(value)) return "a generator";
  return null;
}

/** The parts that could be refused: what is primitive, a symbol excepted, could not. */
function* parts(value: object): Generator<[part: unknown, name: string]> {
  if (value instanceof Map) {
    for (const [key, item] of value) {
      yield [key, `.key(${describe(key)})`];
      yield [item, `.get(${describe(key)})`];
    }
  } else if (value instanceof Set) {
    for (const item of value) yield [item, ".item"];
  } else if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index];
      if (typeof item === "object" || typeof item === "function" || typeof item === "symbol")
        yield [item, `[${index}]`];
    }
  } else if (!types.isNativeError(value)) {
    for (const [key, item] of Object.entries(value))
      yield [item, IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`];
  }
}
