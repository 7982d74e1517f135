import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { type Timer, Timers } from "#gyre/core/timers.js";

class TestTimer implements Timer {
  readonly deadline: number;
  readonly id: number;
  sequence = -1;
  #cancelled = false;

  constructor(deadline: number, id: number) {
    this.deadline = deadline;
    this.id = id;
  }

  run(): void {}

  cancel(): void {
    this.#cancelled = true;
  }

  cancelled(): boolean {
    return this.#cancelled;
  }
}

/** What the heap should do, done with a list that is sorted again and again. */
class Model {
  waiting: TestTimer[] = [];

  get live(): TestTimer[] {
    return this.waiting
      .filter((timer) => !timer.cancelled())
      .toSorted((a, b) => a.deadline - b.deadline || a.id - b.id);
  }

  takeDue(now: number): TestTimer | undefined {
    const [first] = this.live;
    if (first === undefined || first.deadline > now) return undefined;
    this.waiting = this.waiting.filter((timer) => timer !== first);
    return first;
  }
}

interface State {
  readonly model: Model;
  readonly all: TestTimer[];
  now: number;
}
type Real = Timers;

const step = {
  add: fc.record({
    kind: fc.constant("add" as const),
    deadline: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.double({ min: 0, max: 30, noNaN: true })),
  }),
  cancel: fc.record({ kind: fc.constant("cancel" as const), index: fc.nat() }),
  advance: fc.record({ kind: fc.constant("advance" as const), by: fc.integer({ min: 0, max: 8 }) }),
  clear: fc.record({ kind: fc.constant("clear" as const) }),
};
const steps = fc.array(
  fc.oneof(
    { arbitrary: step.add, weight: 100 },
    { arbitrary: step.cancel, weight: 70 },
    { arbitrary: step.advance, weight: 20 },
    { arbitrary: step.clear, weight: 1 },
  ),
  { maxLength: 400, size: "max" },
);
type Step = typeof steps extends fc.Arbitrary<(infer S)[]> ? S : never;

function take(state: State, timers: Real, one: Step): void {
  const { model, all } = state;
  if (one.kind === "add") {
    const timer = new TestTimer(state.now + one.deadline, all.length);
    all.push(timer);
    model.waiting.push(timer);
    timers.add(timer);
  } else if (one.kind === "cancel") {
    const timer = all[one.index % Math.max(all.length, 1)];
    if (timer === undefined || timer.cancelled()) return;
    timer.cancel();
    timers.noteCancelled(timer);
  } else if (one.kind === "clear") {
    model.waiting = [];
    timers.clear();
  } else {
    state.now += one.by;
    for (;;) {
      const due = timers.takeDue(state.now);
      assert.equal(due, model.takeDue(state.now));
      if (due === undefined) break;
    }
  }
}

describe("the heap of timers", () => {
  it("gives timers as a sorted list would, whatever is added, cancelled and taken [SCHED-05 SCHED-12 SCHED-14]", () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const state: State = { model: new Model(), all: [], now: 0 };
        const timers = new Timers();
        for (const one of taken) {
          take(state, timers, one);
          const { live } = state.model;
          assert.equal(timers.live, live.length);
          assert.equal(timers.next(), live[0]?.deadline ?? null);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("gives equal deadlines first in, first out, after purges too [SCHED-05 SCHED-14]", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 150, maxLength: 400 }), (cancelled) => {
        const timers = new Timers();
        const all = cancelled.map((_, id) => new TestTimer(7, id));
        for (const timer of all) timers.add(timer);
        for (const [id, cancel] of cancelled.entries()) {
          const timer = all[id];
          if (!cancel || timer === undefined) continue;
          timer.cancel();
          timers.noteCancelled(timer);
        }
        const taken: Timer[] = [];
        for (let timer = timers.takeDue(7); timer !== undefined; timer = timers.takeDue(7)) taken.push(timer);
        assert.deepEqual(
          taken,
          all.filter((timer) => !timer.cancelled()),
        );
      }),
    );
  });
});
