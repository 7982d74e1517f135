/** What the tests of executors have in common: a guard against workers that are left, and ways to know what a job is at. */

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { ProcessPoolExecutor, ThreadPoolExecutor, wrapFuture } from "gyre";

const PATIENCE = 5000; // ms

/** Fails a test after which a worker thread or a child process is left. */
export function guardWorkers(): void {
  const threads = new Set<Worker>();
  const note = (worker: Worker): void => {
    threads.add(worker);
    worker.once("exit", () => threads.delete(worker));
  };
  beforeEach(() => void process.on("worker", note));
  afterEach(async () => {
    process.off("worker", note);
    await until(() => threads.size === 0 && childProcesses() === 0).catch(() => {});
    assert.deepEqual({ threads: threads.size, children: childProcesses() }, { threads: 0, children: 0 });
  });
}

/** Where the system can tell. */
function childProcesses(): number {
  try {
    return readdirSync("/proc/self/task")
      .map((task) => readFileSync(`/proc/self/task/${task}/children`, "utf8").trim())
      .join(" ")
      .split(" ")
      .filter((pid) => pid !== "").length;
  } catch {
    return 0;
  }
}

/** Waits in real time: jobs run outside of every loop. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`this did not come true: ${condition}`);
    await wrapFuture(delay(2));
  }
}

/** A file that a job makes when it has begun. */
export class Mark implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "gyre-executor-"));
  readonly path = join(this.#folder, "mark");

  get made(): boolean {
    return existsSync(this.path);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Marks its beginning and computes for ever. */
export async function spin(path: string): Promise<never> {
  const { writeFileSync } = await import("node:fs");
  writeFileSync(path, "");
  for (;;);
}

interface Kind {
  readonly kind: string;
  readonly make: (options?: {
    maxWorkers?: number;
    initializer?: () => void;
  }) => ThreadPoolExecutor | ProcessPoolExecutor;
}

export const KINDS: readonly Kind[] = [
  { kind: "threads", make: (options) => new ThreadPoolExecutor(options) },
  { kind: "processes", make: (options) => new ProcessPoolExecutor(options) },
];
