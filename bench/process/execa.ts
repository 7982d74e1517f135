/** execa: what people use with plain promises today. */
import { execa } from "execa";
import { job } from "../lib/jobs.ts";
import type { Job } from "../lib/suite.ts";
import { countWords, MIB, wordsFor } from "./shape.ts";

async function echo(input: string | Uint8Array): Promise<Uint8Array> {
  const { stdout } = await execa("cat", { input, encoding: "buffer", maxBuffer: Number.POSITIVE_INFINITY });
  return stdout;
}

export const jobs: Readonly<Record<string, Job>> = {
  spawn: job(async (n) => {
    let fine = 0;
    for (let i = 0; i < n; i++) if ((await execa("true", { stdio: "inherit" })).exitCode === 0) fine++;
    return fine;
  }),

  "spawn-at-once": job(async (n) => {
    const answers = await Promise.all(wordsFor(n).map(echo));
    return countWords(answers.map((answer) => Buffer.from(answer).toString()));
  }),

  communicate: (n) => {
    const input = Buffer.alloc(n * MIB, "x");
    return async () => (await echo(input)).length / MIB;
  },
};
