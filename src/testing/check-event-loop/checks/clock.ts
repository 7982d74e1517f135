/** The loop's clock. */

import { sleep } from "../../../tasks/sleep.ts";
import { inside, outside, topic } from "../check.ts";
import { expect } from "../expect.ts";

export const clockChecks = topic(
  "clock",
  [],
  [
    inside("never goes back", "SCHED-07", async ({ loop }) => {
      let last = loop.time();
      for (let count = 0; count < 2000; count++) {
        const now = loop.time();
        expect(now >= last, "time() never goes back", `it went from ${last} to ${now}`);
        last = now;
        if (count % 100 === 0) await sleep(0.1);
      }
    }),
    inside("is a number, and counts milliseconds of the loop's sleeps", "SCHED-07", async ({ loop }) => {
      const before = loop.time();
      expect(Number.isFinite(before), "time() is a finite number of milliseconds", `it is ${before}`);
      await sleep(10);
      expect(
        loop.time() - before >= 10,
        "sleep(10) lasts 10 ms by the loop's clock",
        `it lasted ${loop.time() - before}`,
      );
    }),
    inside(
      "counts the host's milliseconds",
      "SCHED-07",
      async ({ loop }) => {
        const outerStart = performance.now();
        const start = loop.time();
        const innerStart = performance.now();
        await sleep(15);
        const innerEnd = performance.now();
        const took = loop.time() - start;
        const outer = performance.now() - outerStart;
        const slack = 1 + outer * 0.02; // two clocks of one machine
        expect(
          took >= innerEnd - innerStart - slack && took <= outer + slack,
          "a real clock counts milliseconds",
          `${took} of its milliseconds were ${outer}`,
        );
      },
      "realtime",
    ),
    outside("can be read when the loop is closed", "SCHED-07 LOOP-07", async ({ loop }) => {
      const before = loop.time();
      await loop.close();
      expect(
        loop.time() >= before,
        "time() works on a closed loop too",
        `it gave ${loop.time()} after ${before}`,
      );
    }),
  ],
);
