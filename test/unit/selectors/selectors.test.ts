import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from "node:fs";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import {
  DefaultSelector,
  EpollSelector,
  EVENT_READ,
  EVENT_WRITE,
  KqueueSelector,
  PollSelector,
  type Selector,
} from "gyre/selectors";
import { type Socket, socketpair } from "gyre/socket";
import { describeNative } from "../../support/descriptors.ts";

const BOTH = EVENT_READ | EVENT_WRITE;
const SYSTEMS = { EpollSelector, PollSelector, KqueueSelector } as const;
const HERE = platform() === "darwin" ? ["KqueueSelector", "PollSelector"] : ["EpollSelector", "PollSelector"];

for (const name of HERE as (keyof typeof SYSTEMS)[]) {
  const make = (): Selector<string> => new SYSTEMS[name]<string>();

  const withSelector = (body: (selector: Selector<string>, left: Socket, right: Socket) => void) => () => {
    const selector = make();
    const [left, right] = socketpair();
    try {
      body(selector, left, right);
    } finally {
      selector.close();
      left.close();
      right.close();
    }
  };

  const look = (selector: Selector<string>): [string | null, number][] =>
    selector.select(0).map(([{ data }, events]) => [data, events]);

  describeNative(name, () => {
    it(
      "tells what is ready, and for what",
      withSelector((selector, left, right) => {
        const key = selector.register(left, EVENT_READ, "left");
        assert.deepEqual(key, { fileobj: left, fd: left.fileno(), events: EVENT_READ, data: "left" });
        selector.register(right.fileno(), BOTH, "right");
        assert.deepEqual(look(selector), [["right", EVENT_WRITE]]);
        left.send("x");
        assert.deepEqual(look(selector), [["right", BOTH]]);
        right.send("x");
        assert.deepEqual(
          new Map(look(selector)),
          new Map([
            ["left", EVENT_READ],
            ["right", BOTH],
          ]),
        );
        assert.deepEqual(selector.select(null).length, 2);
      }),
    );

    it(
      "goes on telling, until it is read",
      withSelector((selector, left, right) => {
        selector.register(left, EVENT_READ, "left");
        right.send("xy");
        for (let count = 0; count < 3; count++) assert.deepEqual(look(selector), [["left", EVENT_READ]]);
        left.recv(2);
        assert.deepEqual(look(selector), []);
      }),
    );

    it(
      "tells of the end of a stream",
      withSelector((selector, left, right) => {
        selector.register(left, BOTH, "left");
        right.close();
        assert.deepEqual(look(selector), [["left", BOTH]]);
        selector.modify(left, EVENT_READ, "changed");
        assert.deepEqual(look(selector), [["changed", EVENT_READ]]);
      }),
    );

    it(
      "changes what is watched and what is kept",
      withSelector((selector, left, right) => {
        selector.register(left, EVENT_READ, "first");
        assert.deepEqual(look(selector), []);
        selector.modify(left, EVENT_WRITE, "second");
        assert.deepEqual(look(selector), [["second", EVENT_WRITE]]);
        assert.equal(selector.modify(left, EVENT_WRITE).data, null);
        assert.equal(selector.getKey(left).events, EVENT_WRITE);
        assert.throws(() => selector.modify(right, EVENT_READ), { code: "GYRE_NOT_REGISTERED" });
      }),
    );

    it(
      "forgets what is unregistered, even if it was closed before",
      withSelector((selector, left, right) => {
        const first = selector.register(left, EVENT_WRITE, "left");
        const second = selector.register(right, EVENT_WRITE, "right");
        assert.equal(selector.unregister(left), first);
        assert.throws(() => selector.unregister(left), { code: "GYRE_NOT_REGISTERED" });
        right.close();
        assert.equal(selector.unregister(right), second);
        assert.throws(() => selector.unregister(right), { code: "GYRE_NOT_REGISTERED" });
        assert.deepEqual(look(selector), []);
      }),
    );

    it(
      "shows what is registered",
      withSelector((selector, left, right) => {
        const map = selector.getMap();
        assert.ok(map !== null);
        assert.equal(map.size, 0);
        const key = selector.register(left, EVENT_READ, "left");
        assert.deepEqual([...map], [[left.fileno(), key]]);
        assert.equal(map.get(left), key);
        assert.equal(map.get(left.fileno()), key);
        assert.ok(map.has(left) && !map.has(right));
        assert.deepEqual([...map.keys()], [left.fileno()]);
        assert.deepEqual([...map.values()], [key]);
        assert.equal(selector.getKey(left.fileno()), key);
        assert.throws(() => selector.getKey(right), { code: "GYRE_NOT_REGISTERED" });
      }),
    );

    it(
      "refuses what is registered already, and what makes no sense",
      withSelector((selector, left) => {
        selector.register(left, EVENT_READ);
        assert.throws(() => selector.register(left, EVENT_READ), { code: "GYRE_ALREADY_REGISTERED" });
        for (const events of [0, 4, -1, 1.5, Number.NaN])
          assert.throws(() => selector.modify(left, events), { code: "GYRE_OUT_OF_RANGE" });
        for (const wrong of ["1", null, {}] as unknown as number[]) {
          assert.throws(() => selector.register(left, wrong), { code: "GYRE_INVALID_ARGUMENT" });
          assert.throws(() => selector.register(wrong, EVENT_READ), { code: "GYRE_INVALID_ARGUMENT" });
          assert.throws(() => selector.unregister(wrong), { code: "GYRE_INVALID_ARGUMENT" });
        }
        for (const wrong of [-1, 1.5, 2 ** 31])
          assert.throws(() => selector.register(wrong, EVENT_READ), { code: "GYRE_OUT_OF_RANGE" });
        assert.throws(() => selector.select("1" as unknown as number), { code: "GYRE_INVALID_ARGUMENT" });
        assert.throws(() => selector.select(Number.NaN), { code: "GYRE_OUT_OF_RANGE" });
        assert.equal(selector.getMap()?.size, 1);
      }),
    );

    it(
      "waits as long as it was told, and not longer",
      withSelector((selector) => {
        const start = performance.now();
        assert.deepEqual(selector.select(20), []);
        assert.ok(performance.now() - start >= 19);
        assert.deepEqual(selector.select(-5), []);
        assert.deepEqual(selector.select(0.1), []);
      }),
    );

    it(
      "is of no use when it is closed",
      withSelector((selector, left) => {
        selector.register(left, EVENT_READ);
        selector.close();
        selector.close();
        const closed = { code: "GYRE_SELECTOR_CLOSED" };
        assert.throws(() => selector.register(left, EVENT_READ), closed);
        assert.throws(() => selector.select(0), closed);
        assert.throws(() => selector.getKey(left), closed);
        assert.throws(() => selector.unregister(left), { code: "GYRE_NOT_REGISTERED" });
        assert.equal(selector.getMap(), null);
        assert.equal(selector.fileno(), -1);
        assert.match(String(selector), /closed/);
      }),
    );

    it(
      "tells of a number that is another descriptor's now",
      withSelector((selector, left) => {
        const fd = left.fileno();
        selector.register(fd, EVENT_READ, "old");
        left.close();
        const [next, peer] = socketpair();
        assert.equal(next.fileno(), fd);
        selector.modify(fd, BOTH, "new");
        assert.deepEqual(look(selector), [["new", EVENT_WRITE]]);
        selector.unregister(fd);
        next.close();
        peer.close();
      }),
    );

    it(
      "knows many descriptors",
      withSelector((selector) => {
        const pairs = Array.from({ length: 40 }, () => socketpair());
        for (const [left, right] of pairs) {
          selector.register(left, EVENT_READ, "left");
          right.send("x");
        }
        assert.equal(look(selector).length, pairs.length);
        for (const [left] of pairs.slice(5)) selector.unregister(left);
        assert.equal(look(selector).length, 5);
        for (const socket of pairs.flat()) socket.close();
      }),
    );

    it("returns when a signal comes, whose listener runs afterwards", async () => {
      const program = `
        import { ${name} } from "gyre/selectors";
        const selector = new ${name}();
        process.on("SIGUSR2", () => { console.log("listener"); process.exit(); });
        console.log("ready");
        setTimeout(() => {
          while (performance.now() < 30_000) {
            const before = performance.now();
            if (selector.select(30_000).length === 0 && performance.now() - before < 29_000) break;
          }
          console.log("returned");
        }, 1);
        setInterval(() => undefined, 1000);
      `;
      const cwd = fileURLToPath(new URL("../../../../", import.meta.url));
      const child = spawn(process.execPath, ["--input-type=module", "-e", program], { cwd });
      let output = "";
      child.stdout.on("data", (chunk: Buffer) => {
        output += String(chunk);
      });
      while (!output.includes("ready")) await once(child.stdout, "data");
      const timer = setInterval(() => child.kill("SIGUSR2"), 50);
      await once(child, "exit");
      clearInterval(timer);
      assert.equal(output, "ready\nreturned\nlistener\n");
    });
  });
}

describeNative("selectors of this system", () => {
  it("is the best one by default", () => {
    const selector = new DefaultSelector();
    assert.equal(selector.constructor.name, HERE[0]);
    assert.ok(selector.fileno() > 0);
    selector.close();
  });

  it("are no others", { skip: platform() !== "linux" }, () => {
    assert.throws(() => new KqueueSelector(), { code: "GYRE_NOT_SUPPORTED", message: /macOS/ });
  });

  it("refuse files, but for poll", () => {
    const folder = mkdtempSync(join(tmpdir(), "gyre-"));
    writeFileSync(join(folder, "file"), "text");
    const fd = openSync(join(folder, "file"), "r");
    const selector = new DefaultSelector();
    assert.throws(() => selector.register(fd, EVENT_READ), { code: "EPERM" });
    assert.equal(selector.getMap()?.size, 0);
    assert.throws(() => selector.register(999_999, EVENT_READ), { code: "EBADF" });
    selector.close();
    const poll = new PollSelector();
    poll.register(fd, EVENT_READ);
    assert.equal(poll.select(0).length, 1);
    poll.close();
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });
});
