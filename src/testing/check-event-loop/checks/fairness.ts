/** A busy loop keeps nobody waiting: neither the host, nor its own timers, nor its I/O. */

import type { EventLoop } from "../../../core/event-loop.ts";
import { createTask } from "../../../tasks/current.ts";
import { sleep } from "../../../tasks/sleep.ts";
import { inside, topic } from "../check.ts";
import { expect, expectEqual } from "../expect.ts";
import { burn, hostImmediate, hostTimeout } from "../support/host.ts";
import { withPair } from "../support/pairs.ts";

const OFTEN = 5; // times that everybody must get to run while the loop is busy
const LIMIT = 2000; // ms in which they must
const MOST_IDLE_TURNS = 8;
const IDLE = 100; // ms, in which even on a busy machine more than that would fit
const LONG = 100_000; // callbacks that are ready at once

interface Counts {
  timeouts: number;
  immediates: number;
  timers: number;
}

/** Keeps the loop busy until all have run often, or the time is up. */
async function requireFairness(
  loop: EventLoop,
  busy: (over: () => boolean) => PromiseLike<unknown> | void,
): Promise<void> {
  const counts: Counts = { timeouts: 0, immediates: 0, timers: 0 };
  const limit = performance.now() + LIMIT;
  const over = (): boolean =>
    performance.now() >= limit || Object.values(counts).every((count: number) => count >= OFTEN);
  const ended = loop.createFuture<void>();
  const onTimeout = (): void => {
    counts.timeouts++;
    if (!over()) hostTimeout(onTimeout, 1);
    else if (!ended.done()) ended.setResult();
  };
  const onImmediate = (): void => {
    counts.immediates++;
    if (!over()) hostImmediate(onImmediate);
  };
  const onTimer = (): void => {
    counts.timers++;
    if (!over()) loop.callLater(1, onTimer);
  };
  hostTimeout(onTimeout, 1);
  hostImmediate(onImmediate);
  loop.callLater(1, onTimer);
  await busy(over);
  await ended;
  await sleep(3);
  for (const [who, count] of Object.entries(counts))
    expect(
      count >= OFTEN,
      "a busy loop lets the host and due timers have a turn every few milliseconds",
      `in ${LIMIT} ms the ${who} ran ${count} times`,
    );
}

export const fairnessChecks = topic(
  "fairness",
  ["realtime", "outside"],
  [
    inside("callbacks that queue themselves again for ever", "LOOP-13", ({ loop }) =>
      requireFairness(loop, (over) => {
        const again = (): void => {
          if (!over()) loop.callSoon(again);
        };
        for (let count = 0; count < 3; count++) loop.callSoon(again);
      }),
    ),
    inside("tasks that loop on sleep(0)", "LOOP-13 WAIT-01", ({ loop }) =>
      requireFairness(loop, async (over) => {
        const spin = async (): Promise<void> => {
          while (!over()) await sleep(0);
        };
        const tasks = [createTask(spin), createTask(spin)];
        for (const task of tasks) await task;
      }),
    ),
    inside("tasks that start each other", "LOOP-13", ({ loop }) =>
      requireFairness(loop, async (over) => {
        while (!over()) await createTask(async () => createTask(async () => 1));
      }),
    ),
    inside("timers of zero that start themselves again", "LOOP-13 SCHED-06", ({ loop }) =>
      requireFairness(loop, (over) => {
        const again = (): void => {
          if (!over()) loop.callLater(0, again);
        };
        again();
      }),
    ),
    inside("callbacks that compute", "LOOP-13", ({ loop }) =>
      requireFairness(loop, (over) => {
        const again = (): void => {
          burn(1);
          if (!over()) loop.callSoon(again);
        };
        again();
      }),
    ),
    inside("a long line of ready callbacks", "LOOP-13 SCHED-01", async ({ loop }) => {
      let called = 0;
      let hostTurns = 0;
      for (let count = 0; count < LONG; count++) loop.callSoon(() => void called++);
      const onImmediate = (): void => {
        hostTurns++;
        if (called < LONG) hostImmediate(onImmediate);
      };
      hostImmediate(onImmediate);
      const ended = loop.createFuture<void>();
      loop.callSoon(() => ended.setResult());
      await ended;
      expectEqual(called, LONG, "each is called");
      expect(hostTurns >= 2, "the host has turns while a long line runs", `it had ${hostTurns}`);
      await sleep(2);
    }),
    inside("a loop that waits does not spin", "LOOP-13 SCHED-03", async ({ loop }) => {
      const never = [2 ** 40, Number.POSITIVE_INFINITY].map((delay) =>
        loop.callLater(delay, () => undefined),
      );
      const before = loop.statistics().turns;
      await sleep(IDLE);
      const awakened = loop.createFuture<void>();
      hostTimeout(() => awakened.setResult(), IDLE);
      await awakened; // now only the far deadlines are left
      const turns = loop.statistics().turns - before;
      expect(
        turns <= MOST_IDLE_TURNS,
        "deadline() is called at the moment given to setDeadline, and not before",
        `${2 * IDLE} ms of waiting took ${turns} turns`,
      );
      for (const timer of never) timer.cancel();
      await sleep(0);
    }),
    inside("a host that is busy with its own", "LOOP-13", async ({ loop, waits }) => {
      let busy = true;
      const hog = (): void => {
        burn(1);
        if (busy) hostImmediate(hog);
      };
      hostImmediate(hog);
      try {
        for (let count = 0; count < 10; count++)
          await waits.during(() => `for sleep ${count + 1} of 10 beside a busy host`, sleep(1));
        const soon = loop.createFuture<void>();
        loop.callSoon(() => soon.setResult());
        await waits.during("for a callback beside a busy host", soon);
      } finally {
        busy = false;
      }
    }),
    inside(
      "a connection beside callbacks without an end",
      "LOOP-13 TR-04",
      (context) =>
        withPair(context, async ({ client, server }) => {
          const { loop } = context;
          let busy = true;
          const again = (): void => {
            if (busy) loop.callSoon(again);
          };
          again();
          try {
            for (let round = 1; round <= 20; round++) {
              client.transport.write("x");
              await server.untilLength(round);
            }
          } finally {
            busy = false;
          }
        }),
      "network",
    ),
  ],
);
