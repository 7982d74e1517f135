/** Callbacks that the loop owes somebody: what `callSoon`, `callLater` and `callAt` return. */

import { Context } from "./context.ts";
import type { EventLoop } from "./event-loop.ts";
import { brief, describeCall, inspectSymbol } from "./inspect.ts";
import type { Ready } from "./ready-queue.ts";
import { type CapturedContext, captureContext, currentScope, runCaptured, Scope } from "./scope.ts";
import { captureSite, firstFrame } from "./sites.ts";
import { NOT_WAITING, type Timer } from "./timers.ts";

export type Callback = (...args: never[]) => unknown;

/**
 * A scheduled callback. It runs in a copy of the context in which it was scheduled.
 *
 * Python: `asyncio.Handle`.
 */
export class Handle implements Ready {
  readonly #loop: EventLoop;
  readonly #context: Context;
  readonly #site: string | null;
  #captured: CapturedContext | null;
  /** Null once cancelled or run: a handle that somebody keeps must not keep what it was to call. */
  #callback: Callback | null;
  #args: readonly unknown[];
  /** What a cancelled or finished handle called, kept in debug mode only. */
  #memory = "";
  #cancelled = false;

  constructor(callback: Callback, args: readonly unknown[], loop: EventLoop) {
    this.#callback = callback;
    this.#args = args;
    this.#loop = loop;
    this.#context = currentScope()?.context.copy() ?? new Context();
    this.#captured = captureContext();
    this.#site = loop.getDebug() ? captureSite() : null;
  }

  /** Takes the callback back, unless it has run. Never throws, and may be called again. */
  cancel(): void {
    this.#cancelled = true;
    this.#forget();
  }

  /** True if `cancel` was called, even if that was too late. */
  cancelled(): boolean {
    return this.#cancelled;
  }

  /** The context that the callback runs in. */
  getContext(): Context {
    return this.#context;
  }

  /** Calls the callback now, and reports what it throws. For authors of loops; does nothing on a cancelled handle. */
  run(): void {
    const callback = this.#callback;
    const captured = this.#captured;
    if (callback === null || captured === null) return;
    const args = this.#args;
    if (!this.repeats) this.#forget();
    try {
      runCaptured(captured, new Scope(this.#loop, this.#context), apply, { callback, args });
    } catch (exception) {
      this.#loop.callExceptionHandler({
        message: `Exception in callback ${describeCall(callback, null)}`,
        exception,
        handle: this,
        ...(this.#site === null ? {} : { sourceTraceback: this.#site }),
      });
    }
  }

  toString(): string {
    const parts = [this.constructor.name, ...this.details()];
    if (this.#cancelled) parts.push("cancelled");
    const call = this.#callback === null ? this.#memory : this.#describeCall(this.#callback);
    if (call !== "") parts.push(call);
    if (this.#site !== null) parts.push(`created at ${firstFrame(this.#site)}`);
    return `<${parts.join(" ")}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  protected details(): readonly string[] {
    return [];
  }

  /** Whether the callback may run again. */
  protected get repeats(): boolean {
    return false;
  }

  #describeCall(callback: Callback): string {
    return describeCall(callback, this.#loop.getDebug() ? this.#args : null);
  }

  #forget(): void {
    if (this.#site !== null && this.#callback !== null) this.#memory = this.#describeCall(this.#callback);
    this.#callback = null;
    this.#captured = null;
    this.#args = [];
  }
}

/** A callback that waits for a moment. Python: `asyncio.TimerHandle`. */
export class TimerHandle extends Handle implements Timer {
  readonly deadline: number;
  sequence = NOT_WAITING;
  readonly #loop: EventLoop;

  constructor(when: number, callback: Callback, args: readonly unknown[], loop: EventLoop) {
    super(callback, args, loop);
    this.deadline = when;
    this.#loop = loop;
  }

  /** The moment on the loop's clock (milliseconds, comparable with `loop.time()`) at which the callback is due. */
  when(): number {
    return this.deadline;
  }

  override cancel(): void {
    const wasCancelled = this.cancelled();
    super.cancel();
    if (!wasCancelled && this.cancelled()) this.#loop.scheduler.noteTimerCancelled(this);
  }

  protected override details(): readonly string[] {
    return [`when=${brief(this.deadline)}`];
  }
}

/** A callback that runs again and again, in the same context, until it is cancelled: that of a watched descriptor. */
export class RepeatingHandle extends Handle {
  protected override get repeats(): boolean {
    return true;
  }
}

function apply(call: { readonly callback: Callback; readonly args: readonly unknown[] }): unknown {
  return call.callback(...(call.args as never[]));
}
