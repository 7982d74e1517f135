import assert from "node:assert/strict";
import { inspect } from "node:util";
import { checkpoint, getRunningLoop, Handle, newEventLoop, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

describeOnLoops("callSoon", ({ it, run, name }) => {
  it("calls once, with the arguments, and not at once [SCHED-01]", () =>
    run(async () => {
      const calls: unknown[][] = [];
      const handle = getRunningLoop().callSoon((...args: unknown[]) => void calls.push(args), 1, "two", null);
      assert.ok(handle instanceof Handle);
      assert.deepEqual(calls, []);
      await checkpoint();
      await checkpoint();
      assert.deepEqual(calls, [[1, "two", null]]);
    }));

  it("is first in, first out [SCHED-01]", () =>
    run(async () => {
      const order: number[] = [];
      for (let number = 0; number < 100; number++) getRunningLoop().callSoon((n) => order.push(n), number);
      await checkpoint();
      assert.deepEqual(
        order,
        Array.from({ length: 100 }, (_, number) => number),
      );
    }));

  it("leaves what a callback adds for the next turn [SCHED-01 LOOP-13]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const order: string[] = [];
      loop.callSoon(() => {
        order.push("a");
        loop.callSoon(() => order.push("c"));
      });
      loop.callSoon(() => order.push("b"));
      await sleep(1);
      assert.deepEqual(order, ["a", "b", "c"]);
    }));

  it("can be called before the loop runs [SCHED-01]", async () => {
    const loop = await newEventLoop(name);
    const order: string[] = [];
    loop.callSoon(() => order.push("first"));
    loop.callSoon(() => loop.stop());
    await loop.runForever();
    assert.deepEqual(order, ["first"]);
    await loop.close();
  });

  it("lets a callback that throws keep nobody else from running [SCHED-11]", async () => {
    const loop = await newEventLoop(name);
    const order: unknown[] = [];
    const error = new Error("thrown");
    loop.setExceptionHandler((_, context) => void order.push(context.exception));
    loop.callSoon(() => {
      throw error;
    });
    loop.callSoon(() => order.push("next"));
    loop.callSoon(() => loop.stop());
    await loop.runForever();
    assert.deepEqual(order, [error, "next"]);
    await loop.close();
  });

  it("shares one queue with callSoonThreadsafe [SCHED-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const order: number[] = [];
      loop.callSoon(() => order.push(1));
      loop.callSoonThreadsafe((n) => order.push(n), 2);
      loop.callSoon(() => order.push(3));
      await checkpoint();
      assert.deepEqual(order, [1, 2, 3]);
    }));

  it("wakes an idle loop when the host calls it [SCHED-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const woken = loop.createFuture<string>();
      setTimeout(() => loop.callSoonThreadsafe(() => woken.setResult("woken")), 2);
      assert.equal(await woken, "woken");
    }));
});

describeOnLoops("a handle", ({ it, run }) => {
  it("that is cancelled does not run [SCHED-08 SCHED-09]", () =>
    run(async () => {
      let called = false;
      const handle = getRunningLoop().callSoon(() => {
        called = true;
      });
      assert.equal(handle.cancelled(), false);
      handle.cancel();
      handle.cancel();
      assert.equal(handle.cancelled(), true);
      await checkpoint();
      assert.equal(called, false);
    }));

  it("can be cancelled by a callback of the same batch [SCHED-08]", () =>
    run(async () => {
      const loop = getRunningLoop();
      let called = false;
      loop.callSoon(() => second.cancel());
      const second = loop.callSoon(() => {
        called = true;
      });
      await checkpoint();
      assert.equal(called, false);
    }));

  it("that has run can still be cancelled, which changes nothing else [SCHED-09]", () =>
    run(async () => {
      let calls = 0;
      const handle = getRunningLoop().callSoon(() => calls++);
      await checkpoint();
      assert.equal(handle.cancelled(), false);
      handle.cancel();
      assert.equal(handle.cancelled(), true);
      await checkpoint();
      assert.equal(calls, 1);
    }));

  it("does not keep what it was to call [SCHED-08]", () =>
    run(async () => {
      const handle = getRunningLoop().callSoon(function secret(_argument: string) {}, "argument");
      handle.cancel();
      assert.equal(String(handle), "<Handle cancelled>");
    }));

  it("shows its function, and its arguments in debug mode only [SCHED-13]", () =>
    run(async () => {
      const loop = getRunningLoop();
      function callback(_password: string): void {}
      const plain = loop.callSoon(callback, "pw");
      assert.equal(String(plain), "<Handle callback()>");
      assert.equal(inspect(plain), String(plain));
      loop.setDebug(true);
      const debug = loop.callSoon(callback, "pw");
      assert.match(String(debug), /^<Handle callback\("pw"\) created at .*callbacks\.test/);
      debug.cancel();
      assert.match(String(debug), /^<Handle cancelled callback\("pw"\)/);
      loop.setDebug(false);
      await checkpoint();
    }));

  it("shows the name of a bound function, and the source of a nameless one [SCHED-15]", () =>
    run(async () => {
      const loop = getRunningLoop();
      function named(): void {}
      assert.equal(String(loop.callSoon(named.bind(null))), "<Handle named()>");
      assert.equal(String(loop.callSoon(() => undefined)), "<Handle () => undefined>");
      await checkpoint();
    }));

  it("tells the context that it runs in [SCHED-10]", () =>
    run(async () => {
      const handle = getRunningLoop().callSoon(() => undefined);
      assert.equal(handle.getContext(), handle.getContext());
      await checkpoint();
    }));
});
