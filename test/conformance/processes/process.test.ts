import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createSubprocessExec,
  createSubprocessShell,
  createTask,
  gather,
  getRunningLoop,
  PIPE,
  sleep,
  STDOUT,
} from "gyre";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { runProgram } from "../support/programs.ts";
import { guardProcesses, marked, soon } from "./support.ts";

describeOnLoops("a child process", ({ it, run, name }) => {
  guardProcesses();

  it("inherits the three streams by default [SUB-01 SUB-02]", async () => {
    const { stdout, stderr } = await runProgram(`
      import { createSubprocessExec, createSubprocessShell, run } from "gyre";
      await run(async () => {
        await (await createSubprocessExec("echo", ["to stdout"])).wait();
        await (await createSubprocessShell("echo to stderr >&2")).wait();
      }, { loop: "${name}" });
    `);
    assert.deepEqual([stdout, stderr], ["to stdout\n", "to stderr\n"]);
  });

  it("takes descriptors and FileHandles as its streams [SUB-03]", () =>
    run(async () => {
      const folder = mkdtempSync(join(tmpdir(), "gyre-"));
      const file = join(folder, "out");
      const fd = openSync(file, "w");
      const handle = await open("/etc/hostname");
      const child = await createSubprocessExec("sh", ["-c", "cat >/dev/null; echo a; echo b >&2"], {
        stdin: handle,
        stdout: fd,
        stderr: STDOUT,
      });
      assert.equal(await child.wait(), 0);
      assert.equal(readFileSync(file, "utf8"), "a\nb\n");
      closeSync(fd);
      await handle.close();
      rmSync(folder, { recursive: true });
    }));

  it("starts where and as it is told [SUB-05]", () =>
    run(async () => {
      const child = await createSubprocessExec("sh", ["-c", 'pwd; echo "$A-$HOME"'], {
        stdout: PIPE,
        cwd: "/",
        env: { A: "1", PATH: process.env["PATH"], HOME: undefined },
      });
      assert.equal(String((await child.communicate())[0]), "/\n1-\n");
      const named = await createSubprocessExec("sh", ["-c", "echo $0"], { stdout: PIPE, argv0: "other" });
      assert.equal(String((await named.communicate())[0]), "other\n");
    }));

  it("leads a session of its own, or shares ours [SUB-05]", () =>
    run(async () => {
      const session = async (options: object): Promise<[number, number]> => {
        const child = await createSubprocessExec("cat", ["/proc/self/stat"], { stdout: PIPE, ...options });
        const text = String((await child.communicate())[0]);
        return [child.pid, Number(text.replace(/^.*\) /s, "").split(" ")[3])];
      };
      const [pid, own] = await session({});
      assert.equal(own, pid);
      const [other, shared] = await session({ killTree: false });
      assert.notEqual(shared, other);
      const [third, asked] = await session({ killTree: false, startNewSession: true });
      assert.equal(asked, third);
    }));

  it("gets descriptors under their own numbers [SUB-05]", () =>
    run(async () => {
      const fd = openSync("/etc/hostname", "r");
      const child = await createSubprocessShell(`cat /proc/self/fd/${fd}`, { stdout: PIPE, passFds: [fd] });
      assert.equal(String((await child.communicate())[0]), readFileSync("/etc/hostname", "utf8"));
      closeSync(fd);
    }));

  it("is refused with options that asyncio refuses, or that cannot be [SUB-06]", () =>
    run(async () => {
      for (const option of [
        "text",
        "universalNewlines",
        "encoding",
        "errors",
        "bufsize",
        "shell",
        "preexecFn",
        "umask",
      ])
        await assert.rejects(createSubprocessExec("true", [], { [option]: true }), {
          code: "GYRE_OUT_OF_RANGE",
          message: new RegExp(`no option ${option}`),
        });
      await assert.rejects(createSubprocessExec("true", [], { limit: 0 }), { code: "GYRE_OUT_OF_RANGE" });
      // @ts-expect-error STDOUT is for stderr
      await assert.rejects(createSubprocessExec("true", [], { stdout: STDOUT }), {
        code: "GYRE_OUT_OF_RANGE",
      });
      await assert.rejects(createSubprocessExec("true", [], { stdout: -7 }), { code: "GYRE_OUT_OF_RANGE" });
      await assert.rejects(createSubprocessExec("tr\0ue"), { code: "GYRE_OUT_OF_RANGE" });
      for (const options of [
        { killTree: false, dieWithParent: true },
        { argv0: "other", stderr: STDOUT },
      ] as const) {
        await assert.rejects(createSubprocessExec("true", [], options), { code: "GYRE_OUT_OF_RANGE" });
      }
    }));

  it("is refused at once with arguments of the wrong type [SUB-01 SUB-02 SUB-13]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const refused = { code: "GYRE_INVALID_ARGUMENT" };
      // @ts-expect-error no program
      assert.throws(() => createSubprocessExec(5), refused);
      // @ts-expect-error asyncio's way to pass arguments
      assert.throws(() => createSubprocessExec("echo", "hello"), refused);
      // @ts-expect-error a number is no argument
      assert.throws(() => createSubprocessExec("echo", [5]), refused);
      // @ts-expect-error no command
      assert.throws(() => createSubprocessShell(["ls"]), refused);
      // @ts-expect-error no stream
      assert.throws(() => createSubprocessExec("true", [], { stdin: "tty" }), refused);
      // @ts-expect-error no number
      assert.throws(() => createSubprocessExec("true", [], { graceMs: "5" }), refused);
      // @ts-expect-error no options
      assert.throws(() => createSubprocessExec("true", [], 5), refused);
      // @ts-expect-error no factory
      assert.throws(() => loop.subprocessExec({}, "true"), refused);
    }));

  it("has a returncode, which is -N after signal N [SUB-07 SUB-08]", () =>
    run(async () => {
      const child = await createSubprocessExec("sleep", ["1000"]);
      assert.equal(child.returncode, null);
      assert.ok(child.pid > 0);
      child.sendSignal("SIGUSR1");
      assert.equal(await child.wait(), -10);
      assert.equal(child.returncode, -10);
    }));

  it("can be waited for by many, and by nobody [SUB-09]", () =>
    run(async () => {
      const child = await createSubprocessShell("sleep 0.02; exit 7");
      assert.deepEqual(await gather([child.wait(), child.wait(), child.wait()]), [7, 7, 7]);
      assert.equal(await child.wait(), 7);
    }));

  it("ends for wait() when it ends, whoever holds its pipes [SUB-09]", () =>
    run(async () => {
      const { env, living } = marked();
      await using child = await createSubprocessShell("sleep 1000 & exit 6", { stdout: PIPE, env });
      assert.equal(await child.wait(), 6);
      await child.end();
      assert.deepEqual(living(), []);
    }));

  it("runs on when a wait is cancelled [SUB-09]", () =>
    run(async () => {
      const child = await createSubprocessExec("sleep", ["1000"]);
      const waiting = createTask(() => child.wait());
      await sleep(1);
      waiting.cancel();
      await assert.rejects(async () => waiting, { code: "GYRE_CANCELLED" });
      await sleep(5);
      assert.equal(child.returncode, null);
      child.kill();
      assert.equal(await child.wait(), -9);
    }));

  it("takes signals by name and number, and refuses others [SUB-11]", () =>
    run(async () => {
      const child = await createSubprocessExec("sleep", ["1000"]);
      child.sendSignal(0);
      assert.throws(() => child.sendSignal("SIGNOTHING" as "SIGINT"), { code: "GYRE_OUT_OF_RANGE" });
      assert.throws(() => child.sendSignal(1000), { code: "GYRE_OUT_OF_RANGE" });
      assert.throws(() => child.sendSignal(null as unknown as number), { code: "GYRE_INVALID_ARGUMENT" });
      child.sendSignal(15);
      assert.equal(await child.wait(), -15);
    }));

  it("cannot be sent a signal once it is over [SUB-11]", () =>
    run(async () => {
      const child = await createSubprocessExec("true");
      await child.wait();
      await sleep(1);
      for (const send of [() => child.terminate(), () => child.kill(), () => child.sendSignal("SIGINT")])
        assert.throws(send, { name: "ProcessLookupError", code: "ESRCH", syscall: "kill" });
    }));

  it("is killed with its descendants, or alone [SUB-11]", () =>
    run(async () => {
      const { env, living } = marked();
      const tree = await createSubprocessShell("sleep 1000 & sleep 1000", { env });
      await soon(() => living().length === 3, "the tree is there");
      tree.kill();
      assert.equal(await tree.wait(), -9);
      await soon(() => living().length === 0, "the tree has ended");
      const alone = await createSubprocessShell("sleep 0.2 & sleep 0.2; :", { env, killTree: false });
      await soon(() => living().length === 3, "the other tree is there");
      alone.terminate();
      assert.equal(await alone.wait(), -15);
      assert.equal(living().length, 2);
      await soon(() => living().length === 0, "the sleepers have slept");
    }));

  it("has streams with a limit and flow control [SUB-04 SUB-16]", () =>
    run(async () => {
      const child = await createSubprocessShell("yes | head -c 1000000", { stdout: PIPE, limit: 10 });
      await assert.rejects(child.stdout?.readuntil("n") ?? Promise.resolve(), { code: "GYRE_LIMIT_OVERRUN" });
      await sleep(20);
      assert.ok((child.stdout?.statistics().buffered ?? 0) < 500_000, "the child has to wait");
      let size = 0;
      for (let chunk; (chunk = await child.stdout?.read(65_536)) && chunk.length > 0;) size += chunk.length;
      assert.ok(size > 0);
      assert.equal(await child.wait(), 0);
    }));

  it("loses nothing of what it wrote before it ended, while the loop was busy [SUB-10]", () =>
    run(async () => {
      const starting = createSubprocessShell("yes | head -c 60000", { stdout: PIPE });
      const end = performance.now() + 60;
      while (performance.now() < end); // it ends before anybody can read
      const child = await starting;
      while (child.returncode === null) await sleep(1);
      await sleep(10);
      assert.equal((await child.stdout?.read())?.length, 60_000);
    }));

  it("tells the writer of its stdin when it ends [SUB-16 SUB-18]", () =>
    run(async () => {
      const child = await createSubprocessExec("sleep", ["1000"], { stdin: PIPE });
      const { stdin } = child;
      assert.ok(stdin);
      stdin.write(Buffer.alloc(1_000_000));
      const draining = createTask(() => stdin.drain());
      await sleep(1);
      child.kill();
      await assert.rejects(async () => draining, /./);
      await assert.rejects(stdin.waitClosed(), { code: /EPIPE|ECONNRESET/ });
      await child.wait();
      const fine = await createSubprocessExec("cat", [], { stdin: PIPE });
      fine.stdin?.write("");
      fine.stdin?.close();
      await fine.stdin?.waitClosed();
      assert.equal(await fine.wait(), 0);
    }));

  it("can be talked to line by line [SUB-01]", () =>
    run(async () => {
      await using child = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
      for (const line of ["one\n", "two\n"]) {
        child.stdin?.write(line);
        await child.stdin?.drain();
        assert.equal(String(await child.stdout?.readline()), line);
      }
    }));

  it("has a readable inspection [SUB-21]", () =>
    run(async () => {
      const child = await createSubprocessExec("cat", [], { stdin: PIPE });
      assert.equal(String(child), `<Process ${child.pid}>`);
      assert.deepEqual(child.statistics(), { pid: child.pid, returncode: null, endedByGyre: false });
      await child.end();
      assert.deepEqual(child.statistics(), { pid: child.pid, returncode: -15, endedByGyre: true });
    }));

  it("is killed with its descendants when its loop closes, which warns", async () => {
    const { env, living } = marked();
    expectTrouble("warning", /closed while these were open: <SubprocessTransport/);
    await run(async () => {
      await createSubprocessShell("sleep 1000 & sleep 1000", { env });
      await soon(() => living().length === 3, "the tree is there");
    });
    await soon(() => living().length === 0, "the tree has ended");
  });
});
