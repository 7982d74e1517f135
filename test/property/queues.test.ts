import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { type Reaction, ReactionList } from "#gyre/core/reaction.js";
import { type Ready, ReadyQueue } from "#gyre/core/ready-queue.js";

class Entry implements Reaction {
  next: Reaction | null = null;
  previous: Reaction | null = null;
  list: ReactionList | null = null;
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }

  run(): void {}
}

describe("the ready queue", () => {
  it("gives entries as an array would, whatever is pushed, shifted and cleared [SCHED-01]", () => {
    const commands = fc.array(
      fc.oneof(
        {
          arbitrary: fc.record({
            kind: fc.constant("push" as const),
            count: fc.integer({ min: 1, max: 40 }),
          }),
          weight: 50,
        },
        {
          arbitrary: fc.record({
            kind: fc.constant("shift" as const),
            count: fc.integer({ min: 1, max: 40 }),
          }),
          weight: 50,
        },
        { arbitrary: fc.record({ kind: fc.constant("clear" as const), count: fc.constant(0) }), weight: 1 },
      ),
      { maxLength: 100 },
    );
    fc.assert(
      fc.property(commands, (taken) => {
        const queue = new ReadyQueue();
        let model: Ready[] = [];
        let id = 0;
        for (const { kind, count } of taken) {
          if (kind === "clear") {
            queue.clear();
            model = [];
          }
          for (let repeat = 0; repeat < count; repeat++) {
            if (kind === "push") {
              const entry = new Entry(id++);
              queue.push(entry);
              model.push(entry);
            } else {
              assert.equal(queue.peek(), model[0]);
              assert.equal(queue.shift(), model.shift());
            }
          }
          assert.equal(queue.length, model.length);
        }
      }),
    );
  });

  it("comes through a large burst, and is of use afterwards [SCHED-01]", () => {
    const queue = new ReadyQueue();
    for (let round = 0; round < 2; round++) {
      for (let id = 0; id < 10_000; id++) queue.push(new Entry(id));
      for (let id = 0; id < 10_000; id++) assert.equal((queue.shift() as Entry).id, id);
      assert.equal(queue.shift(), undefined);
      assert.equal(queue.length, 0);
    }
  });
});

describe("the list of reactions", () => {
  it("keeps its order whatever is appended and removed, and hands over each once [FUT-09 FUT-10]", () => {
    const commands = fc.array(
      fc.oneof(
        { arbitrary: fc.constant({ kind: "append" as const, index: 0 }), weight: 50 },
        { arbitrary: fc.record({ kind: fc.constant("remove" as const), index: fc.nat() }), weight: 40 },
        { arbitrary: fc.constant({ kind: "drain" as const, index: 0 }), weight: 5 },
      ),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(commands, (taken) => {
        const list = new ReactionList();
        const all: Entry[] = [];
        let model: Entry[] = [];
        for (const { kind, index } of taken) {
          if (kind === "append") {
            const entry = new Entry(all.length);
            all.push(entry);
            model.push(entry);
            list.append(entry);
          } else if (kind === "remove") {
            const entry = all[index % Math.max(all.length, 1)];
            if (entry === undefined) continue;
            list.remove(entry); // of one that is not in the list: nothing
            model = model.filter((other) => other !== entry);
          } else {
            const drained: Reaction[] = [];
            list.drain((reaction) => drained.push(reaction));
            assert.deepEqual(drained, model);
            model = [];
          }
          assert.deepEqual([...list], model);
        }
      }),
    );
  });

  it("leaves what is appended or removed while it is drained for later [FUT-09 FUT-10]", () => {
    const list = new ReactionList();
    const [first, second, late] = [new Entry(1), new Entry(2), new Entry(3)];
    list.append(first);
    list.append(second);
    const drained: Reaction[] = [];
    list.drain((reaction) => {
      drained.push(reaction);
      if (reaction !== first) return;
      list.append(late);
      list.remove(second);
    });
    assert.deepEqual(drained, [first, second]);
    assert.deepEqual([...list], [late]);
  });
});
