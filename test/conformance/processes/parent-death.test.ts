/** What becomes of children whose parent dies. */
import assert from "node:assert/strict";
import { createSubprocessExec, createSubprocessShell, PIPE, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { runProgram } from "../support/programs.ts";
import { guardProcesses, marked, soon } from "./support.ts";

const program = (loop: string, end: string): string => `
  import { createSubprocessShell, run, sleep } from "gyre";
  await run(async () => {
    const command = "trap '' HUP INT; sleep 1000 & setsid sleep 1000 & sh -c \\"trap '' TERM; sleep 1000; sleep 1000\\" & sleep 1000";
    for (let count = 0; count < 3; count++)
      await createSubprocessShell(command, { dieWithParent: true, stdout: 2 });
    await sleep(300);
    console.log("ready");
    ${end}
  }, { loop: "${loop}", handleSignals: false });
`;

/** Dies in the very call that starts the child. */
const hasty = (loop: string, options: string): string => `
  import childProcess from "node:child_process";
  import { syncBuiltinESMExports } from "node:module";
  const { spawn } = childProcess;
  childProcess.spawn = (program, args, options) => {
    const child = spawn(program, args, options);
    if (!args.includes("gyre-watchdog")) process.kill(process.pid, "SIGKILL");
    return child;
  };
  syncBuiltinESMExports();
  const { createSubprocessShell, run, STDOUT } = await import("gyre");
  const start = () => createSubprocessShell("sleep 1000 & sleep 1000", { dieWithParent: true, stdout: 2, ${options} });
  await run(start, { loop: "${loop}" });
`;

describeOnLoops("dieWithParent", ({ it, run, name }) => {
  guardProcesses();

  for (const [title, end, signal] of [
    ["SIGKILL", "await sleep(60_000);", "SIGKILL"],
    ["SIGTERM", "await sleep(60_000);", "SIGTERM"],
    ["process.exit()", "process.exit(3);", null],
    ["a crash", "process.abort();", null],
  ] as const) {
    it(`ends the trees of a parent that dies by ${title}, within a second`, async () => {
      const { env, living } = marked();
      const { stdout } = await runProgram(program(name, end), {
        env,
        signals: signal === null ? [] : [["ready", signal]],
      });
      assert.match(stdout, /^ready/);
      await soon(() => living().length === 0, "no tree is left");
    });
  }

  // Bun does not tell its descriptors, so that this process has to do it.
  for (const options of "Bun" in globalThis
    ? []
    : ["", "stderr: STDOUT", "env: { ...process.env, PWD: '/' }"]) {
    it(`ends the tree of a parent that dies as soon as it is there${options && `, with ${options}`}`, async () => {
      const { env, living } = marked();
      await runProgram(hasty(name, options), { env });
      await soon(() => living().length === 0, "no tree is left");
    });
  }

  it("changes neither the environment nor the descriptors of the child [SUB-05]", () =>
    run(async () => {
      const command = "env; ls -l /proc/self/fd | grep -c socket:";
      for (const environment of [{ PATH: "/usr/bin:/bin" }, { PATH: "/usr/bin:/bin", PWD: "/" }]) {
        const outputs: string[] = [];
        for (const dieWithParent of [false, true]) {
          const options = { dieWithParent, stdout: PIPE, env: environment, cwd: "/" } as const;
          const child = await createSubprocessExec("/bin/sh", ["-c", command], options);
          outputs.push(String((await child.communicate())[0]));
        }
        assert.equal(outputs[0], outputs[1]);
      }
    }));

  it("leaves no watchdog when the children have ended, and another one comes", () =>
    run(async () => {
      for (let count = 0; count < 3; count++) {
        const child = await createSubprocessShell("echo hello", { dieWithParent: true, stdout: PIPE });
        assert.equal(String((await child.communicate())[0]), "hello\n");
      }
      await using first = await createSubprocessShell("sleep 1000", { dieWithParent: true });
      await using second = await createSubprocessShell("sleep 1000", { dieWithParent: true });
      await first.end();
      await sleep(1);
      assert.equal(second.returncode, null);
    }));

  it("does not start a watchdog for a child that cannot be started", () =>
    run(async () => {
      await assert.rejects(createSubprocessShell("true", { dieWithParent: true, cwd: "/no/such/place" }), {
        code: "ENOENT",
      });
    }));
});
