import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { ByteQueue } from "#gyre/net/streams/byte-queue.js";

function queueOf(...chunks: string[]): ByteQueue {
  const queue = new ByteQueue();
  for (const chunk of chunks) queue.push(Buffer.from(chunk));
  return queue;
}

describe("a byte queue", () => {
  it("hands a whole chunk on as it came", () => {
    const queue = new ByteQueue();
    const [first, second] = [Buffer.alloc(1000), Buffer.alloc(2000)];
    queue.push(first);
    queue.push(second);
    assert.equal(queue.take(1000), first);
    assert.equal(queue.take(5000), second);
    assert.deepEqual([queue.length, queue.take(1).length], [0, 0]);
  });

  it("takes parts of chunks, and over their borders", () => {
    const queue = queueOf("abc", "def", "g".repeat(1000), "hi");
    assert.equal(String(queue.take(2)), "ab");
    assert.equal(String(queue.take(3)), "cde");
    assert.equal(String(queue.take(2)), "fg");
    queue.drop(998);
    assert.equal(String(queue.take(10)), "ghi");
  });

  it("never changes bytes that were taken", () => {
    const queue = queueOf("ab", "cd", "ef");
    const taken = queue.take(4);
    queue.push(Buffer.from("gh"));
    queue.push(Buffer.from("ij"));
    assert.equal(String(taken), "abcd");
    assert.equal(String(queue.take(10)), "efghij");
  });

  it("searches over any number of borders, from any place", () => {
    const queue = queueOf("xa".repeat(300), "b", "c".repeat(600), "d");
    queue.take(1);
    assert.equal(queue.indexOf(Buffer.from("abc")), 598);
    assert.equal(queue.indexOf(Buffer.from("abc"), 598), 598);
    assert.equal(queue.indexOf(Buffer.from("abc"), 599), -1);
    assert.equal(queue.indexOf(Buffer.from("d")), 1200);
    assert.equal(queue.indexOf(Buffer.from("d"), 5000), -1);
    assert.equal(queue.hasAt(Buffer.from("cd"), 1199), true);
    assert.equal(queue.hasAt(Buffer.from("cd"), 1200), false);
  });

  it("keeps millions of single bytes in little memory, and finds their end at once", () => {
    const queue = new ByteQueue();
    const byte = Buffer.from("x");
    const newline = Buffer.from("\n");
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 2_000_000; i++) {
      queue.push(byte);
      if (i % 10 === 0) assert.equal(queue.indexOf(newline, i), -1);
    }
    assert.ok(process.memoryUsage().rss - before < 300_000_000);
    assert.equal(queue.take(3_000_000).length, 2_000_000);
  });

  it("does as a string does", () => {
    const operation = fc.oneof(
      fc.record({ push: fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 700 }) }),
      fc.record({ take: fc.nat(900) }),
      fc.record({ drop: fc.nat(300) }),
      fc.record({ find: fc.constantFrom("a", "ab", "bba", "aaaaaaaa"), from: fc.nat(900) }),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const queue = new ByteQueue();
        let model = "";
        for (const one of operations) {
          if ("push" in one) {
            queue.push(Buffer.from(one.push));
            model += one.push;
          } else if ("take" in one) {
            assert.equal(String(queue.take(one.take)), model.slice(0, one.take));
            model = model.slice(one.take);
          } else if ("drop" in one) {
            queue.drop(one.drop);
            model = model.slice(one.drop);
          } else
            assert.equal(queue.indexOf(Buffer.from(one.find), one.from), model.indexOf(one.find, one.from));
          assert.equal(queue.length, model.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});
