import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runProgram } from "../support/programs.ts";

const RACES = 60_000; // of the million: what leaks per race shows at this scale as well
const ALLOWED = 60; // bytes per race; a single kept callback or closure takes more

describe("races against what never settles", () => {
  const cases = {
    future: "new Future()",
    "native promise": "new Promise(() => {})",
    task: "createTask(() => new Future())",
  };
  for (const [name, source] of Object.entries(cases)) {
    it(`keep the heap flat against one never-settling ${name}, however many there are [WAIT-07]`, async () => {
      assert.ok((await bytesPerRace(source)) < ALLOWED);
    });
  }
});

async function bytesPerRace(opponent: string): Promise<number> {
  const { code, stdout, stderr } = await runProgram(
    `import { createTask, Future, race, run } from "gyre";
    await run(async () => {
      const opponent = ${opponent};
      const finished = Promise.resolve();
      const rounds = async (count) => {
        for (let n = 0; n < count; n++) {
          const future = new Future();
          const racing = race([opponent, future]);
          future.setResult(n);
          await racing;
        }
        await finished;
        gc();
        return process.memoryUsage().heapUsed;
      };
      await rounds(2000);
      const before = await rounds(2000);
      const after = await rounds(${RACES});
      console.log((after - before) / ${RACES});
      if (opponent.cancel) opponent.cancel();
    });`,
    { flags: ["--expose-gc"] },
  );
  assert.equal(code, 0, stderr);
  return Number(stdout);
}
