/** Memory for what came over a connection. It belongs to whoever is given it, who may keep it for ever. */

import { markAsUntransferable } from "node:worker_threads";
import { noteOutsideMemory } from "./outside-memory.ts";

const POOLED_BY_HOST = 4096; // bytes; smaller chunks share memory that the host cuts up
const SLAB = 65_536; // bytes that larger chunks share. Who keeps one keeps them all, so only up to so much:
const LARGEST_SHARED = SLAB / 4;
const ALIGNMENT = 8;

let slab = Buffer.alloc(0);
let used = 0;

/** A copy that nobody else will change. */
export function ownCopy(chunk: Buffer): Buffer {
  const copy = allocateChunk(chunk.length);
  copy.set(chunk);
  return copy;
}

/** Memory with anything in it. */
export function allocateChunk(size: number): Buffer {
  if (size < POOLED_BY_HOST) return Buffer.allocUnsafe(size);
  if (size > LARGEST_SHARED) {
    noteOutsideMemory(size);
    return Buffer.allocUnsafeSlow(size);
  }
  if (used + size > slab.length) openSlab();
  const piece = slab.subarray(used, used + size);
  used = Math.ceil((used + size) / ALIGNMENT) * ALIGNMENT;
  return piece;
}

function openSlab(): void {
  slab = Buffer.allocUnsafeSlow(SLAB);
  markAsUntransferable(slab.buffer); // else one chunk could take the others with it to another thread
  used = 0;
  noteOutsideMemory(SLAB);
}
