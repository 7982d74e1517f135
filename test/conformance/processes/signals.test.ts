import assert from "node:assert/strict";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { ContextVar, currentTask, Event, getRunningLoop, newEventLoop, Queue } from "gyre";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { runProgram } from "../support/programs.ts";

const send = (signal: NodeJS.Signals): true => process.kill(process.pid, signal);

describeOnLoops("signal handlers", ({ it, run, name }) => {
  it("run as callbacks of the loop, with their arguments and context [SIG-01 CTX-03]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const user = new ContextVar<string>("user");
      user.set("ada");
      const came = new Event();
      const seen: unknown[] = [];
      loop.addSignalHandler(
        "SIGWINCH",
        (...args: number[]) => {
          seen.push(...args, user.get(), currentTask(), getRunningLoop() === loop);
          came.set();
        },
        1,
        2,
      );
      user.set("bob");
      send("SIGWINCH");
      await came.wait();
      assert.deepEqual(seen, [1, 2, "ada", null, true]);
    }));

  it("come by name or number, again and again, and replace each other [SIG-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const came = new Event();
      const seen: string[] = [];
      loop.addSignalHandler("SIGWINCH", () => seen.push("first"));
      loop.addSignalHandler(28, () => {
        seen.push("second");
        came.set();
      });
      for (let count = 0; count < 2; count++) {
        send("SIGWINCH");
        await came.wait();
        came.clear();
      }
      assert.deepEqual(seen, ["second", "second"]);
    }));

  it("can be removed once [SIG-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const before = process.listenerCount("SIGWINCH");
      assert.equal(loop.removeSignalHandler("SIGWINCH"), false);
      loop.addSignalHandler("SIGWINCH", () => undefined);
      assert.equal(loop.removeSignalHandler(28), true);
      assert.equal(loop.removeSignalHandler("SIGWINCH"), false);
      assert.equal(process.listenerCount("SIGWINCH"), before);
    }));

  it("are refused for what is no signal, and what cannot be caught [SIG-01 SIG-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const nothing = (): void => undefined;
      for (const signal of ["SIGKILL", "SIGSTOP", 9] as const)
        assert.throws(() => loop.addSignalHandler(signal, nothing), {
          name: "RuntimeError",
          code: "GYRE_NOT_SUPPORTED",
        });
      for (const signal of ["SIGNOTHING", "usr1", 0, -1, 1000, 1.5] as ("SIGINT" | number)[]) {
        assert.throws(() => loop.addSignalHandler(signal, nothing), { code: "GYRE_OUT_OF_RANGE" });
        assert.throws(() => loop.removeSignalHandler(signal), { code: "GYRE_OUT_OF_RANGE" });
      }
      assert.throws(() => loop.addSignalHandler("usr1" as "SIGUSR1", nothing), /Write "SIGUSR1"/);
      // @ts-expect-error neither a name nor a number
      assert.throws(() => loop.addSignalHandler(null, nothing), { code: "GYRE_INVALID_ARGUMENT" });
      // @ts-expect-error no function
      assert.throws(() => loop.addSignalHandler("SIGWINCH", 5), { code: "GYRE_INVALID_ARGUMENT" });
      assert.throws(() => loop.addSignalHandler("SIGWINCH", async () => undefined), {
        code: "GYRE_INVALID_ARGUMENT",
      });
      assert.equal(process.listenerCount("SIGKILL"), 0);
    }));

  it("are reported when they throw, and stay [SIG-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const came = new Queue<null>();
      let count = 0;
      loop.addSignalHandler("SIGWINCH", () => {
        came.putNowait(null);
        if (++count === 1) throw new Error("broken handler");
      });
      expectTrouble("report", /broken handler/);
      for (let times = 0; times < 2; times++) {
        send("SIGWINCH");
        await came.get();
      }
      assert.equal(count, 2);
    }));

  it("end with their loop [SIG-03]", async () => {
    const before = process.listenerCount("SIGWINCH");
    const loop = await newEventLoop(name);
    loop.addSignalHandler("SIGWINCH", () => undefined);
    assert.equal(process.listenerCount("SIGWINCH"), before + 1);
    await loop.close();
    assert.equal(process.listenerCount("SIGWINCH"), before);
    assert.throws(() => loop.addSignalHandler("SIGWINCH", () => undefined), { code: "GYRE_LOOP_CLOSED" });
  });

  it("keep a program alive that waits for nothing else [SIG-01]", async () => {
    const { stdout, code } = await runProgram(
      `import { Event, getRunningLoop, run } from "gyre";
       await run(async () => {
         const stop = new Event();
         getRunningLoop().addSignalHandler("SIGTERM", () => stop.set());
         console.log("ready");
         await stop.wait();
         console.log("stopped");
       }, { loop: "${name}" });`,
      { signals: [["ready", "SIGTERM"]] },
    );
    assert.deepEqual([stdout, code], ["ready\nstopped\n", 0]);
  });

  it("are refused on a worker thread [SIG-01]", async () => {
    const source = `
      import("gyre").then(({ getRunningLoop, run }) => run(async () => {
        const { parentPort } = await import("node:worker_threads");
        try { getRunningLoop().addSignalHandler("SIGWINCH", () => {}); }
        catch (error) { parentPort.postMessage([error.name, error.code]); }
      }));`;
    const worker = new Worker(source, { eval: true });
    const [message] = (await once(worker, "message")) as [unknown];
    await worker.terminate();
    assert.deepEqual(message, ["RuntimeError", "GYRE_NOT_SUPPORTED"]);
  });
});

describeOnLoops("signals that stop run()", ({ it, name }) => {
  const program = (options: string, rest = ""): string => `
    import { run, sleep } from "gyre";
    const outcome = run(async () => {
      try {
        console.log("ready");
        await sleep(60_000);
      } finally {
        await sleep(1);
        console.log("cleaned up");
      }
    }, { loop: "${name}", ${options} });
    ${rest}
    await outcome;
  `;
  const BOTH = 'handleSignals: ["SIGINT", "SIGTERM"]';

  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    it(`exit with ${code} after ${signal}, where nobody catches the error [RUN-09]`, async () => {
      const result = await runProgram(program(BOTH), { signals: [["ready", signal]] });
      assert.deepEqual([result.stdout, result.code], ["ready\ncleaned up\n", code]);
      assert.match(result.stderr, /KeyboardInterrupt/);
    });

    it(`tell who asked, after ${signal} [RUN-09]`, async () => {
      const rest =
        "await outcome.catch((error) => console.log(error.signal, error.exitCode)); process.exit();";
      const result = await runProgram(program(BOTH, rest), { signals: [["ready", signal]] });
      assert.deepEqual([result.stdout, result.code], [`ready\ncleaned up\n${signal} ${code}\n`, 0]);
    });
  }

  it("are only those that were named [RUN-09]", async () => {
    const result = await runProgram(program("handleSignals: true"), { signals: [["ready", "SIGTERM"]] });
    assert.deepEqual([result.stdout, result.code], ["ready\n", null]);
  });

  it("are refused when they are others [RUN-09]", async () => {
    const result = await runProgram(program('handleSignals: ["SIGHUP"]'));
    assert.match(result.stderr, /handleSignals must be true, false or a list/);
  });
});
