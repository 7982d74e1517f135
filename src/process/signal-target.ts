/** Whom a signal is for: a child alone, or its whole tree. */

import { hasCode } from "../core/error-codes.ts";

export interface SignalTarget {
  /** Whether any of them lives. */
  alive(): boolean;
  /** Who has ended needs no signal, and is left out. */
  signal(...signals: readonly number[]): void;
  /** The child itself has ended, and its number may be given to somebody else. */
  noteReaped(): void;
}

export class LoneProcess implements SignalTarget {
  readonly #pid: number;
  #reaped = false;

  constructor(pid: number) {
    this.#pid = pid;
  }

  alive(): boolean {
    return !this.#reaped;
  }

  /** @throws Error `EPERM` - it became another user */
  signal(...signals: readonly number[]): void {
    if (this.#reaped) return;
    try {
      for (const signal of signals) process.kill(this.#pid, signal);
    } catch (error) {
      if (!hasCode(error, "ESRCH")) throw error;
    }
  }

  noteReaped(): void {
    this.#reaped = true;
  }
}
