/** Transfers do with one call what they do with one for each: the same results, bytes and refusals. */
import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import { it } from "node:test";
import { Ring, RING_RECEIVE, RING_SEND } from "#gyre/native/io-uring.js";
import { TransferMemory } from "#gyre/native/transfers.js";
import { describeNative } from "../../support/descriptors.ts";
import {
  AGAIN,
  BROKEN,
  CLOSED,
  type Desk,
  itTransfers,
  NO_SOCKET,
  NOBODY,
  onlySingly,
  openTransfers,
} from "./transfers-support.ts";

const OUT_OF_RANGE = { name: "RangeError", code: "GYRE_OUT_OF_RANGE" };
const WRONG_TYPE = { name: "TypeError", code: "GYRE_INVALID_ARGUMENT" };
const NO_NUMBERS: readonly unknown[] = [null, undefined, "1", {}];

describeNative("transfers", () => {
  itTransfers("have their results in order, and the right bytes", 8, (desk) => {
    const pairs = [desk.pair(), desk.pair(), desk.pair()];
    for (const [index, [left]] of pairs.entries()) desk.send(left, index * 10, `number ${index}`.repeat(1));
    assert.deepEqual(desk.run(3), [8, 8, 8]);
    for (const [index, [, right]] of pairs.toReversed().entries()) desk.receive(right, 100 + index * 10, 10);
    assert.deepEqual(desk.run(3), [8, 8, 8]);
    assert.deepEqual(
      [100, 110, 120].map((offset) => desk.text(offset, 8)),
      ["number 2", "number 1", "number 0"],
    );
  });

  itTransfers("of both kinds may be mixed, and are made one after the other", 8, (desk) => {
    const [left, right] = desk.pair();
    desk.receive(right, 0, 10);
    desk.send(left, 20, "first");
    desk.receive(right, 0, 10);
    desk.send(left, 30, "second");
    desk.send(right, 40, "back");
    desk.receive(right, 10, 3);
    desk.receive(left, 50, 10);
    assert.deepEqual(desk.run(7), [AGAIN, 5, 5, 6, 4, 3, 4]);
    assert.deepEqual(
      [desk.text(0, 5), desk.text(10, 3), desk.text(50, 4), desk.drain(right)],
      ["first", "sec", "back", "ond"],
    );
  });

  itTransfers("touch only their part of the memory", 8, (desk) => {
    const [left, right] = desk.pair();
    desk.system.send(left, Buffer.alloc(100, "x"));
    desk.memory.bytes.fill(".");
    desk.receive(right, 10, 5);
    desk.receive(right, 20, 0);
    desk.receive(right, 25, 1);
    assert.deepEqual(desk.run(3).toSpliced(1, 1), [5, 1]);
    assert.equal(desk.text(0, 30), "..........xxxxx..........x....");
  });

  itTransfers("find the end, a peer that is gone, and what is no socket", 8, (desk) => {
    const [left, right] = desk.pair();
    desk.system.send(left, Buffer.from("last"));
    desk.shut(left);
    for (let count = 0; count < 3; count++) desk.receive(right, 0, 10);
    desk.send(right, 0, "too late"); // and no SIGPIPE
    const file = openSync(import.meta.filename, "r");
    desk.receive(file, 0, 10);
    desk.receive(NOBODY, 0, 10);
    desk.send(NOBODY, 0, "x");
    assert.deepEqual(desk.run(7), [4, 0, 0, BROKEN, NO_SOCKET, CLOSED, CLOSED]);
    closeSync(file);
  });

  itTransfers("say so when the system takes nothing, or not all", 8, (desk) => {
    const [left, right] = desk.pair();
    desk.transfers.send(left, desk.memory, 0, 300_000);
    const [sent = 0] = desk.run(1);
    assert.ok(sent > 0 && sent < 300_000, String(sent));
    desk.fill(left);
    desk.send(left, 0, "no room");
    desk.receive(left, 0, 10);
    desk.send(right, 0, "the other way");
    assert.deepEqual(desk.run(3), [AGAIN, AGAIN, 13]);
  });

  itTransfers("of a descriptor that is closed before they run do no harm", 4, (desk) => {
    const [left, right] = desk.pair();
    const [other, peer] = desk.pair();
    desk.shut(right);
    desk.send(left, 0, "nobody");
    desk.shut(left);
    desk.send(left, 0, "nobody");
    desk.send(other, 10, "somebody");
    const [first, ...others] = desk.run(3);
    assert.ok(first === BROKEN || first === CLOSED); // singly, it was made at once
    assert.deepEqual(others, [CLOSED, 8]);
    assert.equal(desk.drain(peer), "somebody");
  });

  itTransfers("can be none at all", 4, (desk) => {
    assert.deepEqual(desk.run(0), []);
    assert.deepEqual(desk.run(0), []);
    const [left, right] = desk.pair();
    desk.send(left, 0, "x");
    assert.deepEqual(desk.run(1), [1]);
    assert.equal(desk.drain(right), "x");
  });

  itTransfers("can be made much more often than their queue is long", 4, (desk) => {
    const [left, right] = desk.pair();
    for (let round = 0; round < 1000; round++) {
      const text = `round ${round}`;
      const count = round % 4;
      for (let index = 0; index < count; index++) desk.send(left, index * 20, text);
      assert.deepEqual(desk.run(count), Array.from({ length: count }).fill(text.length));
      assert.equal(desk.drain(right), count === 0 ? String(AGAIN) : text.repeat(count));
    }
  });

  itTransfers("can fill their queue again and again", 4, (desk) => {
    const [left, right] = desk.pair();
    for (let round = 0; round < 100; round++) {
      for (let index = 0; index < 4; index++) desk.send(left, index * 20, `${round}:${index} `);
      desk.run(4);
      assert.equal(desk.drain(right), [0, 1, 2, 3].map((index) => `${round}:${index} `).join(""));
    }
  });

  itTransfers("are refused outside of their memory, before anything is done", 4, (desk) => {
    const [left, right] = desk.pair();
    const { memory, transfers } = desk;
    const size = memory.bytes.length;
    const outside = [
      [size, 1],
      [0, size + 1],
      [-1, 2],
      [5, -1],
      [size + 1, 0],
      [1, size],
      [Number.NaN, 1],
      [0, Number.NaN],
      [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    ] as const;
    for (const [offset, length] of outside) {
      assert.throws(() => transfers.send(left, memory, offset, length), OUT_OF_RANGE);
      assert.throws(() => transfers.receive(left, memory, offset, length), OUT_OF_RANGE);
      assert.throws(() => memory.part(offset, length), OUT_OF_RANGE);
    }
    // what was refused has no result, and does not count
    desk.send(left, size - 4, "last");
    desk.receive(right, size, 0);
    desk.receive(right, 0, 4);
    assert.deepEqual(desk.run(3).toSpliced(1, 1), [4, 4]);
    assert.equal(desk.text(0, 4), "last");
  });

  itTransfers("are refused for what is no descriptor", 4, (desk) => {
    const { memory, transfers } = desk;
    for (const wrong of [-1, 1.5, Number.NaN, 2 ** 31]) {
      assert.throws(() => transfers.send(wrong, memory, 0, 1), OUT_OF_RANGE);
      assert.throws(() => transfers.receive(wrong, memory, 0, 1), OUT_OF_RANGE);
    }
    for (const wrong of NO_NUMBERS) {
      assert.throws(() => transfers.send(wrong as number, memory, 0, 1), WRONG_TYPE);
      assert.throws(() => transfers.receive(wrong as number, memory, 0, 1), WRONG_TYPE);
    }
    const [left] = desk.pair();
    for (let index = 0; index < 4; index++) desk.send(left, 0, "x".repeat(index + 1));
    assert.deepEqual(desk.run(4), [1, 2, 3, 4]);
  });

  itTransfers("are refused when there are too many, and the others made", 4, (desk) => {
    const [left, right] = desk.pair();
    assert.equal(desk.transfers.results.length, 4);
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 4; index++) desk.send(left, index, "abcd".charAt(index));
      assert.throws(() => desk.send(left, 10, "e"), OUT_OF_RANGE);
      assert.throws(() => desk.receive(right, 10, 1), OUT_OF_RANGE);
      assert.deepEqual(desk.run(4), [1, 1, 1, 1]);
      assert.equal(desk.drain(right), "abcd");
    }
  });

  itTransfers("may be closed twice, and are made singly from then on", 4, (desk) => {
    const [left, right] = desk.pair();
    desk.send(left, 0, "before");
    desk.transfers.close();
    desk.transfers.close();
    assert.equal(desk.transfers.together, false);
    desk.run(1);
    const before = desk.drain(right);
    assert.ok(before === "before" || before === String(AGAIN)); // singly, it was made at once
    desk.send(left, 0, "after");
    desk.receive(right, 10, 10);
    assert.deepEqual(desk.run(2), [5, 5]);
    assert.equal(desk.text(10, 5), "after");
  });

  itTransfers("are not kept from going on by signals", 4, (desk) => {
    const onSignal = (): void => undefined;
    process.on("SIGWINCH", onSignal);
    try {
      const [left, right] = desk.pair();
      for (let round = 0; round < 200; round++) {
        desk.send(left, 0, "signal");
        process.kill(process.pid, "SIGWINCH");
        desk.receive(right, 10, 6);
        assert.deepEqual(desk.run(2), [6, 6]);
      }
    } finally {
      process.off("SIGWINCH", onSignal);
    }
  });

  itTransfers("move many bytes between many sockets", 64, (desk: Desk) => {
    const pairs = Array.from({ length: 64 }, () => desk.pair());
    for (let round = 0; round < 20; round++) {
      const texts = pairs.map((_, index) => `${round}.${index} `.repeat(1 + ((index * 7 + round) % 300)));
      for (const [index, [left]] of pairs.entries()) desk.send(left, index * 4000, texts[index] ?? "");
      assert.deepEqual(
        desk.run(64),
        texts.map((text) => text.length),
      );
      for (const [index, [, right]] of pairs.entries()) desk.receive(right, index * 4000, 4000);
      const results = desk.run(64);
      assert.deepEqual(
        results.map((length, index) => desk.text(index * 4000, length)),
        texts,
      );
    }
  });
});

