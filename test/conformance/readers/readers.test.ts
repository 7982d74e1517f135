import assert from "node:assert/strict";
import { ContextVar, createTask, type EventLoop, Future, getRunningLoop, sleep } from "gyre";
import { type Socket, socketpair } from "gyre/socket";
import { describeWithSockets } from "../../support/descriptors.ts";
import { expectTrouble } from "../../support/leaks.ts";

/** Runs with two connected sockets, and closes them. */
async function withPair(
  body: (loop: EventLoop, left: Socket, right: Socket) => Promise<void>,
): Promise<void> {
  const [left, right] = socketpair();
  try {
    await body(getRunningLoop(), left, right);
  } finally {
    left.close();
    right.close();
  }
}

/** Done when `count` calls were made of the function. */
function calls(count: number): { readonly done: Future<void>; readonly note: () => void } {
  const done = new Future<void>();
  let made = 0;
  return { done, note: () => void (++made === count && done.setResult()) };
}

describeWithSockets("readers and writers", ({ it, run }) => {
  it("call back as long as there is something to read [FD-01]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        const read: string[] = [];
        const { done, note } = calls(3);
        right.send("abcdef");
        loop.addReader(left, () => {
          read.push(String(left.recv(2)));
          note();
        });
        await done;
        assert.deepEqual(read, ["ab", "cd", "ef"]);
        assert.equal(loop.removeReader(left), true);
      }),
    ));

  it("call back once in a turn, and in each turn, without reading [FD-01]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        const turns: number[] = [];
        const { done, note } = calls(5);
        right.send("x");
        loop.addReader(left, () => {
          turns.push(loop.statistics().turns);
          loop.callSoon(() => undefined); // lets the turns count
          note();
        });
        await done;
        loop.removeReader(left);
        assert.equal(new Set(turns).size, turns.length);
      }),
    ));

  it("pass the arguments, in the context of the registration [FD-01]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        const variable = new ContextVar<string>("variable");
        const seen: unknown[] = [];
        const { done, note } = calls(2);
        variable.set("registered");
        loop.addReader(
          left,
          (...args: unknown[]) => {
            seen.push(variable.get(), ...args);
            variable.set("of the callback");
            left.recv(1);
            note();
          },
          1,
          "two",
        );
        variable.set("later");
        right.send("xy");
        await done;
        assert.deepEqual(seen, ["registered", 1, "two", "of the callback", 1, "two"]);
        assert.equal(variable.get(), "later");
        loop.removeReader(left);
      }),
    ));

  it("replace the callback that was there, even one that is on its way [FD-01]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        const log: string[] = [];
        const { done, note } = calls(1);
        right.send("x");
        loop.addReader(left, () => log.push("first"));
        loop.addReader(left, () => {
          log.push("second");
          left.recv(1);
          note();
        });
        await done;
        assert.deepEqual(log, ["second"]);
        loop.removeReader(left);
      }),
    ));

  it("report what a callback throws, and go on [FD-01 ERR-05]", () => {
    expectTrouble("report", /Exception in callback.*broken/s);
    return run(() =>
      withPair(async (loop, left, right) => {
        const { done, note } = calls(2);
        let first = true;
        right.send("x");
        loop.addReader(left, function broken() {
          note();
          if (!first) return;
          first = false;
          throw new Error("broken");
        });
        await done;
        loop.removeReader(left);
      }),
    );
  });

  it("take descriptors as numbers [FD-01 FD-02]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        const { done, note } = calls(1);
        loop.addReader(left.fileno(), () => {
          left.recv(1);
          note();
        });
        right.send("x");
        await done;
        assert.equal(loop.removeReader(left), true);
        assert.equal(loop.removeReader(left.fileno()), false);
      }),
    ));

  it("say whether there was something to remove [FD-02 FD-04]", () =>
    run(() =>
      withPair(async (loop, left) => {
        assert.equal(loop.removeReader(left), false);
        assert.equal(loop.removeWriter(left), false);
        loop.addReader(left, () => undefined);
        assert.equal(loop.removeWriter(left), false);
        assert.equal(loop.removeReader(left), true);
        loop.addWriter(left, () => undefined);
        assert.equal(loop.removeReader(left), false);
        assert.equal(loop.removeWriter(left), true);
        assert.equal(loop.removeWriter(left), false);
      }),
    ));

  it("watch one descriptor for both, each on its own [FD-01 FD-03]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        const log: string[] = [];
        const { done, note } = calls(2);
        loop.addWriter(left, () => {
          log.push("write");
          loop.removeWriter(left);
          right.send("x");
          note();
        });
        loop.addReader(left, () => {
          log.push(`read ${left.recv(1)}`);
          note();
        });
        await done;
        assert.deepEqual(log, ["write", "read x"]);
        assert.equal(loop.removeReader(left), true);
      }),
    ));

  it("write when there is room again [FD-03]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        const chunk = Buffer.alloc(65_536);
        let sent = 0;
        const fill = (): void => {
          for (;;) sent += left.send(chunk);
        };
        assert.throws(fill, { code: "EAGAIN" });
        const { done, note } = calls(1);
        loop.addWriter(left, note);
        await sleep(1);
        assert.equal(done.done(), false);
        for (let rest = sent; rest > 0;) rest -= right.recv(65_536).length;
        await done;
        loop.removeWriter(left);
      }),
    ));

  it("are not called any more after their removal, be they ready or not [FD-02]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        right.send("x");
        loop.addReader(left, () => assert.fail("removed"));
        loop.removeReader(left);
        await sleep(2);
        const [other, peer] = socketpair();
        left.recv(1);
        const remove = (): void => {
          loop.removeReader(left);
          loop.removeReader(other);
        };
        const { done, note } = calls(1);
        let count = 0;
        const once = (): void => {
          count++;
          remove(); // the other one is ready, too
          note();
        };
        loop.addReader(left, once);
        loop.addReader(other, once);
        right.send("x");
        peer.send("x");
        await done;
        await sleep(2);
        assert.equal(count, 1);
        other.close();
        peer.close();
      }),
    ));

  it("hear of the end and of errors as of something to read [FD-01]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        const end = new Future<number>();
        loop.addReader(left, () => {
          loop.removeReader(left);
          end.setResult(left.recv(10).length);
        });
        right.close();
        assert.equal(await end, 0);
      }),
    ));

  it("run in the order of the host, before what was scheduled later [FD-01]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        const { done, note } = calls(1);
        const log: string[] = [];
        right.send("x");
        loop.addReader(left, () => {
          log.push("reader");
          loop.callSoon(() => log.push("soon"));
          loop.callSoon(note);
          loop.removeReader(left);
        });
        await done;
        assert.deepEqual(log, ["reader", "soon"]);
      }),
    ));

  it("work in debug mode [FD-01 FD-03]", () =>
    run(
      () =>
        withPair(async (loop, left, right) => {
          const { done, note } = calls(3);
          right.send("abc");
          loop.addReader(left, () => {
            left.recv(1);
            note();
          });
          await done;
          const writable = new Future<void>();
          loop.addWriter(left, () => {
            loop.removeWriter(left);
            writable.setResult();
          });
          await writable;
          loop.removeReader(left);
        }),
      { debug: true },
    ));

  it("may be added and removed by the callbacks themselves [FD-01 FD-02]", () =>
    run(() =>
      withPair(async (loop, left, right) => {
        const log: string[] = [];
        const { done, note } = calls(2);
        const second = (): void => {
          log.push(`second ${left.recv(1)}`);
          loop.removeReader(left);
          note();
        };
        loop.addReader(left, () => {
          log.push(`first ${left.recv(1)}`);
          loop.addReader(left, second);
          note();
        });
        right.send("ab");
        await done;
        assert.deepEqual(log, ["first a", "second b"]);
      }),
    ));

  it("keep a task informed of many descriptors [FD-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const pairs = Array.from({ length: 50 }, () => socketpair());
      const { done, note } = calls(pairs.length);
      for (const [left] of pairs) {
        loop.addReader(left, () => {
          left.recv(1);
          note();
        });
      }
      createTask(async () => {
        for (const [, right] of pairs) {
          right.send("x");
          await sleep(0);
        }
      });
      await done;
      for (const socket of pairs.flat()) socket.close();
    }));
});
