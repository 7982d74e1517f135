/** A server on standard input and output, as agents start them by the dozen: `add`, `sleep`, `pid`, and some bad habits. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: readonly number[];
}

const METHODS: Readonly<Record<string, (params: readonly number[]) => unknown>> = {
  add: (numbers) => numbers.reduce((sum, number) => sum + number, 0),
  pid: () => process.pid,
  /** Answers when nobody cares any more. */
  sleep: ([ms = 60_000]) => new Promise((resolve) => setTimeout(resolve, ms, "slept")),
  crash: () => process.exit(7),
  /** Starts something, and forgets it. */
  litter: () => spawn("sleep", ["1000"], { stdio: "ignore" }).pid,
  /** Will not be asked to go. */
  ignore: () => process.on("SIGTERM", () => console.error("not now")).pid,
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line) as Request;
  void answer(id, method, params);
}

async function answer(id: number, method: string, params: readonly number[]): Promise<void> {
  const work = METHODS[method];
  const outcome =
    work === undefined
      ? { error: { code: -32_601, message: `There is no method ${method}` } }
      : { result: await work(params) };
  if (id !== undefined) process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, ...outcome })}\n`);
}
