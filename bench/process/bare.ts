/** The least that the host's own module needs for the same: no cancellation, no trees, no limits. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { job } from "../lib/jobs.ts";
import type { Job } from "../lib/suite.ts";
import { countWords, MIB, wordsFor } from "./shape.ts";

async function echo(input: string | Uint8Array): Promise<Buffer> {
  const child = spawn("cat");
  child.stdin.end(input);
  child.stderr.resume();
  const [output] = await Promise.all([buffer(child.stdout), once(child, "close")]);
  return output;
}

export const jobs: Readonly<Record<string, Job>> = {
  spawn: job(async (n) => {
    let fine = 0;
    for (let i = 0; i < n; i++) {
      const [code] = await once(spawn("true", { stdio: "inherit" }), "exit");
      if (code === 0) fine++;
    }
    return fine;
  }),

  "spawn-at-once": job(async (n) => {
    const answers = await Promise.all(wordsFor(n).map(echo));
    return countWords(answers.map(String));
  }),

  communicate: (n) => {
    const input = Buffer.alloc(n * MIB, "x");
    return async () => (await echo(input)).length / MIB;
  },
};
