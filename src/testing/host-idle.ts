import type { EventLoop } from "../core/event-loop.ts";
import { runInRoot } from "../core/scope.ts";
import type { IdleWait } from "../loops/virtual/idle-waits.ts";

const QUIET_POLLS = 3; // of the host's I/O: one to hear of bytes, one to hand them on, one to be sure
const LONGEST_TIMEOUT = 86_400_000; // ms; Node fires a longer one at once

const watched = new WeakMap<EventLoop, HostIdle>();

/**
 * Notices that a loop of the host has nothing to do: no turn has come, and every task waits for something of ours, while the
 * host polled its I/O.
 */
export class HostIdle {
  readonly #loop: EventLoop;
  readonly #waits = new Set<IdleWait>();
  /** How many polls have brought nothing, since when, and the number of the turn before them. */
  #polls = 0;
  #since = 0;
  #turns = -1;
  #next: (() => void) | null = null;

  static of(loop: EventLoop): HostIdle {
    let idle = watched.get(loop);
    if (idle === undefined) watched.set(loop, (idle = new HostIdle(loop)));
    return idle;
  }

  private constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  whenIdle(wait: IdleWait): () => void {
    this.#waits.add(wait);
    this.#stop(); // whatever it is, it may be too far away
    this.#polls = 0;
    this.#poll();
    return () => {
      this.#waits.delete(wait);
      if (this.#waits.size === 0) this.#stop();
    };
  }

  #poll(): void {
    if (this.#next !== null) return;
    const immediate = runInRoot(() => setImmediate(this.#look));
    this.#next = () => clearImmediate(immediate);
  }

  #lookIn(delay: number): void {
    const timeout = runInRoot(() => setTimeout(this.#look, Math.min(delay, LONGEST_TIMEOUT)));
    this.#next = () => clearTimeout(timeout);
  }

  #lookWhenAllWait(): void {
    const { tasks } = this.#loop;
    const forget = (): void => {
      tasks.onAllWaiting = null;
    };
    this.#next = forget;
    tasks.onAllWaiting = () => {
      forget();
      this.#next = null;
      this.#poll();
    };
  }

  #stop(): void {
    this.#next?.();
    this.#next = null;
  }

  readonly #look = (): void => {
    this.#next = null;
    if (this.#waits.size === 0 || this.#loop.isClosed()) return;
    const { turns, readyCount } = this.#loop.scheduler;
    const { waiting, size } = this.#loop.tasks;
    if (turns !== this.#turns || readyCount > 0 || waiting < size) {
      this.#turns = turns;
      this.#polls = 0;
    }
    if (waiting < size && readyCount === 0) this.#lookWhenAllWait();
    else if (this.#polls++ < QUIET_POLLS) {
      if (this.#polls === 1) this.#since = this.#loop.time();
      this.#poll();
    } else this.#wakeOrWait();
  };

  #wakeOrWait(): void {
    const shortest = Math.min(...[...this.#waits].map(({ cushion }) => cushion));
    const left = this.#since + shortest - this.#loop.time();
    if (left > 0) {
      if (left < Number.POSITIVE_INFINITY) this.#lookIn(left);
      return;
    }
    this.#polls = 0;
    for (const wait of [...this.#waits].filter(({ cushion }) => cushion === shortest)) {
      this.#waits.delete(wait);
      wait.wake();
    }
    if (this.#waits.size > 0) this.#poll();
  }
}
