/** Memory for what came over a connection. It belongs to whoever is given it, who may keep it for ever. */

import { noteOutsideMemory } from "./outside-memory.ts";
import { LARGEST_PIECE, Slabs } from "./slabs.ts";

const POOLED_BY_HOST = 4096; // bytes; smaller chunks share memory that the host cuts up

const slabs = new Slabs((size) => ({ bytes: Buffer.allocUnsafeSlow(size) }));

/** A copy that nobody else will change. */
export function ownCopy(chunk: Buffer): Buffer {
  const copy = allocateChunk(chunk.length);
  copy.set(chunk);
  return copy;
}

/** Memory with anything in it. */
export function allocateChunk(size: number): Buffer {
  if (size < POOLED_BY_HOST) return Buffer.allocUnsafe(size);
  if (size > LARGEST_PIECE) {
    noteOutsideMemory(size);
    return Buffer.allocUnsafeSlow(size);
  }
  const { slab, start } = slabs.cut(size);
  return slab.bytes.subarray(start, start + size);
}