describeNative("whether transfers are made together", () => {
  it("can be forbidden, by our switch or that of the host's library", () => {
    for (const name of ["GYRE_IO_URING", "UV_USE_IO_URING"]) {
      const before = process.env[name];
      process.env[name] = "0";
      const transfers = openTransfers(name === "GYRE_IO_URING" ? "singly" : "together", 4);
      assert.equal(transfers.together, false, name);
      transfers.close();
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    }
  });

  it("depends on how many there are to be, as the system has it", { skip: onlySingly }, () => {
    for (const [capacity, together, results] of [
      [0, false, 0],
      [1, true, 1],
      [5, true, 8],
      [256, true, 256],
      [1_000_000, false, 1_000_000],
    ] as const) {
      const transfers = openTransfers("together", capacity);
      assert.deepEqual([transfers.together, transfers.results.length], [together, results]);
      transfers.close();
    }
  });

  it("makes no difference to memory of no bytes", { skip: onlySingly }, () => {
    const transfers = openTransfers("together", 1);
    const memory = new TransferMemory(0);
    assert.throws(() => transfers.send(NOBODY, memory, 0, 1), OUT_OF_RANGE);
    transfers.send(NOBODY, memory, 0, 0);
    transfers.run();
    assert.equal(transfers.results[0], CLOSED);
    transfers.close();
  });
});

describeNative("a ring", () => {
  it(
    "is refused by the system where it makes no sense, and leaves nothing open",
    { skip: onlySingly },
    () => {
      assert.throws(() => new Ring(0), /errno 22/);
      assert.throws(() => new Ring(2 ** 20), /errno 22/);
    },
  );

  it("takes as many as it has room for", { skip: onlySingly }, () => {
    const ring = new Ring(3);
    const memory = new TransferMemory(16);
    const results = new Int32Array(ring.capacity);
    assert.equal(ring.capacity, 4);
    for (let round = 0; round < 10; round++) {
      ring.prepare(RING_SEND, NOBODY, memory.address, 1, 0);
      ring.prepare(RING_RECEIVE, NOBODY, memory.address, 1, 0);
      ring.run(results);
      assert.deepEqual([...results.subarray(0, 2)], [CLOSED, CLOSED]);
      assert.equal(ring.works, true);
    }
    ring.close();
    ring.close();
    assert.equal(ring.works, false);
  });
});
