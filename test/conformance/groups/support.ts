import assert from "node:assert/strict";
import { checkpoint, currentTask, sleep } from "gyre";
import { never } from "../support/pending.ts";

/** Runs until it is cancelled, and says so. */
export async function endless(steps: string[], name: string): Promise<void> {
  try {
    await never();
  } finally {
    steps.push(name);
  }
}

/** Runs until it is cancelled, and then takes its time. */
export async function cleanUp(duration: number): Promise<void> {
  try {
    await never();
  } finally {
    await sleep(duration);
  }
}

/** Nobody has cancelled the current task, nor will at its next wait. */
export async function assertUndisturbed(): Promise<void> {
  assert.equal(currentTask()?.cancelling(), 0);
  await checkpoint();
}
