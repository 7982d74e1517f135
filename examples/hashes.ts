/**
 * `node .build/examples/hashes.js [FOLDER] [--workers N]`: the SHA-256 of every file below a folder, computed by several processes at
 * once. Ctrl-C stops it, and the processes with it.
 */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { KeyboardInterrupt, ProcessPoolExecutor, run } from "gyre";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { workers: { type: "string", default: "4" } },
});
const [folder = "."] = positionals;
const maxWorkers = Number(values.workers);
if (!(Number.isInteger(maxWorkers) && maxWorkers > 0)) {
  console.error(`--workers takes a whole number above zero, and not ${values.workers}.`);
  process.exit(2);
}

/** Runs in a worker: only its text is sent, so that what it needs is imported inside. */
async function hash(path: string): Promise<string> {
  const { createHash } = await import("node:crypto");
  const { createReadStream } = await import("node:fs");
  const sum = createHash("sha256");
  for await (const chunk of createReadStream(path)) sum.update(chunk as Buffer);
  return sum.digest("hex");
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

/** One line on a terminal, and nothing elsewhere. */
class ProgressBar implements Disposable {
  readonly #total: number;
  #done = 0;

  constructor(total: number) {
    this.#total = total;
  }

  advance(): void {
    this.#done++;
    const filled = Math.round((30 * this.#done) / this.#total);
    this.#show(`[${"#".repeat(filled)}${" ".repeat(30 - filled)}] ${this.#done} of ${this.#total}`);
  }

  [Symbol.dispose](): void {
    this.#show("");
  }

  #show(text: string): void {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  }
}

async function main(): Promise<void> {
  const files = await filesBelow(folder);
  const lines: string[] = [];
  {
    await using executor = new ProcessPoolExecutor({ maxWorkers });
    using bar = new ProgressBar(files.length);
    for await (const sum of executor.map(hash, files)) {
      lines.push(`${sum}  ${files[lines.length]}`);
      bar.advance();
    }
  }
  for (const line of lines) console.log(line);
}

try {
  await run(main);
} catch (error) {
  if (!(error instanceof KeyboardInterrupt)) throw error;
  process.exitCode = 130;
}
