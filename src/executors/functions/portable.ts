import { describe } from "../../core/arguments.ts";
import { ArgumentTypeError } from "../../core/errors.ts";
import type { ExecutorFunction } from "../executor.ts";
import { ModuleFunction } from "./module-function.ts";
import { selfContained } from "./self-contained.ts";

/** A function as it travels. */
export type PortableFunction =
  | { readonly url: string; readonly name: string }
  | { readonly text: string; readonly method: boolean; readonly strict: boolean; readonly name: string };

/** @throws TypeError `GYRE_INVALID_ARGUMENT` - it cannot travel; the message says why */
export function portable<A extends unknown[], T>(
  fn: ExecutorFunction<A, T>,
  where: string,
): PortableFunction {
  if (fn instanceof ModuleFunction) return { url: fn.url, name: fn.name };
  if (typeof fn === "function") return { ...selfContained(fn, where), name: fn.name };
  throw new ArgumentTypeError(
    `${where} expects a function or a moduleFunction(url, name), but got ${describe(fn)}.`,
  );
}

/** For reports: which function a worker was at. */
export function describePortable(fn: PortableFunction): string {
  return "url" in fn ? `${fn.name} of ${fn.url}` : `the function ${fn.name || "(anonymous)"}`;
}
