/** White box: how large the memory is that the selector loop receives into, and whose it is. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { describeNative } from "../../support/descriptors.ts";
import { type Line, MANY, withLines } from "./lines.ts";

const WARM_UP = 8; // rounds
const SLAB = 131_072; // bytes that large messages share

/** Each peer sends a message, all at once. @returns the chunks in which they came, of each line */
async function exchange(lines: readonly Line[], message: (index: number) => Buffer): Promise<Buffer[][]> {
  const chunks = lines.map((): Buffer[] => []);
  for (const [index, line] of lines.entries()) {
    line.onData = (data) => void chunks[index]?.push(data);
  }
  let sent = 0;
  for (const [index, { peer }] of lines.entries()) sent += peer.send(message(index));
  while (Buffer.concat(chunks.flat()).length < sent) await turn();
  return chunks;
}

async function repeat(lines: readonly Line[], size: number, times: number): Promise<Buffer[][]> {
  let last: Buffer[][] = [];
  for (let done = 0; done < times; done++) last = await exchange(lines, () => Buffer.alloc(size));
  return last;
}

describeNative("what is received together", () => {
  for (const size of [10, 1500, 4096, 10_240, 20_000, 31_000]) {
    it(`comes in one piece, once messages of ${size} bytes are known`, () =>
      withLines(async (lines) => {
        for (const chunks of await repeat(lines, size, WARM_UP)) assert.equal(chunks.length, 1);
      }));

    it(`is its receiver's for ever, if it has ${size} bytes`, () =>
      withLines(async (lines) => {
        await repeat(lines, size, WARM_UP);
        const chunks = await exchange(lines, (index) => Buffer.alloc(size, index));
        await repeat(lines, size, WARM_UP);
        for (const [index, pieces] of chunks.entries())
          assert.deepEqual(Buffer.concat(pieces), Buffer.alloc(size, index));
      }));
  }

  it("does not keep more memory if it is small where large messages are known", () =>
    withLines(async (lines) => {
      await repeat(lines, 10_240, WARM_UP);
      for (const chunks of await repeat(lines, 10, 1)) assert.ok((chunks[0]?.buffer.byteLength ?? 0) < SLAB);
    }));

  it("is large again at once after a small message between large ones", () =>
    withLines(async (lines) => {
      await repeat(lines, 10_240, WARM_UP);
      await repeat(lines, 5000, 1);
      for (const chunks of await repeat(lines, 8000, 1)) assert.equal(chunks.length, 1);
    }));

  it("fails where one before it has taken the memory away, and is complete for all others", () =>
    withLines(async (lines) => {
      await repeat(lines, 10_240, WARM_UP);
      const chunks = lines.map((): Buffer[] => []);
      for (const [index, line] of lines.entries()) {
        line.onData = (data) => {
          chunks[index]?.push(Buffer.from(data));
          if (index === 0) takeAway(data);
        };
      }
      for (const [index, { peer }] of lines.entries()) peer.send(Buffer.alloc(10_240, index));
      while (lines.some(({ error }, index) => error === null && chunks[index]?.length === 0)) await turn();
      for (const [index, { error }] of lines.entries()) {
        if (error === null) assert.deepEqual(chunks[index], [Buffer.alloc(10_240, index)]);
        else assert.equal("code" in error && error.code, "EFAULT");
      }
      assert.equal(lines[0]?.error, null);
    }));

  it("is complete where somebody has taken the memory of a chunk away", () =>
    withLines(async (lines) => {
      await repeat(lines, 10_240, WARM_UP);
      for (let round = 0; round < MANY; round++) {
        const chunks = await exchange(lines, (index) => Buffer.alloc(10_240, round + index));
        for (const [index, pieces] of chunks.entries())
          assert.deepEqual(Buffer.concat(pieces), Buffer.alloc(10_240, round + index));
        takeAway(chunks[round]?.[0]);
      }
    }));
});

/** As Node 22 allows; later ones refuse it, and earlier ones have no way to do so. */
function takeAway(chunk: Buffer | undefined): void {
  const buffer: ArrayBufferLike & { transfer?: () => unknown } = chunk?.buffer ?? new ArrayBuffer(0);
  try {
    buffer.transfer?.();
  } catch (error) {
    assert.ok(error instanceof TypeError);
  }
}
