/** What goes over the port between a {@link LoopRemote} and its loop. */

import type { Reply } from "../transport/messages.ts";

/** The first message to the other thread: what it may call, and memory that both sides see. */
export interface Hello {
  readonly gyre: "remote";
  readonly names: readonly string[];
  readonly thread: number;
  readonly state: Int32Array;
}

/** Places in the shared memory: a count that changes with every message, which a blocked thread waits for; 1 when the loop is gone. */
export const MESSAGES = 0;
export const GONE = 1;

export type ToLoop =
  | { readonly soon: string; readonly args: readonly unknown[] }
  | { readonly task: string; readonly args: readonly unknown[]; readonly id: number }
  | { readonly cancel: number };

export interface ToThread {
  readonly id: number;
  readonly reply: Exclude<Reply, { unfit: unknown }>;
}
