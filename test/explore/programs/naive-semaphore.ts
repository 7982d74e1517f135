import { checkpoint, type Future, gather, getRunningLoop } from "gyre";
import { claim, somewhere, type Planted } from "../planted.ts";

/** A semaphore that wakes a waiter although somebody else took the permit in between. */
class NaiveSemaphore {
  #free: number;
  readonly #waiting: Future<void>[] = [];
  readonly #rechecks: boolean;

  constructor(free: number, rechecks: boolean) {
    this.#free = free;
    this.#rechecks = rechecks;
  }

  async acquire(): Promise<void> {
    do {
      if (this.#free > 0) break;
      const turn = getRunningLoop().createFuture<void>();
      this.#waiting.push(turn);
      await turn;
    } while (this.#rechecks);
    this.#free--;
  }

  release(): void {
    this.#free++;
    this.#waiting.shift()?.setResult();
  }
}

function permits(rechecks: boolean): () => Promise<void> {
  return async () => {
    const semaphore = new NaiveSemaphore(1, rechecks);
    let inside = 0;
    const enter = (steps: number) => async () => {
      await somewhere(steps);
      await semaphore.acquire();
      claim(++inside === 1, "two are inside");
      await checkpoint();
      inside--;
      semaphore.release();
    };
    await gather([enter(0), enter(1), enter(2)]);
  };
}

export const planted: Planted = {
  name: "a naive semaphore",
  symptom: /two are inside/,
  inMain: true,
  broken: permits(false),
  fixed: permits(true),
};
