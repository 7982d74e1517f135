import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { newEventLoop, run } from "gyre";
import { checkEventLoop, type CheckResult, ConformanceError, VirtualEventLoop } from "gyre/testing";
import { allChecks } from "#gyre/testing/check-event-loop/all-checks.js";
import { fromRoot } from "../../../scripts/lib/paths.ts";
import { parseRows } from "../../../scripts/lib/rows.ts";
import { guardLeaks } from "../../support/leaks.ts";
import { DeafDriver, loopOn } from "./faulty-drivers.ts";

const FIRST = "order: callSoon runs first in, first out";
const node = () => newEventLoop("node");
const code = (expected: string) => ({ code: expected });

describe("checkEventLoop", () => {
  guardLeaks();

  it("runs the topics, titles and rows that it is told", async () => {
    const seen: CheckResult[] = [];
    const onResult = (result: CheckResult): void => void seen.push(result);
    const report = await checkEventLoop(node, { only: ["clock", FIRST, "SCHED-05"], onResult });
    assert.deepEqual(report.results, seen);
    assert.equal(report.passed, seen.length);
    for (const { title, rows } of seen)
      assert.ok(title.startsWith("clock: ") || title === FIRST || rows.includes("SCHED-05"), title);
    assert.ok(seen.some(({ title }) => title === FIRST));
    assert.ok(seen.every(({ duration }) => duration >= 0));
  });

  it("skips what it is told, and says why", async () => {
    const { results, skipped } = await checkEventLoop(node, {
      only: ["clock"],
      skip: { clock: "it is set at night" },
    });
    assert.equal(skipped, results.length);
    assert.deepEqual(new Set(results.map(({ reason }) => reason)), new Set(["it is set at night"]));
  });

  it("skips what the loop has not, and says what that is", async () => {
    const options = { only: ["streams", "deadlock"], capabilities: { realtime: false, network: false } };
    const { results } = await checkEventLoop(() => new VirtualEventLoop(), options);
    assert.deepEqual(
      new Set(results.map(({ reason }) => reason)),
      new Set(["the loop has not: network", "the loop has not: stall"]),
    );
  });

  it("rejects with all failures, goes on after one that hangs, and says where it hung", async () => {
    const only = ["clock", "tasks: end with their group", "order: callSoon passes the arguments"];
    const checking = checkEventLoop(loopOn(DeafDriver), { only, timeout: 100 });
    await assert.rejects(checking, (error) => {
      assert.ok(error instanceof ConformanceError);
      assert.equal(error.code, "GYRE_CONFORMANCE");
      assert.ok(error.report.failed >= 3, error.message);
      assert.match(error.message, /^\d+ of \d+ checks failed:/);
      assert.match(
        error.message,
        /tasks: end with their group \[TG-03\]\n {4}The check did not end within 100 ms/,
      );
      assert.match(error.message, /This task waits:\n +- Task "Task-1", running/);
      return true;
    });
  });

  it("can be called by code of another loop", async () => {
    const { passed } = await run(() => checkEventLoop(node, { only: ["clock"] }));
    assert.ok(passed > 0);
  });

  it("refuses what makes no sense", async () => {
    const wrong = checkEventLoop as (...args: unknown[]) => Promise<unknown>;
    for (const args of [
      [],
      [5],
      [node, { only: "clock" }],
      [node, { skip: ["clock"] }],
      [node, { timeout: "1" }],
      [node, { onResult: 5 }],
    ])
      assert.throws(() => wrong(...args), code("GYRE_INVALID_ARGUMENT"), String(args));
    assert.throws(() => wrong(node, { timeout: 0 }), code("GYRE_OUT_OF_RANGE"));
    await assert.rejects(wrong(node, { only: ["weather"] }), code("GYRE_OUT_OF_RANGE"));
    await assert.rejects(
      wrong(() => ({})),
      code("GYRE_INVALID_ARGUMENT"),
    );
  });

  it("has checks with a title of their own, each for rows that there are", () => {
    const rows = new Set(parseRows(readFileSync(fromRoot("docs/features.md"), "utf8")));
    const unknown = allChecks.flatMap((check) => check.rows.filter((row) => !rows.has(row)));
    assert.deepEqual(unknown, []);
    assert.equal(new Set(allChecks.map(({ title }) => title)).size, allChecks.length);
    assert.ok(allChecks.every((check) => check.rows.length > 0));
  });
});
