/**
 * The seam between a loop and what it runs on. The core decides what runs and in which order; a driver says what time it is
 * and calls the core back when it is time to run something. A loop is `new BaseEventLoop(driver)`.
 */

import type { ReadyEntries } from "./ready-queue.ts";

/**
 * When the next turn is wanted:
 * - `soon`: when things have settled, that is, when woken code has run to its next wait, as nearly as the driver can tell;
 * - `host`: when, after that, the host has had its turn (I/O polled, its own timers run).
 *
 * A driver may always be later than asked. It must insert a `host` turn by itself every few milliseconds.
 */
export type Pace = "soon" | "host";

/** How a process is asked to stop: SIGINT, by Ctrl-C, or SIGTERM, by whoever supervises it. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** What a driver calls. */
export interface DriverEvents {
  /** The turn that was asked for: exactly one call for each `requestTurn`. */
  turn(): void;
  /** The moment given to `setDeadline` has come. */
  deadline(): void;
}

export interface LoopDriver {
  /** For inspection and error messages: "node", "selector", "virtual". */
  readonly name: string;

  /**
   * How much one turn runs: `batch` = all that was ready when it began; `step` = one handle, after which the driver lets
   * everything settle before the next, so that the order is exactly CPython's.
   */
  readonly granularity: "batch" | "step";

  /** The order of what is ready, for a loop that explores other orders than first in, first out. Called once, first of all. */
  makeReadyEntries?(): ReadyEntries;

  /** Called once, before any other method. */
  attach(events: DriverEvents): void;

  /** Milliseconds on a clock that never goes back; only differences mean something. */
  time(): number;

  /** The core never asks for a second turn while one is pending. */
  requestTurn(pace: Pace): void;

  /** The host has just called the loop, as it does for I/O: so it has had its turn. Only a driver that counts needs to know. */
  noteHostCall?(): void;

  /** Calls back when things have settled, and before any turn that is asked for later. */
  afterSettling(callback: () => void): void;

  /** Calls `deadline` at or soon after `when` (never before), replacing the deadline before; null: nothing waits for a moment. */
  setDeadline(when: number | null): void;

  /** Between `hold` and `release` the host stays alive though nothing is ready, due or open. */
  hold(): void;
  release(): void;

  /**
   * While set, `onStall` is called when nothing in the process could ever wake the loop again: nothing ready, no deadline,
   * nothing open in the host. The callback may make new work.
   *
   * A driver may also call it to end a run that it finds endless.
   *
   * @param onStall - is told, for the error report, what is true of the world outside: "the host has nothing open"; or is given
   *   the error with which the run is to end
   */
  watchForStall(onStall: ((outside: string | Error) => void) | null): void;

  /**
   * Calls back when the process is asked to stop, by Ctrl-C or a signal of that name, until the returned function is called; null
   * where that is not ours to handle.
   */
  onInterrupt(callback: () => void, signal?: StopSignal): (() => void) | null;

  /** Where a function was defined, as `file:line`, if the host can tell cheaply enough for an error report. */
  locate(fn: (...args: never[]) => unknown): string | null;

  /** Releases everything. No method but `time` is called afterwards. */
  close(): void;
}
