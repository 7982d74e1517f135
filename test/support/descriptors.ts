/** For tests of raw descriptors: skips them where there are none, and fails those that leave one open. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { afterEach, beforeEach, describe } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Socket } from "gyre/socket";
import { describeOnLoops, type LoopUnderTest } from "./loops.ts";

const LIST = "/proc/self/fd";
const TURNS = 20;

/** Why this host has no sockets of ours; null where it has. */
export const obstacle: string | null = findObstacle();

/** `describeOnLoops` for tests that need sockets of gyre/socket. */
export function describeWithSockets(title: string, define: (loop: LoopUnderTest) => void): void {
  if (obstacle !== null) {
    describe(title, { skip: obstacle });
    return;
  }
  describeOnLoops(title, (loop) => {
    guardDescriptors();
    define(loop);
  });
}

/** `describe` for the same. */
export function describeNative(title: string, define: () => void): void {
  if (obstacle !== null) {
    describe(title, { skip: obstacle });
    return;
  }
  describe(title, () => {
    guardDescriptors();
    define();
  });
}

/** Fails each test of the enclosing suite that leaves a descriptor open. */
export function guardDescriptors(): void {
  let before = 0;
  beforeEach(() => {
    before = countDescriptors();
  });
  afterEach(async () => {
    for (let count = 0; count < TURNS && countDescriptors() > before; count++) await turn();
    assert.ok(countDescriptors() <= before, "the test left a descriptor open");
  });
}

/** How many descriptors this process has open; 0 where the system does not tell. */
export function countDescriptors(): number {
  return existsSync(LIST) ? readdirSync(LIST).length : 0;
}

function findObstacle(): string | null {
  try {
    new Socket().close();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
