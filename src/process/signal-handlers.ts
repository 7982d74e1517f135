/** `loop.addSignalHandler` and `loop.removeSignalHandler`. */

import { isMainThread } from "node:worker_threads";
import { describe, requireFunction } from "../core/arguments.ts";
import { CallbackContext } from "../core/callback-context.ts";
import { ArgumentRangeError, ArgumentTypeError, RuntimeError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { Resource } from "../core/resources.ts";
import { runInRoot } from "../core/scope.ts";
import { type Signal, signalName, signalNumber } from "./signals.ts";

const UNCATCHABLE = new Set<string>(["SIGKILL", "SIGSTOP"]);
const KEEP_ALIVE = 2 ** 30; // ms

/** The handlers of a loop. While there are any, a signal may come, and the process waits for it. */
export class SignalHandlers extends Resource {
  readonly #loop: EventLoop;
  readonly #listeners = new Map<NodeJS.Signals, () => void>();
  readonly #keepsAlive: boolean;
  #holder: NodeJS.Timeout | null = null;

  /** @param keepsAlive - not for the loop of a whole thread, which never ends */
  constructor(loop: EventLoop, keepsAlive: boolean) {
    super();
    this.#loop = loop;
    this.#keepsAlive = keepsAlive;
  }

  /** @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`, RuntimeError `GYRE_NOT_SUPPORTED` */
  add(signal: Signal, callback: (...args: never[]) => unknown, args: readonly unknown[]): void {
    const where = "loop.addSignalHandler(signal, callback)";
    requireFunction(callback, where);
    if (Object.prototype.toString.call(callback) === "[object AsyncFunction]") {
      throw new ArgumentTypeError(
        `${where}: an async function's errors would be lost there. Use () => { loop.createTask(${callback.name || "fn"}); }.`,
      );
    }
    const name = checkSignal(signal, where);
    this.#requireOpen();
    this.#requireCatchable(name, where);
    const context = new CallbackContext(this.#loop);
    const call = (): void => void Reflect.apply(callback, undefined, args);
    const listener = (): void => context.dispatch(call, undefined);
    this.#remove(name);
    runInRoot(() => process.on(name, listener));
    if (this.#listeners.size === 0) this.#loop.resources.add(this);
    this.#listeners.set(name, listener);
    if (this.#keepsAlive) this.#holder ??= runInRoot(() => setInterval(() => undefined, KEEP_ALIVE));
  }

  /** @returns false if there is none. Throws as `add` does for what is no signal */
  remove(signal: Signal): boolean {
    return this.#remove(checkSignal(signal, "loop.removeSignalHandler(signal)"));
  }

  isClosing(): boolean {
    return true; // the end of the loop is the usual end of its handlers, and nothing to warn about
  }

  abandon(): void {
    for (const name of this.#listeners.keys()) this.#remove(name);
  }

  #remove(name: NodeJS.Signals): boolean {
    const listener = this.#listeners.get(name);
    if (listener === undefined) return false;
    process.off(name, listener);
    this.#listeners.delete(name);
    if (this.#listeners.size > 0) return true;
    this.#loop.resources.delete(this);
    if (this.#holder !== null) clearInterval(this.#holder);
    this.#holder = null;
    return true;
  }

  #requireOpen(): void {
    if (!this.#loop.isClosed()) return;
    throw new RuntimeError("GYRE_LOOP_CLOSED", "This loop is closed. Make a new one with newEventLoop().");
  }

  #requireCatchable(name: NodeJS.Signals, where: string): void {
    if (!isMainThread) {
      throw new RuntimeError(
        "GYRE_NOT_SUPPORTED",
        `${where}: only the main thread gets signals. Handle ${name} there, and tell this worker with a message.`,
      );
    }
    if (UNCATCHABLE.has(name))
      throw new RuntimeError("GYRE_NOT_SUPPORTED", `${where}: no process can catch ${name}.`);
  }
}

function checkSignal(signal: unknown, where: string): NodeJS.Signals {
  const name = signalName(signalNumber(signal, where));
  if (name !== null) return name;
  throw new ArgumentRangeError(
    `${where}: the host knows no name for signal ${describe(signal)}, and cannot catch it.`,
  );
}
