/** In a worker: from what was sent to a function. */

import { COMPILER_HELPERS } from "../functions/compiler-helpers.ts";
import type { PortableFunction } from "../functions/portable.ts";
import type { Home } from "../transport/sent-errors.ts";
import { importModule } from "./typescript.ts";

type AnyFunction = (...args: readonly unknown[]) => unknown;

export interface Compiled {
  readonly call: AnyFunction;
  readonly home: Home | null;
}

const KNOWN = 1000;
const known = new Map<string, AnyFunction>();

export async function compile(fn: PortableFunction): Promise<Compiled> {
  if ("text" in fn) return { call: fromText(fn.text, fn.method, fn.strict, fn.name), home: null };
  const exports = await importModule(fn.url);
  const call = exports[fn.name];
  if (isFunction(call)) return { call, home: { url: fn.url, exports } };
  const names = Object.keys(exports).filter((name) => isFunction(exports[name]));
  throw new TypeError(
    `${fn.url} exports no function ${fn.name}. Its functions are: ${names.join(", ") || "none"}.`,
  );
}

function fromText(text: string, method: boolean, strict: boolean, name: string): AnyFunction {
  const seen = known.get(text);
  if (seen !== undefined) return seen;
  const body = `${strict ? '"use strict";' : ""}return (${text}\n)\n//# sourceURL=gyre-job/${encodeURIComponent(name || "anonymous")}`;
  // oxlint-disable-next-line typescript/no-implied-eval -- this is what it is for
  const made: unknown = new Function(...COMPILER_HELPERS, body)(...COMPILER_HELPERS.map(() => same));
  const [call] = method && typeof made === "object" && made !== null ? Object.values(made) : [made];
  if (!isFunction(call)) throw new TypeError(`This is not the text of a function: ${text.slice(0, 80)}`);
  if (known.size >= KNOWN) known.clear();
  known.set(text, call);
  return call;
}

function same(value: unknown): unknown {
  return value;
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === "function";
}
