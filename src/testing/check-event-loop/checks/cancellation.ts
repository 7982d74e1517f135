/** A cancellation arrives, runs the clean-up, and leaves nothing behind. */

import { isCancelled } from "../../../core/errors.ts";
import { createTask } from "../../../tasks/current.ts";
import { gather } from "../../../tasks/gather.ts";
import { shield } from "../../../tasks/shield.ts";
import { checkpoint, sleep } from "../../../tasks/sleep.ts";
import { timeout } from "../../../tasks/timeout.ts";
import { waitFor } from "../../../tasks/wait-for.ts";
import { inside, topic } from "../check.ts";
import { expect, expectEqual, expectRejection } from "../expect.ts";
import { hostTimeout } from "../support/host.ts";

const LONG = 600_000; // ms, that nobody waits for

export const cancellationChecks = topic(
  "cancellation",
  [],
  [
    inside(
      "wakes a task that sleeps, and takes its timer back",
      "TASK-12 SCHED-08",
      async ({ loop, waits }) => {
        const task = createTask(() => sleep(LONG));
        await checkpoint();
        task.cancel();
        await expectRejection(
          waits.during("for a cancelled task", task),
          "GYRE_CANCELLED",
          "a cancelled task ends with CancelledError",
        );
        expectEqual(loop.statistics().timers, 0, "its timer is gone");
      },
    ),
    inside("before the first step prevents it", "TASK-16", async ({ waits }) => {
      let begun = false;
      const task = createTask(async () => {
        begun = true;
      });
      task.cancel();
      await expectRejection(
        waits.during("for a cancelled task", task),
        "GYRE_CANCELLED",
        "it ends cancelled",
      );
      expect(!begun, "its function is never called", "it was");
    }),
    inside("wakes a task that waits for a future", "TASK-12", async ({ loop, waits }) => {
      const future = loop.createFuture<void>();
      const task = createTask(async () => future);
      await checkpoint();
      task.cancel("enough");
      await expectRejection(
        waits.during("for a cancelled task", task),
        "GYRE_CANCELLED",
        "it ends cancelled",
      );
      expect(future.cancelled(), "what it waited for is cancelled", "the future is not");
    }),
    inside("lets the clean-up wait", "TASK-12 TASK-20", async ({ waits }) => {
      const order: string[] = [];
      const task = createTask(async () => {
        try {
          await sleep(LONG);
        } catch (error) {
          order.push(String(isCancelled(error)));
          throw error;
        } finally {
          await sleep(1);
          order.push("clean");
        }
      });
      await checkpoint();
      task.cancel();
      await expectRejection(
        waits.during("for the clean-up of a cancelled task", task),
        "GYRE_CANCELLED",
        "it ends cancelled",
      );
      expectEqual(order, ["true", "clean"], "finally may await");
    }),
    inside(
      "from a callback of the host",
      "TASK-12",
      async ({ loop, waits }) => {
        const future = loop.createFuture<void>();
        const task = createTask(async () => future);
        hostTimeout(() => task.cancel(), 2);
        await expectRejection(
          waits.during("for a task that the host cancels", task),
          "GYRE_CANCELLED",
          "it ends cancelled",
        );
      },
      "outside",
    ),
    inside("of a hundred tasks at once", "TASK-12", async ({ loop, waits }) => {
      const tasks = Array.from({ length: 100 }, () => createTask(() => sleep(LONG)));
      await checkpoint();
      for (const task of tasks) task.cancel();
      await waits.during("for a hundred cancelled tasks", gather(tasks, { returnExceptions: true }));
      expect(
        tasks.every((task) => task.cancelled()),
        "each ends cancelled",
        "some did not",
      );
      expectEqual(
        [loop.statistics().timers, loop.statistics().tasks],
        [0, 1],
        "nothing is left: [timers, tasks]",
      );
    }),
    inside("by a timeout", "TO-04", async ({ loop, waits }) => {
      const since = loop.time();
      await expectRejection(
        waits.during(
          "for a timeout of 3 ms",
          timeout(3, () => sleep(LONG)),
        ),
        "GYRE_TIMEOUT",
        "timeout() ends what takes too long",
      );
      expect(loop.time() - since >= 3, "a timeout is never early", `it came after ${loop.time() - since} ms`);
      expectEqual(loop.statistics().timers, 0, "no timer is left");
    }),
    inside("is not in the way of what is quick", "TO-05 WAIT-08", async ({ loop }) => {
      expectEqual(
        await timeout(LONG, () => sleep(1, "quick")),
        "quick",
        "a timeout that is not needed changes nothing",
      );
      expectEqual(await waitFor(() => sleep(1, "quick"), LONG), "quick", "nor does waitFor");
      expectEqual(loop.statistics().timers, 0, "no timer is left");
    }),
    inside("by waitFor, which waits for the end", "WAIT-08", async ({ waits }) => {
      let ended = false;
      const work = async (): Promise<void> => {
        try {
          await sleep(LONG);
        } finally {
          await sleep(1);
          ended = true;
        }
      };
      await expectRejection(
        waits.during("for waitFor", waitFor(work, 2)),
        "GYRE_TIMEOUT",
        "waitFor ends what takes too long",
      );
      expect(ended, "waitFor returns when the work has ended", "it has not");
    }),
    inside("stops at a shield", "WAIT-12", async ({ waits }) => {
      const inner = createTask(() => sleep(3, "kept"));
      const outer = createTask(async () => shield(inner));
      await checkpoint();
      outer.cancel();
      await expectRejection(outer, "GYRE_CANCELLED", "who waits is cancelled");
      expectEqual(await waits.during("for the shielded task", inner), "kept", "what is shielded goes on");
    }),
  ],
);
