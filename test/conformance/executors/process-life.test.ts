import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { marked, soon } from "../processes/support.ts";
import { runProgram } from "../support/programs.ts";

const GYRE = import.meta.resolve("gyre");
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const STRIPS_TYPES =
  "Deno" in globalThis || "Bun" in globalThis ? false : major > 22 || (major === 22 && minor >= 18);

describe("a program with a ProcessPoolExecutor that is killed", () => {
  it(
    "leaves no worker behind, however busy [EXE-03]",
    { skip: !existsSync("/proc") && "there is no /proc" },
    async () => {
      const { env, living } = marked();
      const folder = mkdtempSync(join(tmpdir(), "gyre-busy-"));
      const { stdout, stderr } = await runProgram(
        `
        import { readdirSync } from "node:fs";
        import { gather, ProcessPoolExecutor, run, sleep } from "gyre";
        await run(async () => {
          const executor = new ProcessPoolExecutor({ maxWorkers: 2 });
          const busy = async (folder) => {
            const { writeFileSync } = await import("node:fs");
            writeFileSync(folder + "/" + process.pid, "");
            for (;;);
          };
          const jobs = gather([1, 2].map(() => executor.submit(busy, ${JSON.stringify(folder)})));
          while (readdirSync(${JSON.stringify(folder)}).length < 2) await sleep(5);
          console.log("ready");
          await jobs;
        });
      `,
        { env, signals: [["ready", "SIGKILL"]] },
      );
      rmSync(folder, { recursive: true });
      assert.equal(stdout, "ready\n", stderr);
      await soon(() => living().length === 0, "no worker is left");
    },
  );
});

for (const kind of ["ThreadPoolExecutor", "ProcessPoolExecutor"]) {
  describe(`a program with a ${kind}`, () => {
    it("ends though its workers are idle [EXE-02 EXE-03]", async () => {
      const { stdout, stderr, code } = await runProgram(`
        import { ${kind} } from "gyre";
        console.log(await new ${kind}({ maxWorkers: 1 }).submit(() => "done"));
      `);
      assert.deepEqual({ stdout, stderr, code }, { stdout: "done\n", stderr: "", code: 0 });
    });

    it("stays alive while a job runs [EXE-02 EXE-03]", async () => {
      const { stdout, code } = await runProgram(`
        import { ${kind} } from "gyre";
        const executor = new ${kind}({ maxWorkers: 1 });
        executor.submit(() => new Promise((resolve) => setTimeout(resolve, 50, "late"))).then(console.log);
      `);
      assert.deepEqual({ stdout, code }, { stdout: "late\n", code: 0 });
    });

    it("can end in the middle of a job [EXE-02 EXE-03]", async () => {
      const { stdout, code } = await runProgram(`
        import { ${kind} } from "gyre";
        const executor = new ${kind}({ maxWorkers: 1 });
        console.log(await executor.submit(() => process.pid > 0));
        executor.submit(() => { for (;;); });
        setTimeout(() => process.exit(3), 50);
      `);
      assert.deepEqual({ stdout, code }, { stdout: "true\n", code: 3 });
    });

    it("shows what its jobs print [EXE-02 EXE-03]", async () => {
      const { stdout } = await runProgram(`
        import { ${kind}, run } from "gyre";
        await run(async () => {
          const executor = new ${kind}({ maxWorkers: 1 });
          await executor.submit(() => console.log("printed in a worker"));
          await executor.shutdown();
        });
      `);
      assert.equal(stdout, "printed in a worker\n");
    });
  });

  describe(`TypeScript in a ${kind}`, () => {
    it(
      "is stripped of its types in workers as in the program [EXE-02 EXE-03]",
      { skip: !STRIPS_TYPES && "this Node does not strip types" },
      () => {
        assert.equal(runTypeScript(kind, process.execPath, []), "42 WorkError true\n");
      },
    );

    it("runs under tsx as well [EXE-02 EXE-03]", { skip: tsx() === null && "tsx is not installed" }, () => {
      assert.equal(runTypeScript(kind, process.execPath, ["--import", String(tsx())]), "42 WorkError true\n");
    });
  });
}

function tsx(): string | null {
  try {
    return import.meta.resolve("tsx");
  } catch {
    return null;
  }
}

function runTypeScript(kind: string, program: string, flags: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "gyre-typescript-"));
  try {
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(
      join(folder, "work.ts"),
      `export class WorkError extends Error { override name = "WorkError" as const; }
       export const twice = (value: number): number => value * 2;
       export function fail(): never { throw new WorkError("no"); }`,
    );
    writeFileSync(
      join(folder, "main.ts"),
      `import { ${kind}, moduleFunction } from ${JSON.stringify(GYRE)};
       import { WorkError } from "./work.ts";
       const url = new URL("./work.ts", import.meta.url);
       const executor = new ${kind}({ maxWorkers: 1 });
       const inline = (a: number): number => { const add = (b: number): number => a + b; return add(1); };
       const value: number = await executor.submit(moduleFunction<(value: number) => number>(url, "twice"), 20);
       const one = await executor.submit(inline, value);
       const error: unknown = await executor.submit(moduleFunction(url, "fail")).then(() => null, (error: unknown) => error);
       console.log(one + 1, (error as Error).name, error instanceof WorkError);`,
    );
    const { stdout, stderr } = spawnSync(program, [...flags, join(folder, "main.ts")], {
      encoding: "utf8",
      env: { ...process.env, NODE_OPTIONS: "", NODE_NO_WARNINGS: "1" },
    });
    return stdout === "" ? stderr : stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
