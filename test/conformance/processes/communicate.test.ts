import assert from "node:assert/strict";
import {
  createSubprocessExec,
  createSubprocessShell,
  createTask,
  DEVNULL,
  PIPE,
  ProcessError,
  sleep,
  STDOUT,
  timeout,
  TimeoutError,
} from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { guardProcesses, marked, soon } from "./support.ts";

const BOTH = { stdin: PIPE, stdout: PIPE } as const;

describeOnLoops("communicate", ({ it, run }) => {
  guardProcesses();

  it("writes, reads to the end, and waits [SUB-01 SUB-10]", () =>
    run(async () => {
      const child = await createSubprocessExec("sh", ["-c", "cat; echo err >&2; exit 3"], {
        ...BOTH,
        stderr: PIPE,
      });
      const [out, err] = await child.communicate("hello");
      assert.deepEqual([String(out), String(err), child.returncode], ["hello", "err\n", 3]);
    }));

  it("gives null for what is no pipe, and ignores its input there [SUB-10]", () =>
    run(async () => {
      const child = await createSubprocessExec("true", [], { stdin: DEVNULL });
      assert.deepEqual(await child.communicate("ignored"), [null, null]);
      assert.deepEqual([child.stdin, child.stdout, child.stderr], [null, null, null]);
    }));

  it("closes stdin though there is no input [SUB-10]", () =>
    run(async () => {
      for (const input of [undefined, null, "", new Uint8Array()]) {
        const child = await createSubprocessExec("cat", [], BOTH);
        const [out] = await child.communicate(input);
        assert.equal(out?.length, 0);
      }
    }));

  it("keeps the order of both outputs with STDOUT [SUB-03]", () =>
    run(async () => {
      const child = await createSubprocessShell("echo 1; echo 2 >&2; echo 3; echo 4 >&2", {
        stdout: PIPE,
        stderr: STDOUT,
      });
      assert.deepEqual((await child.communicate()).map(String), ["1\n2\n3\n4\n", "null"]);
    }));

  it("passes every argument through the merging of outputs as it is [SUB-03]", () =>
    run(async () => {
      const args = ["-c", 'printf "[%s]" "$@" >&2', "x", "a b", "$HOME", "'", "", "*"];
      const child = await createSubprocessExec("sh", args, { stdout: PIPE, stderr: STDOUT });
      assert.equal(String((await child.communicate())[0]), "[a b][$HOME]['][][*]");
    }));

  it("sends more than a pipe holds in all directions at once [SUB-10 SUB-16]", () =>
    run(async () => {
      const size = 3_000_000;
      const script = `head -c ${size} /dev/zero >&2 & head -c ${size} /dev/zero; wait; wc -c`;
      const child = await createSubprocessShell(script, { stdin: PIPE, stdout: PIPE, stderr: PIPE });
      const [out, err] = await child.communicate(Buffer.alloc(size));
      assert.equal(err?.length, size);
      assert.equal(String(out?.subarray(size)).trim(), String(size));
    }));

  it("does not mind a child that does not read its input [SUB-10]", () =>
    run(async () => {
      const child = await createSubprocessExec("true", [], { stdin: PIPE, stdout: PIPE });
      assert.deepEqual((await child.communicate(Buffer.alloc(1_000_000)))[0]?.length, 0);
      const closing = await createSubprocessShell("exec 0<&-; sleep 0.05; echo done", BOTH);
      assert.equal(String((await closing.communicate(Buffer.alloc(1_000_000)))[0]), "done\n");
    }));

  it("goes on with a child that closes its outputs and lives [SUB-10]", () =>
    run(async () => {
      const child = await createSubprocessShell("exec >&- 2>&-; sleep 0.1; exit 4", {
        stdout: PIPE,
        stderr: PIPE,
      });
      assert.deepEqual((await child.communicate()).map(String), ["", ""]);
      assert.equal(child.returncode, 4);
    }));

  it("refuses input that is neither bytes nor text, at once [SUB-10]", () =>
    run(async () => {
      const child = await createSubprocessExec("cat", [], BOTH);
      // @ts-expect-error a number is no input
      assert.throws(() => child.communicate(5), { code: "GYRE_INVALID_ARGUMENT" });
      await child.communicate();
    }));

  it("ends under a deadline though a grandchild holds the pipe", () =>
    run(async () => {
      const { env, living } = marked();
      const child = await createSubprocessShell("sleep 1000 & echo started; exit 0", { stdout: PIPE, env });
      await assert.rejects(
        timeout(100, () => child.communicate()),
        TimeoutError,
      );
      assert.deepEqual(living(), []);
      assert.equal(child.returncode, 0);
      assert.equal(String((await child.communicate())[0]), "started\n", "what came is not lost");
    }));

  it("ends under a deadline though somebody who escaped holds the pipe", () =>
    run(async () => {
      const { env, living } = marked();
      const child = await createSubprocessShell("(setsid sleep 1000 &) ; sleep 1000", { stdout: PIPE, env });
      await soon(() => living().length === 3, "the daemon is there");
      await sleep(20); // its parent has gone
      await assert.rejects(
        timeout(50, () => child.communicate()),
        TimeoutError,
      );
      for (const line of living()) process.kill(Number.parseInt(line, 10), "SIGKILL");
      await soon(() => living().length === 0, "the daemon has ended");
    }));

  it("has those who ignore SIGTERM killed after the grace", () =>
    run(async () => {
      const { env, living } = marked();
      const child = await createSubprocessShell(
        "trap '' TERM; echo ready; sleep 1000 & sleep 1000; sleep 1000",
        {
          stdout: PIPE,
          env,
          graceMs: 50,
        },
      );
      await child.stdout?.readline();
      const task = createTask(() => child.communicate());
      await sleep(1);
      task.cancel();
      await assert.rejects(async () => task, { code: "GYRE_CANCELLED" });
      assert.deepEqual([child.returncode, living()], [-9, []]);
    }));

  it("has them killed at once by a second cancellation", () =>
    run(async () => {
      const { env, living } = marked();
      const child = await createSubprocessShell(
        "trap '' TERM; echo ready; for i in 1 2 3 4; do sleep 1000; done",
        {
          stdout: PIPE,
          env,
          graceMs: 1_000_000,
        },
      );
      await child.stdout?.readline();
      const task = createTask(() => child.communicate());
      await sleep(1);
      task.cancel();
      await sleep(20);
      assert.equal(child.returncode, null);
      task.cancel();
      await assert.rejects(async () => task, { code: "GYRE_CANCELLED" });
      assert.deepEqual([child.returncode, living()], [-9, []]);
    }));

  it("lets those who heed SIGTERM clean up, and what they say can be read", () =>
    run(async () => {
      const child = await createSubprocessShell(
        "trap 'echo cleaned; exit 5' TERM; echo ready; while :; do sleep 0.02; done",
        { stdout: PIPE },
      );
      await child.stdout?.readline();
      await assert.rejects(
        timeout(20, () => child.communicate()),
        TimeoutError,
      );
      assert.equal(child.returncode, 5);
      assert.equal(String((await child.communicate())[0]), "cleaned\n");
      child.kill(); // the way of asyncio after a timeout: no error
    }));

  it("fails with `check` unless the exit code is 0, and says why", () =>
    run(async () => {
      const child = await createSubprocessExec("sh", ["-c", "echo out; echo 'no such thing' >&2; exit 2"], {
        stdout: PIPE,
        stderr: PIPE,
        check: true,
      });
      await assert.rejects(child.communicate(), (error) => {
        assert.ok(error instanceof ProcessError);
        assert.equal(
          error.message,
          "The command exited with code 2: sh -c 'echo out; echo '\\''no such thing'\\'' >&2; exit 2'\nno such thing",
        );
        assert.deepEqual(
          [error.code, error.returncode, error.signal, String(error.stdout), String(error.stderr)],
          ["GYRE_PROCESS_FAILED", 2, null, "out\n", "no such thing\n"],
        );
        return true;
      });
      const killed = await createSubprocessShell("kill -9 $$", { check: true });
      await assert.rejects(killed.check(), {
        message: /was ended by SIGKILL: kill -9 \$\$/,
        signal: "SIGKILL",
      });
      const fine = await createSubprocessExec("true", [], { check: true });
      await fine.check();
      await fine.communicate();
    }));
});
