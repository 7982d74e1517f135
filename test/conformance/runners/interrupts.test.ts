import assert from "node:assert/strict";
import { describeOnLoops } from "../../support/loops.ts";
import { runProgram } from "../support/programs.ts";

describeOnLoops("Ctrl-C during run()", ({ it, name }) => {
  const prelude = `
    import { currentTask, Future, getRunningLoop, run as gyreRun, Runner, sleep } from "gyre";
    // No sleep: a clock that jumps would not wait for the key.
    const wait = async () => {
      const alive = setInterval(() => undefined, 60_000);
      try {
        await new Future();
      } finally {
        clearInterval(alive);
      }
    };
    const run = (main, options) => gyreRun(main, { loop: "${name}", ...options });
    const name = (error) => error.name;
  `;

  it("cancels main, and then rejects with KeyboardInterrupt [RUN-09 TASK-22]", async () => {
    const program = `${prelude}
      const outcome = run(async (main) => {
        try {
          console.log("ready");
          await wait();
        } catch (error) {
          console.log("inside:", error.name, main.cancelling());
          throw error;
        } finally {
          await sleep(1);
          console.log("cleaned up");
        }
      });
      console.log("outside:", await outcome.catch(name));
      console.log("listeners:", process.listenerCount("SIGINT"));
    `;
    const { stdout, stderr, code } = await runProgram(program, { signals: [["ready", "SIGINT"]] });
    assert.equal(
      stdout,
      "ready\ninside: CancelledError 1\ncleaned up\noutside: KeyboardInterrupt\nlisteners: 0\n",
      stderr,
    );
    assert.equal(code, 0);
  });

  it("ends the program with an error and a code of its own when nobody catches it [RUN-09]", async () => {
    const program = `${prelude}
      await run(async () => {
        console.log("ready");
        await wait();
      });
    `;
    const { stderr, code } = await runProgram(program, { signals: [["ready", "SIGINT"]] });
    assert.match(stderr, /KeyboardInterrupt/);
    assert.notEqual(code, 0);
  });

  it("lets main swallow the cancellation and return [RUN-09]", async () => {
    const program = `${prelude}
      const main = async () => {
        console.log("ready");
        await wait().catch(() => undefined);
        await sleep(1);
        return 7;
      };
      console.log(await run(main));
    `;
    const { stdout, stderr } = await runProgram(program, { signals: [["ready", "SIGINT"]] });
    assert.equal(stdout, "ready\n7\n", stderr);
  });

  it("pressed twice ends main at once, and the clean-up still runs [RUN-09]", async () => {
    const program = `${prelude}
      const main = async () => {
        try {
          console.log("ready");
          for (;;) await wait().catch(() => console.log("ignored"));
        } finally {
          console.log("not reached: main never ends by itself");
        }
      };
      const side = async () => {
        try {
          await wait();
        } finally {
          console.log("side cleaned up");
          setTimeout(() => process.exit(3), 20); // the main of this test ignores everything
        }
      };
      const outcome = run(async () => {
        getRunningLoop().createTask(side);
        await sleep(0);
        await main();
      });
      console.log(await outcome.catch(name));
    `;
    const { stdout, stderr, code } = await runProgram(program, {
      signals: [
        ["ready", "SIGINT"],
        ["ignored", "SIGINT"],
      ],
    });
    assert.match(stdout, /^ready\nignored\n/, stderr);
    assert.match(stdout, /side cleaned up/);
    assert.equal(code, 3, "main's own refusal is waited for, as in asyncio");
  });

  it("pressed twice rejects with KeyboardInterrupt though main is still busy cleaning up [RUN-09]", async () => {
    const program = `${prelude}
      const outcome = run(async () => {
        try {
          console.log("ready");
          await wait();
        } finally {
          console.log("cleaning up");
          await wait();
        }
      });
      console.log(await outcome.catch(name));
    `;
    const { stdout, stderr } = await runProgram(program, {
      signals: [
        ["ready", "SIGINT"],
        ["cleaning up", "SIGINT"],
      ],
    });
    assert.equal(stdout, "ready\ncleaning up\nKeyboardInterrupt\n", stderr);
  });

  it("interrupts a main that computes between its waits [RUN-09]", async () => {
    const program = `${prelude}
      const main = async () => {
        console.log("ready");
        for (;;) await sleep(0);
      };
      console.log(await run(main).catch(name));
    `;
    const { stdout, stderr } = await runProgram(program, { signals: [["ready", "SIGINT"]] });
    assert.equal(stdout, "ready\nKeyboardInterrupt\n", stderr);
  });

  it("keeps a CancelledError when somebody else had cancelled main as well [RUN-09]", async () => {
    const program = `${prelude}
      const outcome = run(async (main) => {
        try {
          console.log("ready");
          await wait();
        } finally {
          main.cancel();
          await sleep(1).catch(() => undefined);
        }
      });
      console.log(await outcome.catch(name));
    `;
    const { stdout, stderr } = await runProgram(program, { signals: [["ready", "SIGINT"]] });
    assert.equal(stdout, "ready\nCancelledError\n", stderr);
  });

  it("is left to a program that listens to SIGINT itself [RUN-09]", async () => {
    const program = `${prelude}
      const interrupted = new Promise((resolve) => {
        process.on("SIGINT", () => {
          console.log("my own way");
          setTimeout(resolve, 30);
        });
        setTimeout(resolve, 60_000);
      });
      const main = async () => {
        console.log("ready");
        await interrupted;
        return "undisturbed";
      };
      console.log(await run(main));
      console.log(process.listenerCount("SIGINT"));
      process.exit();
    `;
    const { stdout, stderr } = await runProgram(program, { signals: [["ready", "SIGINT"]] });
    assert.equal(stdout, "ready\nmy own way\nundisturbed\n1\n", stderr);
  });

  it("ends the process at once with handleSignals: false [RUN-09]", async () => {
    const program = `${prelude}
      const main = async () => {
        console.log("ready");
        await wait().finally(() => console.log("not reached"));
      };
      await run(main, { handleSignals: false });
    `;
    const { stdout, code } = await runProgram(program, { signals: [["ready", "SIGINT"]] });
    assert.equal(stdout, "ready\n");
    assert.notEqual(code, 0);
  });

  it("works for each run of a runner [RUN-09 RUN-06]", async () => {
    const program = `${prelude}
      const runner = new Runner({ loop: "${name}" });
      const main = async () => {
        console.log("ready");
        await wait();
      };
      console.log(await runner.run(main).catch(name));
      console.log(await runner.run(async () => "still works"));
      console.log(await runner.run(main).catch(name));
      await runner.close();
    `;
    const { stdout, stderr } = await runProgram(program, {
      signals: [
        ["ready", "SIGINT"],
        ["ready", "SIGINT"],
      ],
    });
    assert.equal(stdout, "ready\nKeyboardInterrupt\nstill works\nready\nKeyboardInterrupt\n", stderr);
  });
});
