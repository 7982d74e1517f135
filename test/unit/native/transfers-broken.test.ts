/** A ring whose descriptor somebody else closed, or put something else in the place of. */
import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import type { Transfers } from "#gyre/native/transfers.js";
import { describeNative } from "../../support/descriptors.ts";
import { AGAIN, type Desk, itRings, openTransfers, ringDescriptors } from "./transfers-support.ts";

/** The transfers that fail are made again, and then singly. */
function goesOn(desk: Desk): void {
  const [left, right] = desk.pair();
  desk.send(left, 0, "lost");
  desk.receive(right, 10, 10);
  assert.deepEqual(desk.run(2), [AGAIN, AGAIN]);
  assert.equal(desk.transfers.together, false);
  for (let round = 0; round < 10; round++) {
    desk.send(left, 0, "again");
    desk.receive(right, 10, 10);
    assert.deepEqual(desk.run(2), [5, 5]);
    assert.equal(desk.text(10, 5), "again");
  }
}

/** Gives a number that was just closed to something else. */
function reopen(fd: number, path: string): void {
  const others: number[] = [];
  for (let next = openSync(path, "r"); next !== fd; next = openSync(path, "r")) others.push(next);
  for (const other of others) closeSync(other);
}

function ringOf(before: readonly number[]): number {
  const fd = ringDescriptors().find((one) => !before.includes(one));
  assert.ok(fd !== undefined);
  return fd;
}

describeNative("a ring that was closed under our feet", () => {
  const before: readonly number[] = ringDescriptors();

  itRings("loses what it was to do, and no more", 4, (desk) => {
    closeSync(ringOf(before));
    goesOn(desk);
  });

  itRings("does the same where it worked before", 4, (desk) => {
    const [left, right] = desk.pair();
    desk.send(left, 0, "x");
    assert.deepEqual(desk.run(1), [1]);
    desk.send(left, 0, "y");
    closeSync(ringOf(before));
    assert.deepEqual(desk.run(1), [AGAIN]);
    assert.equal(desk.drain(right), "x");
    worksSingly(desk);
  });

  itRings("does the same where a file has its number", 4, (desk) => {
    const fd = ringOf(before);
    closeSync(fd);
    reopen(fd, "/dev/null");
    goesOn(desk);
  });

  itRings("does the same where another ring has its number", 4, (desk) => {
    const fd = ringOf(before);
    closeSync(fd);
    const others: Transfers[] = [];
    while (!ringDescriptors().includes(fd)) others.push(openTransfers("together", 4));
    goesOn(desk);
    const [left, right] = desk.pair();
    for (const other of others) {
      other.send(left, desk.memory, 0, desk.put(0, "mine"));
      other.run();
      assert.equal(other.results[0], 4);
      assert.equal(desk.drain(right), "mine");
    }
    for (const other of others) other.close();
  });

  itRings("does the same where a directory has its number", 4, (desk) => {
    const fd = ringOf(before);
    closeSync(fd);
    reopen(fd, "/");
    goesOn(desk);
  });
});

function worksSingly(desk: Desk): void {
  const [left, right] = desk.pair();
  desk.send(left, 0, "after");
  assert.deepEqual(desk.run(1), [5]);
  assert.equal(desk.drain(right), "after");
}
