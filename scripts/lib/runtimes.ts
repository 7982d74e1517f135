/** How the compiled test files run on Node, Bun and Deno, and how each says what came of it. */
import { availableParallelism } from "node:os";
import { command, mapParallel } from "./command.ts";
import { type Result, sum } from "./result.ts";

export interface Runtime {
  readonly name: string;
  readonly program: string;
  run(files: readonly string[], env?: Readonly<Record<string, string>>): Promise<Result>;
}

const PARALLEL = Math.min(4, Math.max(2, availableParallelism()));
const MILLISECONDS_PER_TEST = 60_000;
const MILLISECONDS_PER_SUITE = 900_000; // all loops, on a loaded machine

/** Node's own runner takes all files at once, and gives each a process. `patience` is for a test, and for a file of them. */
export function node(name: string, program: string, patience = MILLISECONDS_PER_TEST): Runtime {
  return {
    name,
    program,
    async run(files, env = {}) {
      const flags = ["--test-reporter=spec", `--test-concurrency=${PARALLEL}`, "--expose-gc"];
      const limit = `--test-timeout=${patience}`;
      const { ok, output } = await command(program, ["--test", limit, ...flags, ...files], {
        env,
        limit: MILLISECONDS_PER_SUITE,
      });
      const counts = {
        passed: lastCount(output, /^ℹ pass (\d+)$/gm),
        failed: lastCount(output, /^ℹ fail (\d+)$/gm) + lastCount(output, /^ℹ cancelled (\d+)$/gm),
        skipped: lastCount(output, /^ℹ skipped (\d+)$/gm),
      };
      return verdict(ok, counts, output.slice(Math.max(0, output.indexOf("✖ failing tests:"))));
    },
  };
}

/** `bun test` knows node:test; a file on the command line needs its ./ to be taken as a path. */
export function bun(name: string, program: string): Runtime {
  return perFile(
    name,
    program,
    (file) => ["test", `--timeout=${MILLISECONDS_PER_TEST}`, `./${file}`],
    (output) => ({
      passed: lastCount(output, /^ (\d+) pass$/gm),
      failed: lastCount(output, /^ (\d+) fail$/gm),
      skipped: lastCount(output, /^ (\d+) skip$/gm),
    }),
  );
}

/** `deno test` knows node:test; it counts a describe block as a test and what is in it as steps. */
export function deno(name: string, program: string): Runtime {
  return perFile(
    name,
    program,
    (file) => ["test", "-A", "--no-check", "--v8-flags=--expose-gc", file],
    (output) => ({
      passed: denoCount(output, "passed"),
      failed: denoCount(output, "failed"),
      skipped: denoCount(output, "ignored"),
    }),
  );
}

function denoCount(output: string, word: string): number {
  const tests = lastCount(output, new RegExp(`(\\d+) ${word}`, "g"));
  return tests + lastCount(output, new RegExp(`${word} \\((\\d+) steps?\\)`, "g"));
}

function perFile(
  name: string,
  program: string,
  args: (file: string) => string[],
  counts: (output: string) => Pick<Result, "passed" | "failed" | "skipped">,
): Runtime {
  return {
    name,
    program,
    async run(files, env = {}) {
      const results = await mapParallel(files, PARALLEL, async (file) => {
        const { ok, output } = await command(program, args(file), { env, limit: 2 * MILLISECONDS_PER_TEST });
        return verdict(ok, counts(output), `${file}:\n${output}`);
      });
      return sum(results);
    },
  };
}

/** A process that failed without counting a failure (it crashed, it hung) counts as one. */
function verdict(ok: boolean, counts: Pick<Result, "passed" | "failed" | "skipped">, output: string): Result {
  if (ok && counts.failed === 0) return counts;
  return { ...counts, failed: Math.max(1, counts.failed), details: output.trim() };
}

function lastCount(output: string, pattern: RegExp): number {
  return Number([...output.matchAll(pattern)].at(-1)?.[1] ?? 0);
}
