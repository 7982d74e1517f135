/** White box: with more events than there is time for, nobody is left out. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { socketpair } from "gyre/socket";
import { Poller } from "#gyre/loops/selector/poller.js";
import { READABLE } from "#gyre/native/readiness.js";
import { describeNative } from "../../support/descriptors.ts";

const MANY = 300;
const WORK = 0.1; // ms for each event
const ROUNDS = 40; // in each of which there is time for a part of them

describeNative("a selector loop whose descriptors are always ready", () => {
  it("comes to each of them", async () => {
    const poller = new Poller("the test", (reports) => reports());
    const pairs = Array.from({ length: MANY }, () => socketpair());
    const calls = new Array<number>(MANY).fill(0);
    const watches = pairs.map(([left, right], index) => {
      right.send("x");
      return poller.add(left.fileno(), {
        onReadable: () => {
          calls[index] = (calls[index] ?? 0) + 1;
          for (const end = performance.now() + WORK; performance.now() < end;);
        },
        onWritable: () => undefined,
      });
    });
    for (const watch of watches) watch.want(READABLE);
    for (let round = 0; round < ROUNDS; round++) await turn();
    for (const watch of watches) watch.close();
    poller.close();
    for (const pair of pairs) for (const socket of pair) socket.close();
    assert.deepEqual(
      calls.filter((count) => count === 0),
      [],
    );
  });
});
