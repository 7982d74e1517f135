import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkpoint, createTask, currentTask, getRunningLoop, run, sleep } from "gyre";
import { BaseEventLoop, type DriverEvents, type LoopDriver, type Pace } from "gyre/lowlevel";
import { guardLeaks } from "../../support/leaks.ts";

/** The smallest driver: a clock that jumps to the next deadline, and turns in the host's immediates. */
class JumpingDriver implements LoopDriver {
  readonly name = "jumping";
  readonly granularity: "batch" | "step";
  readonly paces: Pace[] = [];
  held = 0;
  closed = false;
  #now = 0;
  #events: DriverEvents | null = null;
  #deadline: NodeJS.Immediate | null = null;

  constructor(granularity: "batch" | "step" = "batch") {
    this.granularity = granularity;
  }

  attach(events: DriverEvents): void {
    this.#events = events;
  }
  time(): number {
    return this.#now;
  }
  requestTurn(pace: Pace): void {
    this.paces.push(pace);
    setImmediate(() => this.#events?.turn());
  }
  setDeadline(when: number | null): void {
    if (this.#deadline !== null) clearImmediate(this.#deadline);
    this.#deadline = null;
    if (when === null || when === Number.POSITIVE_INFINITY) return;
    this.#deadline = setImmediate(() => {
      this.#deadline = null;
      this.#now = Math.max(this.#now, when);
      this.#events?.deadline();
    });
  }
  afterSettling(callback: () => void): void {
    setImmediate(callback);
  }
  hold(): void {
    this.held++;
  }
  release(): void {
    this.held--;
  }
  watchForStall(): void {}
  onInterrupt(): null {
    return null;
  }
  locate(): null {
    return null;
  }
  close(): void {
    this.closed = true;
    this.setDeadline(null);
  }
}

for (const granularity of ["batch", "step"] as const) {
  describe(`a loop on a driver of one's own, by ${granularity}`, () => {
    guardLeaks();

    it("runs programs on the driver's clock [EXT-02 EXT-06 LOOP-12 SCHED-07]", async () => {
      const driver = new JumpingDriver(granularity);
      const loop = new BaseEventLoop(driver);
      const slept = await run(
        async () => {
          const since = getRunningLoop().time();
          await sleep(3_600_000);
          return getRunningLoop().time() - since;
        },
        { loopFactory: () => loop },
      );
      assert.equal(slept, 3_600_000);
      assert.equal(driver.closed, true);
    });

    it("keeps the order of callbacks, tasks and timers [LOOP-12 LOOP-13]", async () => {
      const order: string[] = [];
      await run(
        async (main) => {
          const loop = main.getLoop();
          loop.callLater(20, () => order.push("timer 20"));
          loop.callLater(10, () => order.push("timer 10"));
          loop.callSoon(() => order.push("soon"));
          createTask(async () => {
            order.push("task");
            await checkpoint();
            order.push("task again");
          });
          await sleep(30);
          assert.equal(currentTask(), main);
        },
        { loopFactory: () => new BaseEventLoop(new JumpingDriver(granularity)) },
      );
      assert.deepEqual(order, ["soon", "task", "task again", "timer 10", "timer 20"]);
    });

    it("holds the host while it runs for ever, and only then [EXT-02 LOOP-01]", async () => {
      const driver = new JumpingDriver(granularity);
      const loop = new BaseEventLoop(driver);
      const running = loop.runForever();
      assert.equal(driver.held, 1);
      loop.stop();
      await running;
      assert.equal(driver.held, 0);
      assert.equal(loop.statistics().driver, "jumping");
      await loop.close();
    });

    it("asks for one turn at a time [EXT-02 LOOP-12]", async () => {
      const driver = new JumpingDriver(granularity);
      const loop = new BaseEventLoop(driver);
      for (let count = 0; count < 10; count++) loop.callSoon(() => undefined);
      assert.deepEqual(driver.paces, []);
      const running = loop.runForever();
      assert.equal(driver.paces.length, 1);
      loop.stop();
      await running;
      await loop.close();
    });
  });
}
