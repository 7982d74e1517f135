import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keepPeer, keptPeer } from "#gyre/loops/selector/peer-addresses.js";

describe("the addresses of peers", () => {
  it("are kept by descriptor, until another one has the number", () => {
    keepPeer(3, Uint8Array.of(1, 2, 3));
    keepPeer(4, new Uint8Array(28).fill(4));
    keepPeer(5000, Uint8Array.of(5));
    assert.deepEqual(keptPeer(3), Uint8Array.of(1, 2, 3));
    assert.deepEqual(keptPeer(4), new Uint8Array(28).fill(4));
    assert.deepEqual(keptPeer(5000), Uint8Array.of(5));
    keepPeer(4, null);
    assert.equal(keptPeer(4), null);
    assert.deepEqual(keptPeer(3), Uint8Array.of(1, 2, 3));
  });

  it("are not there if nobody kept them, or if they are too long", () => {
    keepPeer(6, new Uint8Array(110));
    assert.equal(keptPeer(6), null);
    assert.equal(keptPeer(7), null);
    assert.equal(keptPeer(1_000_000), null);
  });
});
