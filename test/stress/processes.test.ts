/** Children by the hundred, and pipes full of data. */
import assert from "node:assert/strict";
import { createSubprocessExec, createSubprocessShell, createTask, gather, PIPE, sleep, timeout } from "gyre";
import { guardProcesses, marked, soon } from "../conformance/processes/support.ts";
import { describeOnLoops } from "../support/loops.ts";

const LARGE = 200_000_000; // bytes
const PATIENCE = 60_000; // ms

describeOnLoops("child processes under load", ({ it, run }) => {
  guardProcesses();

  it("send 200 MB through each of three pipes at once", () =>
    run(async () => {
      const script = `head -c ${LARGE} /dev/zero >&2 & wc -c; head -c ${LARGE} /dev/zero & wait`;
      const child = await createSubprocessShell(script, { stdin: PIPE, stdout: PIPE, stderr: PIPE });
      const [out, err] = await child.communicate(Buffer.alloc(LARGE));
      assert.equal(err?.length, LARGE);
      assert.equal(out?.length, LARGE + `${LARGE}\n`.length);
    }));

  it("send 200 MB each way through one filter", () =>
    run(async () => {
      const child = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
      assert.equal((await child.communicate(Buffer.alloc(LARGE)))[0]?.length, LARGE);
    }));

  it("start 200 at once, talk to each, and end them all", () =>
    run(async () => {
      const { env, living } = marked();
      const talk = async (index: number): Promise<string> => {
        const child = await createSubprocessShell("cat; exit 3", {
          env,
          stdin: PIPE,
          stdout: PIPE,
          dieWithParent: index % 2 === 0,
        });
        const [out] = await child.communicate(`${index}`);
        return `${String(out)} ${child.returncode}`;
      };
      const numbers = Array.from({ length: 200 }, (_, index) => index);
      const answers = await gather(numbers.map((index) => () => talk(index)));
      assert.deepEqual(
        answers,
        numbers.map((index) => `${index} 3`),
      );
      assert.deepEqual(living(), []);
    }));

  it("end 200 trees when the task that made them is cancelled", () =>
    run(async () => {
      const { env, living } = marked();
      const task = createTask(async () => {
        for (let count = 0; count < 200; count++)
          await createSubprocessShell("trap '' HUP; sleep 1000 & setsid sleep 1000 & sleep 1000", { env });
        await sleep(60_000);
      });
      await soon(() => living().length === 800, "the trees are there", PATIENCE);
      task.cancel();
      await assert.rejects(async () => task, { code: "GYRE_CANCELLED" });
      await soon(() => living().length === 0, "the trees have ended", PATIENCE);
    }));

  it("leave nothing when they are cancelled at any moment", () =>
    run(async () => {
      const { env, living } = marked();
      for (let count = 0; count < 150; count++) {
        const task = createTask(async () => {
          const options = { env, stdin: PIPE, stdout: PIPE, dieWithParent: count % 3 === 0 } as const;
          const child = await createSubprocessShell(
            "sh -c 'sleep 1000 & sleep 1000' & cat; sleep 1000",
            options,
          );
          await child.communicate("x".repeat(100_000));
        });
        await timeout(Math.random() * 15, () => sleep(60_000)).catch(() => undefined);
        task.cancel();
        await assert.rejects(async () => task, { code: "GYRE_CANCELLED" });
      }
      await soon(() => living().length === 0, "no tree is left");
    }));
});
