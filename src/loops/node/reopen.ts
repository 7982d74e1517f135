/**
 * A FileHandle closes its descriptor and a socket closes its own, so both cannot have the same one. A pipe that is open as a
 * FileHandle is therefore opened a second time, by the name that the system gives to the descriptor.
 */

import { closeSync, constants, openSync, readFileSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";

const { O_NOCTTY, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
const FLAGS = /^flags:\s*([0-7]+)$/m;

/** A descriptor of the same pipe, independent of the handle's, that never blocks. */
export function reopen({ fd }: FileHandle, direction: "read" | "write"): number {
  const path = `/dev/fd/${fd}`;
  const witness = direction === "read" && waitsForWriter(fd) ? null : openOtherEnd(path, direction);
  try {
    return openSync(path, (direction === "read" ? O_RDONLY : O_WRONLY) | O_NONBLOCK | O_NOCTTY);
  } finally {
    if (witness !== null) closeSync(witness);
  }
}

/**
 * A partner that has left before is not known to the new descriptor: reading would wait for the first one to come, and writing
 * fail at once. So there is one for a moment. Null where the system does not permit that.
 */
function openOtherEnd(path: string, direction: "read" | "write"): number | null {
  try {
    return openSync(path, (direction === "read" ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_NOCTTY);
  } catch {
    return null;
  }
}

/** Whether the descriptor was opened without blocking: then it may not have had a writer yet, and no writer is not the end. */
function waitsForWriter(fd: number): boolean {
  if (process.platform !== "linux") return true; // the same descriptor again, with the same memory
  const flags = FLAGS.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"))?.[1] ?? "0";
  return (Number.parseInt(flags, 8) & O_NONBLOCK) !== 0;
}
