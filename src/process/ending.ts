import { isCancelled } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { Future } from "../core/future.ts";
import type { Task } from "../core/task.ts";
import { currentTask } from "../tasks/current.ts";
import { shield } from "../tasks/shield.ts";
import type { SignalTarget } from "./signal-target.ts";
import { signalNumber } from "./signals.ts";

const TERMINATE = signalNumber("SIGTERM", "ending");
const CONTINUE = signalNumber("SIGCONT", "ending");
const KILL = signalNumber("SIGKILL", "ending");
const SHORTEST_LOOK = 2; // ms between two looks at who is left
const LONGEST_LOOK = 50;
const KILL_ROUNDS = 40; // then whoever is left hangs in the system, and nobody can end it
const REAPING = 1000; // ms
const DRAIN = 50; // ms for the pipes to come to their end, unless somebody holds them who could not be found

/** What ends: the processes, and the pipes to them. */
export interface Mortal {
  readonly target: SignalTarget;
  /** Whether a pipe has yet to come to its end, and is read. */
  draining(): boolean;
  closePipes(): void;
  /** Whether the host has noticed the end of the child and of its pipes. */
  readonly finished: boolean;
}

/**
 * The end of a child and its descendants: SIGTERM, time to clean up, SIGKILL. A task of its own, which no cancellation stops, so
 * that `run()` waits for it.
 */
export class Ending {
  readonly #loop: EventLoop;
  readonly #mortal: Mortal;
  readonly #task: Task<void>;
  #deadline: number;
  #nap: Future<void> | null = null;

  constructor(loop: EventLoop, mortal: Mortal, graceMs: number, pid: number) {
    this.#loop = loop;
    this.#mortal = mortal;
    this.#deadline = loop.time() + graceMs;
    this.#task = loop.createTask(() => this.#run(), { name: `the end of process ${pid}`, eagerStart: true });
  }

  /** Something has changed: a look may be worth it. */
  look(): void {
    if (this.#nap !== null && !this.#nap.done()) this.#nap.setResult();
  }

  /** Waits for the end. Whoever is cancelled while waiting is in a hurry: SIGKILL comes at once. */
  async wait(): Promise<void> {
    let cancellation: unknown = null;
    while (!this.#task.done()) {
      try {
        await shield(this.#task);
      } catch (error) {
        if (!isCancelled(error)) throw error;
        cancellation = error;
        this.#deadline = 0;
        this.look();
      }
    }
    if (cancellation !== null) throw cancellation;
  }

  async #run(): Promise<void> {
    const { target } = this.#mortal;
    if (target.alive()) target.signal(TERMINATE, CONTINUE); // a stopped process would not hear of the first alone
    await this.#until(() => !target.alive() || this.#loop.time() >= this.#deadline);
    for (let round = 0; round < KILL_ROUNDS && target.alive(); round++) {
      target.signal(KILL);
      await this.#sleep(Math.min(SHORTEST_LOOK * 2 ** round, LONGEST_LOOK));
    }
    const end = this.#loop.time() + DRAIN;
    await this.#until(() => !this.#mortal.draining() || this.#loop.time() >= end);
    this.#mortal.closePipes();
    const last = this.#loop.time() + REAPING;
    await this.#until(() => this.#mortal.finished || this.#loop.time() >= last);
  }

  async #until(condition: () => boolean): Promise<void> {
    for (let pause = SHORTEST_LOOK; !condition(); pause = Math.min(pause * 2, LONGEST_LOOK))
      await this.#sleep(pause);
  }

  async #sleep(delay: number): Promise<void> {
    const nap = new Future<void>({ loop: this.#loop });
    const alarm = this.#loop.callLater(delay, () => this.look());
    this.#nap = nap;
    try {
      await nap;
    } catch (error) {
      if (!isCancelled(error)) throw error;
      currentTask()?.uncancel();
    } finally {
      alarm.cancel();
    }
  }
}
