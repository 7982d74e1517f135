/**
 * Keeps the memory of chunks warm. It lies outside V8's heap and is of no use soon after its chunk came, but there is nothing that frees it at
 * once, and two things that make its next use expensive. docs/performance.md has the figures.
 *
 * - What starts a collection of the young generation (0.3 ms) are small objects, such as the `Buffer` is that owns a chunk. Bytes outside
 *   count only towards a collection of the whole heap, which takes 10 ms and more, and comes after each 64 MB of them. So some garbage is made
 *   here, at such a pace that a young collection finds the chunks first.
 * - What lies free at the end of the C library's heap it gives back to the system, and takes it again page by page. glibc keeps twice as much
 *   there as the largest block had that it took from the system by itself and that was freed (mallopt(3), M_MMAP_THRESHOLD). So one
 *   such block is made, and never touched.
 */

import { getHeapSpaceStatistics } from "node:v8";

const MEGABYTE = 2 ** 20;
/** Bytes of chunks after which the young generation is to be collected. */
const INTERVAL = 24 * MEGABYTE;
/** Bytes of chunks after which it is looked at; that takes 2 µs. */
const STEP = 2 * MEGABYTE;
/** Elements of an array, and their bytes. */
const GARBAGE = { length: 2000, bytes: 16_000 } as const;
/** Bytes of the block. Twice as much is more than what comes within an interval. */
const BLOCK = 16 * MEGABYTE;

/** The last piece of garbage, which is kept so that no compiler leaves it out. */
const garbage: unknown[] = [];
let blockMade = false;
let sinceLook = 0;
let sinceCollection = 0;
/** Bytes of the young generation, when it was last looked at. */
let youngBytes = 0;

/** To be called when so much was allocated for chunks. */
export function noteOutsideMemory(size: number): void {
  sinceLook += size;
  if (sinceLook < STEP) return;
  if (!blockMade) Buffer.allocUnsafeSlow(BLOCK);
  blockMade = true;
  makeGarbage(sinceLook);
  sinceLook = 0;
}

/** As much as, with what the program makes by itself, fills the young generation by the end of the interval. */
function makeGarbage(step: number): void {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  if (young === undefined) return;
  if (young.space_used_size < youngBytes) sinceCollection = 0;
  sinceCollection += step;
  const left = Math.max(INTERVAL - sinceCollection, 0);
  const bytes = Math.min((young.space_available_size * step) / (left + step), step);
  for (let made = 0; made < bytes; made += GARBAGE.bytes) garbage[0] = new Array(GARBAGE.length);
  youngBytes = young.space_used_size + bytes;
}
