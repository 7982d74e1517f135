import assert from "node:assert/strict";
import { describe } from "node:test";
import * as fc from "fast-check";
import { createTask, Future, Semaphore, type Task } from "gyre";
import { cancelAll, property, quiet, steps, turns } from "./support.ts";

type Step =
  | { readonly kind: "acquire" }
  | { readonly kind: "release" | "cancel"; readonly which: number }
  | { readonly kind: "turns"; readonly count: number };

const which = fc.nat(30);
const program = fc.record({
  value: fc.integer({ min: 1, max: 3 }),
  list: steps<Step>(
    fc.constant({ kind: "acquire" }),
    fc.constant({ kind: "acquire" }),
    fc.record({ kind: fc.constantFrom("release", "cancel"), which }),
    fc.record({ kind: fc.constant("turns"), count: fc.integer({ min: 1, max: 4 }) }),
  ),
});

/** One who wants the semaphore, holds it until told to release it, and may be cancelled at any moment. */
class Client {
  readonly task: Task<void>;
  readonly #leave = new Future<void>();
  #guard: Disposable | null = null;

  constructor(semaphore: Semaphore, index: number, served: number[]) {
    this.task = createTask(async () => {
      using guard = await semaphore.acquire();
      served.push(index);
      this.#guard = guard;
      try {
        await this.#leave;
      } finally {
        this.#guard = null;
      }
    });
  }

  get holds(): boolean {
    return this.#guard !== null;
  }

  /** At once, so that the next step may meet a waiter who was granted its turn and has not gone on. */
  release(): void {
    if (this.#guard === null) return;
    this.#guard[Symbol.dispose]();
    this.#guard = null;
    if (!this.#leave.done()) this.#leave.setResult(); // a cancellation may be on its way
  }
}

describe("a semaphore under random cancellations", () => {
  property(
    "serves in order, never more than it has, and loses none [SYNC-11 SYNC-12]",
    program,
    async ({ value, list }) => {
      const semaphore = new Semaphore(value);
      const clients: Client[] = [];
      const served: number[] = [];
      for (const step of list) {
        if (step.kind === "turns") await turns(step.count);
        else if (step.kind === "acquire") clients.push(new Client(semaphore, clients.length, served));
        else {
          const alive = clients.filter((client) => !client.task.done());
          const client = alive[step.which % Math.max(1, alive.length)];
          if (step.kind === "cancel") client?.task.cancel();
          else client?.release();
        }
        assert.ok(clients.filter((client) => client.holds).length <= value);
      }
      await quiet();
      const alive = clients.filter((client) => !client.task.done());
      const holding = alive.map((client) => client.holds);
      assert.deepEqual(
        holding,
        alive.map((_, index) => index < value),
      );
      assert.deepEqual(
        served,
        served.toSorted((a, b) => a - b),
      );
      assert.deepEqual(semaphore.statistics(), {
        value: Math.max(0, value - alive.length),
        waiters: Math.max(0, alive.length - value),
      });
      await cancelAll(clients.map((client) => client.task));
      assert.deepEqual(semaphore.statistics(), { value, waiters: 0 });
    },
  );
});
