import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { allTasks, checkpoint, createTask, isCancelled, run, type Task } from "gyre";
import { runVirtual } from "gyre/testing";
import { guardLeaks } from "../../support/leaks.ts";
import { Books, leaves, type Program, programs } from "./programs.ts";

/** Runs per property; `GYRE_PROPERTY_RUNS=100000` looks longer. A failure prints its seed. */
const RUNS = Number(process.env["GYRE_PROPERTY_RUNS"] ?? 2500);

/** When the root is cancelled from outside, in turns of the loop from its start. */
const cancellations = fc.array(fc.nat({ max: 12 }), { maxLength: 3 });

describe("random trees of groups, tasks and timeouts", () => {
  guardLeaks();

  it("end with nothing alive, every finally run once, and every error thrown [TG-03 TG-04 TG-06 TG-12]", () =>
    check(fc.tuple(programs, fc.constant<number[]>([]))));

  it("do so when they are cancelled from outside, and do not end well then [TG-08 TG-09 TG-10 TO-05]", () =>
    check(fc.tuple(programs, cancellations)));

  it("do so in whatever order independent steps come [TG-03 TG-04 TG-08 TG-12]", () =>
    fc.assert(
      fc.asyncProperty(programs, cancellations, fc.nat(), (program, cancelAt, seed) =>
        runVirtual((main) => checkOne(main, program, cancelAt), { seed }),
      ),
      { numRuns: RUNS, includeErrorInReport: true },
    ));
});

function check(cases: fc.Arbitrary<readonly [Program, readonly number[]]>): Promise<void> {
  return run((main) =>
    fc.assert(
      fc.asyncProperty(cases, ([program, cancelAt]) => checkOne(main, program, cancelAt)),
      { numRuns: RUNS, includeErrorInReport: true },
    ),
  );
}

async function checkOne(main: Task<unknown>, program: Program, cancelAt: readonly number[]): Promise<void> {
  const books = new Books();
  const root = createTask(() => books.run(program));
  const accepted = await cancelFromOutside(root, cancelAt);
  const outcome = await outcomeOf(root);
  assert.equal(books.alive, 0, "something runs on");
  assert.deepEqual([...allTasks()], [main], "a task is alive");
  assert.ok(
    books.finallyRuns.every((count) => count === 1),
    "each finally block runs once",
  );
  assert.equal(root.cancelling(), accepted, "every request of a group or a timeout is taken back");
  const found = outcome.failed ? leaves(outcome.error) : [];
  for (const error of books.thrown) assert.ok(found.includes(error), `${error.message} is lost`);
  for (const error of found) {
    assert.ok(books.thrown.includes(error as Error) || isCancelled(error), `unexpected: ${String(error)}`);
  }
  if (accepted > 0) assert.ok(outcome.failed, "cancelled, but ended well");
  else if (outcome.failed) assert.ok(books.thrown.length > 0, "nobody cancelled it, and nothing failed");
}

/** How many requests came in time. */
async function cancelFromOutside(root: Task<unknown>, cancelAt: readonly number[]): Promise<number> {
  let accepted = 0;
  const last = Math.max(-1, ...cancelAt);
  for (let turn = 0; turn <= last; turn++) {
    for (const at of cancelAt) if (at === turn && root.cancel()) accepted++;
    await checkpoint();
  }
  return accepted;
}

type Outcome = { readonly failed: false } | { readonly failed: true; readonly error: unknown };

async function outcomeOf(root: Task<void>): Promise<Outcome> {
  try {
    await root;
    return { failed: false };
  } catch (error) {
    return { failed: true, error };
  }
}
