import assert from "node:assert/strict";
import { describeOnLoops } from "../../support/loops.ts";
import { runProgram } from "../support/programs.ts";

const PROMPT = 5000; // ms; what would keep these programs waiting takes a minute

describeOnLoops("a main that can never wake again", ({ it, name }) => {
  const prelude = `
    import { createTask, Future, getRunningLoop, newEventLoop, run as gyreRun, sleep } from "gyre";
    const run = (main, options) => gyreRun(main, { loop: "${name}", ...options });
  `;

  it("ends the program with a DeadlockError instead of silence [RUN-01]", async () => {
    const program = `${prelude}
      async function waitsForEver() { await new Future(); }
      await run(waitsForEver, { name: "stuck-main" });
    `;
    const { stderr, code } = await runProgram(program);
    assert.match(stderr, /DeadlockError/);
    assert.match(stderr, /stuck-main.*waitsForEver/);
    assert.match(stderr, /waits for Future 1$/m);
    assert.notEqual(code, 0);
    assert.notEqual(code, 13, "that is the code of a host that gave up without a word");
  });

  it("names the circle of those who wait for each other [RUN-01]", async () => {
    const program = `${prelude}
      import { gather, Lock } from "gyre";
      const [a, b] = [new Lock(), new Lock()];
      const both = (first, second) => () => first.runExclusive(async () => {
        await sleep(1);
        await second.acquire();
      });
      const main = () => gather([createTask(both(a, b), { name: "ab" }), createTask(both(b, a), { name: "ba" })]);
      await run(main).catch((error) => console.log(error.message, error.cycle.length));
    `;
    const { stdout } = await runProgram(program);
    assert.match(
      stdout,
      /^Task "ab" waits for Lock 1 held by Task "ba", which waits for Lock 2 held by Task "ab"\.$/m,
    );
    assert.match(stdout, / 2\n$/);
  });

  it("does so also when nobody awaits run() [RUN-01]", async () => {
    const { stderr, code } = await runProgram(`${prelude} void run(() => new Future());`);
    assert.match(stderr, /DeadlockError/);
    assert.notEqual(code, 0);
  });

  it("does so also when it waits for a promise that is not gyre's [RUN-01]", async () => {
    const { stderr, code } = await runProgram(`${prelude} await run(() => new Promise(() => {}));`);
    assert.match(stderr, /DeadlockError[^]*promise/);
    assert.notEqual(code, 0);
  });

  it("can be caught, and the clean-up of every task has run by then [RUN-01 RUN-08]", async () => {
    const program = `${prelude}
      const wait = async (label) => {
        try {
          await new Future();
        } finally {
          await sleep(1);
          console.log(label, "cleaned up");
        }
      };
      const main = async () => {
        createTask(() => wait("side"), { name: "side" });
        await wait("main");
      };
      const error = await run(main).catch((error) => error);
      console.log(error.code, /side/.test(error.message), /main task/i.test(error.message));
    `;
    const { stdout, stderr } = await runProgram(program);
    const lines = stdout.trim().split("\n");
    assert.deepEqual(lines.slice(0, 2).toSorted(), ["main cleaned up", "side cleaned up"], stderr);
    assert.equal(lines[2], "GYRE_DEADLOCK true true");
  });

  it("is told where each task waits and was made, in debug mode [RUN-01 DBG-05]", async () => {
    const program = `${prelude}
      async function waiter() {
        await new Future();
      }
      await run(async () => createTask(waiter, { name: "culprit" }), { debug: true });
    `;
    const { stderr } = await runProgram(program);
    assert.match(stderr, /culprit/);
    assert.match(stderr, /programs\/[\w-]+\.mjs:6:\d+/);
    assert.match(stderr, /programs\/[\w-]+\.mjs:8:\d+/);
  });

  it("is not one that a timer, a promise or the host can still wake [RUN-01]", async () => {
    const program = `${prelude}
      import { readFile } from "node:fs/promises";
      const main = async () => {
        await sleep(30);
        await new Promise((resolve) => setTimeout(resolve, 30));
        await readFile(process.argv[1]);
        const future = new Future();
        getRunningLoop().callLater(5, () => future.setResult("woken"));
        return future;
      };
      console.log(await run(main));
    `;
    const { stdout, stderr, code } = await runProgram(program);
    assert.equal(stdout, "woken\n", stderr);
    assert.equal(code, 0);
  });

  it("is not runForever(), which waits as it was told [LOOP-01]", async () => {
    const program = `${prelude}
      const loop = await newEventLoop("${name}");
      const running = loop.runForever();
      setTimeout(() => console.log("alive"), 20).unref();
      await running;
    `;
    const { stdout, code } = await runProgram(program, { signals: [["alive", "SIGTERM"]] });
    assert.equal(stdout, "alive\n");
    assert.notEqual(code, 0);
  });
});

describeOnLoops("a program whose run() is done", ({ it, name }) => {
  it("exits promptly, whatever timers, tasks and callbacks were left [RUN-01 RUN-08]", async () => {
    const program = `
      import { createTask, getRunningLoop, run, sleep, timeout } from "gyre";
      const main = async (task) => {
        const loop = getRunningLoop();
        loop.callLater(60_000, () => undefined);
        createTask(() => sleep(60_000));
        createTask(() => timeout(60_000, () => sleep(50_000)));
        task.signal.addEventListener("abort", () => undefined);
        const again = () => loop.callSoon(again);
        again();
        await sleep(0);
        return "done";
      };
      console.log(await run(main, { loop: "${name}" }));
    `;
    const since = performance.now();
    const { stdout, stderr, code } = await runProgram(program);
    assert.equal(stdout, "done\n", stderr);
    assert.equal(code, 0);
    assert.ok(performance.now() - since < PROMPT);
  });

  it("exits promptly also when main failed, with the error and a code [RUN-01]", async () => {
    const program = `
      import { createTask, run, sleep } from "gyre";
      const main = async () => {
        createTask(() => sleep(60_000));
        await sleep(1);
        throw new RangeError("main failed");
      };
      await run(main, { loop: "${name}" });
    `;
    const since = performance.now();
    const { stderr, code } = await runProgram(program);
    assert.match(stderr, /RangeError: main failed/);
    assert.notEqual(code, 0);
    assert.ok(performance.now() - since < PROMPT);
  });

  it("waits for what the ambient loop still has to do, and then exits [POL-04]", async () => {
    const program = `
      import { createTask, sleep } from "gyre";
      const work = async () => {
        await sleep(5);
        console.log("task");
      };
      createTask(work);
      console.log(await sleep(2, "slept"));
    `;
    const { stdout, stderr, code } = await runProgram(program);
    assert.equal(stdout, "slept\ntask\n", stderr);
    assert.equal(code, 0);
  });

  it("is not kept alive by an ambient loop that has nothing to do [POL-04]", async () => {
    const program = `
      import { createTask, Future, getRunningLoop } from "gyre";
      createTask(() => new Future());
      getRunningLoop().callLater(60_000, () => undefined).cancel();
      console.log("end");
    `;
    const since = performance.now();
    const { stdout, stderr, code } = await runProgram(program);
    assert.equal(stdout, "end\n", stderr);
    assert.equal(code, 0);
    assert.ok(performance.now() - since < PROMPT);
  });
});
