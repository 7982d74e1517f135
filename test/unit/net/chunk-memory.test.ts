import assert from "node:assert/strict";
import { constants, PerformanceObserver } from "node:perf_hooks";
import { describe, it } from "node:test";
import { allocateChunk, ownCopy } from "#gyre/net/connection/chunk-memory.js";

const MEGABYTE = 2 ** 20;
/** Bytes of chunks for which there is to be a collection of the young generation. */
const INTERVAL = 24 * MEGABYTE;
const INTERVALS = 40;

function isCollection(entry: object): entry is { readonly detail: { readonly kind: number } } {
  return (
    "detail" in entry && typeof entry.detail === "object" && entry.detail !== null && "kind" in entry.detail
  );
}

describe("memory for chunks", () => {
  for (const size of [1, 1000, 5000, 16_384, 100_000]) {
    it(`gives a copy of ${size} bytes that nobody else changes`, () => {
      const source = Buffer.alloc(size, 1);
      const copies = Array.from({ length: 20 }, (_, index) => ownCopy(source.fill(index)));
      for (const [index, copy] of copies.entries()) assert.deepEqual(copy, Buffer.alloc(size, index));
    });
  }

  it("lets nobody take the memory of others along to another thread", () => {
    const chunk = allocateChunk(10_000);
    const { buffer } = chunk;
    assert.ok(buffer instanceof ArrayBuffer);
    try {
      structuredClone(buffer, { transfer: [buffer] }); // Node 20 clones it instead
    } catch (error) {
      assert.ok(error instanceof DOMException && error.name === "DataCloneError");
    }
    assert.equal(chunk.length, 10_000);
  });

  for (const size of [10_000, 100_000]) {
    it(`of ${size} bytes is found by collections of the young generation`, async () => {
      const kinds: unknown[] = [];
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (isCollection(entry)) kinds.push(entry.detail.kind);
      });
      observer.observe({ entryTypes: ["gc"] });
      for (let done = 0; done < INTERVALS * INTERVAL; done += size) {
        allocateChunk(size);
        if (done % (INTERVAL / 2) < size) await new Promise(setImmediate);
      }
      await new Promise((resolve) => setTimeout(resolve, 10)); // the observer is told late
      observer.disconnect();
      const young = kinds.filter((kind) => kind === constants.NODE_PERFORMANCE_GC_MINOR).length;
      assert.ok(young >= 0.75 * INTERVALS, `${young} young collections, and ${kinds.length - young} others`);
    });
  }
});
