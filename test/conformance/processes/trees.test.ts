/** Whose end is whose: tasks, timeouts, groups, and the trees of processes that they started. */
import assert from "node:assert/strict";
import {
  createSubprocessShell,
  createTask,
  PIPE,
  type Process,
  sleep,
  taskGroup,
  timeout,
  TimeoutError,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { runProgram } from "../support/programs.ts";
import { guardProcesses, marked, soon } from "./support.ts";

const TREE = "sh -c 'sleep 1000 & sleep 1000' & setsid sleep 1000 & sleep 1000";
const SIZE = 6; // processes of it

describeOnLoops("a tree of processes", ({ it, run, name }) => {
  guardProcesses();

  it("ends with the task that made it, when that is cancelled", () =>
    run(async () => {
      const { env, living } = marked();
      const task = createTask(async () => {
        const child = await createSubprocessShell(TREE, { env });
        await child.wait();
      });
      await soon(() => living().length === SIZE, "the tree is there");
      task.cancel();
      await assert.rejects(async () => task, { code: "GYRE_CANCELLED" });
      await soon(() => living().length === 0, "the tree has ended");
    }));

  it("outlives a task that returns", () =>
    run(async () => {
      const { env, living } = marked();
      const child = await createTask(() => createSubprocessShell(TREE, { env }));
      await soon(() => living().length === SIZE, "the tree is there");
      await child.end();
      assert.deepEqual(living(), []);
    }));

  it("ends with the timeout that it was made in, and with no other", () =>
    run(async () => {
      const { env, living } = marked();
      const inside: Process[] = [];
      await using outside = await createSubprocessShell("sleep 1000");
      await assert.rejects(
        timeout(200, async () => {
          inside.push(await timeout(60_000, () => createSubprocessShell(TREE, { env })));
          await sleep(60_000);
        }),
        TimeoutError,
      );
      await soon(() => living().length === 0, "the tree has ended");
      await sleep(20);
      assert.deepEqual([outside.returncode, inside[0]?.statistics().endedByGyre], [null, true]);
    }));

  it("ends with a group whose member fails", () =>
    run(async () => {
      const { env, living } = marked();
      const failing = taskGroup(async (group) => {
        group.createTask(async () => {
          const child = await createSubprocessShell(TREE, { env, stdout: PIPE });
          await child.communicate();
        });
        await soon(() => living().length === SIZE, "the tree is there");
        throw new Error("no");
      });
      await assert.rejects(failing, { code: "GYRE_EXCEPTION_GROUP" });
      assert.deepEqual(living(), []);
    }));

  it("ends with the block that it was declared in", () =>
    run(async () => {
      const { env, living } = marked();
      const block = async (): Promise<void> => {
        await using child = await createSubprocessShell(TREE, { env });
        await soon(() => living().length === SIZE, "the tree is there");
        assert.equal(child.returncode, null);
      };
      await block();
      assert.deepEqual(living(), []);
    }));

  it("ends though a member of it was stopped", () =>
    run(async () => {
      const { env, living } = marked();
      await using child = await createSubprocessShell("sleep 1000", { env });
      child.sendSignal("SIGSTOP");
      await child.end();
      assert.deepEqual([child.returncode, living()], [-15, []]);
    }));

  it("leaves nothing, whenever the start is cancelled [SUB-17]", () =>
    run(async () => {
      const { env, living } = marked();
      for (let turns = 0; turns < 12; turns++) {
        const task = createTask(async () => {
          const child = await createSubprocessShell("sleep 1000 & sleep 1000", {
            env,
            stdout: PIPE,
            stdin: PIPE,
          });
          await child.wait();
        });
        for (let turn = 0; turn < turns; turn++) await sleep(0);
        task.cancel();
        await assert.rejects(async () => task, { code: "GYRE_CANCELLED" });
      }
      await soon(() => living().length === 0, "no tree is left");
    }));

  it("ends when Ctrl-C cancels main, and run() waits for its clean-up", async () => {
    const { env, living } = marked();
    const { stdout } = await runProgram(
      `import { createSubprocessShell, run } from "gyre";
       await run(async () => {
         const child = await createSubprocessShell(
           "trap 'echo cleaned; exit' TERM; sleep 1000 & echo ready; while :; do sleep 0.02; done");
         await child.wait();
       }, { loop: "${name}" }).catch((error) => console.log(error.name));`,
      { env, signals: [["ready", "SIGINT"]] },
    );
    assert.equal(stdout, "ready\ncleaned\nKeyboardInterrupt\n");
    assert.deepEqual(living(), []);
  });

  it("gets Ctrl-C from a program that does not listen to it", async () => {
    const { env, living } = marked();
    const { stdout, code } = await runProgram(
      `import { createSubprocessShell, run } from "gyre";
       await run(async () => {
         const child = await createSubprocessShell("sleep 1000 & echo ready; sleep 1000");
         await child.wait();
       }, { loop: "${name}", handleSignals: false });`,
      { env, signals: [["ready", "SIGINT"]] },
    );
    assert.deepEqual([stdout, code], ["ready\n", null]);
    await soon(() => living().length === 0, "the tree has ended");
  });
});
