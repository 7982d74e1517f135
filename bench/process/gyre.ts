import { createSubprocessExec, gather, PIPE, run } from "gyre";
import { job } from "../lib/jobs.ts";
import type { Job } from "../lib/suite.ts";
import { countWords, MIB, wordsFor } from "./shape.ts";

export const inside = (body: () => Promise<void>): Promise<void> => run(body);

const PIPES = { stdin: PIPE, stdout: PIPE, stderr: PIPE } as const;

async function echo(input: string | Uint8Array): Promise<Buffer> {
  const child = await createSubprocessExec("cat", [], PIPES);
  const [output] = await child.communicate(input);
  return output ?? Buffer.alloc(0);
}

export const jobs: Readonly<Record<string, Job>> = {
  spawn: job(async (n) => {
    let fine = 0;
    for (let i = 0; i < n; i++) {
      const child = await createSubprocessExec("true");
      if ((await child.wait()) === 0) fine++;
    }
    return fine;
  }),

  "spawn-at-once": job(async (n) => {
    const answers = await gather(wordsFor(n).map((word) => () => echo(word)));
    return countWords(answers.map(String));
  }),

  communicate: (n) => {
    const input = Buffer.alloc(n * MIB, "x");
    return async () => (await echo(input)).length / MIB;
  },
};
