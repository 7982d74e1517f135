import { type Gate, Line } from "./line.ts";
import { Primitive, waitersSuffix } from "./primitive.ts";

export interface EventStatistics {
  readonly set: boolean;
  /** How many wait for it. */
  readonly waiters: number;
}

/**
 * A flag that can be waited for. It says that something has happened, to all who ask, for as long as it is set.
 *
 * @example
 * const ready = new Event();
 * const task = createTask(() => ready.wait());
 * ready.set();
 * console.log(await task); // => true
 *
 * Python: `asyncio.Event`. It shadows the platform's `Event` where it is imported; `import { Event as Flag }` avoids that.
 */
export class Event extends Primitive {
  #set = false;
  #line: Line | null = null;

  /** Sets the flag, and wakes all who wait now, even if `clear()` follows at once. Python: `Event.set`. */
  set(): void {
    if (this.#set) return;
    this.#set = true;
    this.#line?.grantAll();
  }

  /** Takes the flag back: `wait()` waits again. Python: `Event.clear`. */
  clear(): void {
    this.#set = false;
  }

  /** Python: `Event.is_set`. */
  isSet(): boolean {
    return this.#set;
  }

  /**
   * Waits until the flag is set; costs no turn of the loop if it is.
   *
   * @returns true
   * @throws CancelledError `GYRE_CANCELLED` - the task was cancelled while it waited
   * @throws RuntimeError `GYRE_OTHER_LOOP` - others wait for it on another loop
   * @example
   * const stopped = new Event();
   * setTimeout(() => stopped.set(), 5);
   * await stopped.wait();
   *
   * Cancel safety: nothing is lost. Python: `Event.wait`.
   */
  wait(): Promise<true> {
    if (this.#set) return alreadySet;
    this.#line ??= new Line(this);
    return this.#line.wait(gate);
  }

  /** A snapshot for monitoring. */
  statistics(): EventStatistics {
    return { set: this.#set, waiters: this.#line?.length ?? 0 };
  }

  protected override describe(): string {
    return `${this.#set ? "set" : "unset"}${waitersSuffix(this.#line?.length ?? 0)}`;
  }
}

const alreadySet = Promise.resolve<true>(true);

const gate: Gate<true> = {
  admit: () => true,
  dismiss: (error) => {
    throw error;
  },
};
