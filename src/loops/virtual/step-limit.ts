import { LivelockError } from "../../core/errors.ts";
import { actorOf } from "./actor.ts";
import type { Schedule } from "./schedule.ts";

const LAST_STEPS = 100; // whose tasks the error names

/** Ends a run that would never end. */
export class StepLimit {
  readonly #limit: number;
  readonly #schedule: Schedule | null;
  readonly #last = new Map<string, number>();
  #steps = 0;

  constructor(limit: number, schedule: Schedule | null) {
    this.#limit = limit;
    this.#schedule = schedule;
  }

  restart(): void {
    this.#steps = 0;
  }

  /** To be called before each step; true when there were too many. */
  count(): boolean {
    this.#steps++;
    if (this.#steps === this.#limit - LAST_STEPS) this.#watch();
    return this.#steps === this.#limit;
  }

  error(time: number): LivelockError {
    const sorted = [...this.#last].toSorted(([, a], [, b]) => b - a);
    const who = sorted.slice(0, 5).map(([name, count]) => `${count} by ${name}`);
    return new LivelockError(
      `The program had not come to its end after ${this.#limit.toLocaleString("en")} steps, at ${time} ms on the virtual clock. ` +
        (who.length === 0 ? "" : `Of its last steps, ${who.join(", ")}. `) +
        "Look for a loop that waits for nothing that can come; if it only needs longer, raise maxSteps.",
    );
  }

  #watch(): void {
    if (this.#schedule === null) return;
    this.#last.clear();
    this.#schedule.onStep = (entry) => {
      const task = actorOf(entry);
      const name = task === null ? "callbacks" : `Task ${JSON.stringify(task.name)}`;
      this.#last.set(name, (this.#last.get(name) ?? 0) + 1);
    };
  }
}
