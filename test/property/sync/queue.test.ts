import assert from "node:assert/strict";
import { describe } from "node:test";
import * as fc from "fast-check";
import { createTask, isCancelled, Queue, QueueShutDown, type Task } from "gyre";
import { cancelAll, property, quiet, steps, turns } from "./support.ts";

type Step =
  | { readonly kind: "put" | "get" | "putNowait" | "getNowait" | "shutdown" }
  | { readonly kind: "cancel" | "putNowaitAndCancel" | "getNowaitAndCancel"; readonly which: number }
  | { readonly kind: "turns"; readonly count: number };

const waits = fc.constantFrom<Step>({ kind: "put" }, { kind: "get" });
const others: readonly fc.Arbitrary<Step>[] = [
  fc.record({ kind: fc.constant("cancel"), which: fc.nat(30) }),
  fc.record({ kind: fc.constant("turns"), count: fc.integer({ min: 1, max: 3 }) }),
];
const maxsize = fc.integer({ min: 0, max: 3 });

/** A queue and everybody who was ever at it. Items are numbers in the order in which they were to be put. */
class World {
  readonly queue: Queue<number>;
  readonly tasks: Task<void>[] = [];
  readonly put: number[] = [];
  readonly got: number[] = [];
  /** By number of getter. */
  readonly servedGetters: number[] = [];
  #nextItem = 0;
  #nextGetter = 0;

  constructor(size: number) {
    this.queue = new Queue(size);
  }

  async step(step: Step): Promise<void> {
    if (step.kind === "turns") await turns(step.count);
    else if (step.kind === "putNowaitAndCancel" || step.kind === "getNowaitAndCancel") {
      // Without a turn in between: most likely to meet somebody who was just woken.
      await this.step({ kind: step.kind === "putNowaitAndCancel" ? "putNowait" : "getNowait" });
      this.#cancel(step.which);
    } else if (step.kind === "cancel") this.#cancel(step.which);
    else if (step.kind === "shutdown") this.queue.shutdown();
    else if (step.kind === "put") this.#start(this.#putter(this.#nextItem++));
    else if (step.kind === "get") this.#start(this.#getter(this.#nextGetter++));
    else if (step.kind === "putNowait") this.#putNowait(this.#nextItem++);
    else if (!this.queue.empty()) this.got.push(this.queue.getNowait());
  }

  #cancel(which: number): void {
    const alive = this.tasks.filter((task) => !task.done());
    alive[which % Math.max(1, alive.length)]?.cancel();
  }

  #start(coroutine: () => Promise<void>): void {
    this.tasks.push(
      createTask(async () => {
        try {
          await coroutine();
        } catch (error) {
          if (!isCancelled(error) && !(error instanceof QueueShutDown)) throw error;
        }
      }),
    );
  }

  #putter(item: number) {
    return async () => {
      await this.queue.put(item);
      this.put.push(item);
    };
  }

  #getter(index: number) {
    return async () => {
      this.got.push(await this.queue.get());
      this.servedGetters.push(index);
    };
  }

  #putNowait(item: number): void {
    try {
      this.queue.putNowait(item);
      this.put.push(item);
    } catch {
      // full, or shut down: nothing was put
    }
  }
}

function ascending(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}

/** @param patient - let those who are there go on before others come, who might be quicker */
async function check(size: number, list: readonly Step[], patient: boolean): Promise<World> {
  const world = new World(size);
  const { queue } = world;
  for (const step of list) {
    if (patient && step.kind !== "cancel" && step.kind !== "turns") await quiet();
    await world.step(step);
    assert.ok(size === 0 || queue.qsize() <= size);
  }
  await quiet();
  const { getters, putters, unfinished } = queue.statistics();
  assert.ok(queue.empty() || getters === 0, "somebody waits for an item although there is one");
  assert.ok(queue.full() || putters === 0, "somebody waits for room although there is some");
  assert.equal(world.tasks.filter((task) => !task.done()).length, getters + putters);
  assert.equal(unfinished, world.put.length);
  await cancelAll(world.tasks);
  const rest = Array.from({ length: queue.qsize() }, () => queue.getNowait());
  assert.deepEqual(
    ascending([...world.got, ...rest]),
    ascending(world.put),
    "an item was lost, or came twice",
  );
  return world;
}

describe("a queue under random cancellations", () => {
  property(
    "loses no item and leaves nobody waiting for nothing [Q-03 Q-05 Q-07]",
    fc.record({
      size: maxsize,
      list: steps<Step>(
        waits,
        waits,
        ...others,
        fc.constantFrom<Step>({ kind: "putNowait" }, { kind: "getNowait" }),
        fc.record({ kind: fc.constantFrom("putNowaitAndCancel", "getNowaitAndCancel"), which: fc.nat(2) }),
        fc.constantFrom<Step>(...Array.from({ length: 9 }, () => ({ kind: "put" }) as const), {
          kind: "shutdown",
        }),
      ),
    }),
    async ({ size, list }) => {
      await check(size, list, false);
    },
  );

  property(
    "serves everybody in order when nobody overtakes [Q-03 Q-05]",
    fc.record({ size: maxsize, list: steps<Step>(waits, waits, ...others) }),
    async ({ size, list }) => {
      const { got, servedGetters } = await check(size, list, true);
      assert.deepEqual(got, ascending(got));
      assert.deepEqual(servedGetters, ascending(servedGetters));
    },
  );
});
