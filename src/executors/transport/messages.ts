/** What goes between an executor and its workers. */

import type { PortableFunction } from "../functions/portable.ts";
import type { SentError } from "./sent-errors.ts";

export interface Request {
  readonly fn: PortableFunction;
  /** The arguments, or with `many` a list of lists of them. */
  readonly args: readonly unknown[];
  readonly many: boolean;
  /** Which arguments are ports of a {@link LoopRemote}. */
  readonly remotes: readonly number[];
  /** Context variables by name; null: none. */
  readonly context: ReadonlyMap<string, unknown> | null;
}

export type Reply =
  | { readonly value: unknown }
  | { readonly error: SentError }
  /** The initialiser of the worker has failed. */
  | { readonly unfit: SentError };

/** What a worker does before its first job. */
export interface Initializer {
  readonly fn: PortableFunction;
  readonly args: readonly unknown[];
}
