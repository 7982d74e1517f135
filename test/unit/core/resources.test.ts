import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Resource, Resources } from "#gyre/core/resources.js";

class Thing extends Resource {
  readonly name: string;
  readonly #closing: boolean;
  abandoned = 0;

  constructor(name: string, closing = false) {
    super();
    this.name = name;
    this.#closing = closing;
  }

  isClosing(): boolean {
    return this.#closing;
  }

  abandon(): void {
    this.abandoned++;
  }

  override toString(): string {
    return this.name;
  }
}

describe("what a loop has open", () => {
  const [a, b, c] = [new Thing("a"), new Thing("b", true), new Thing("c")];

  function all(): Resources {
    const resources = new Resources();
    for (const thing of [a, b, c]) resources.add(thing);
    return resources;
  }

  it("is known in the order in which it was opened, each once", () => {
    const resources = all();
    resources.add(b);
    assert.deepEqual([...resources].map(String), ["a", "b", "c"]);
    assert.deepEqual(resources.forgotten(), ["a", "c"]);
    resources.abandon();
  });

  it("can be closed in any order, more than once, and while it is looked at", () => {
    for (const order of [
      [a, b, c],
      [c, b, a],
      [b, a, c],
      [b, c, a],
    ]) {
      const resources = all();
      for (const resource of resources) assert.ok(order.some((thing) => thing === resource));
      for (const [index, thing] of order.entries()) {
        resources.delete(thing);
        resources.delete(thing);
        assert.equal([...resources].length, 2 - index);
      }
      resources.add(a);
      assert.deepEqual([...resources].map(String), ["a"]);
      for (const resource of resources) resources.delete(resource);
      assert.deepEqual([...resources], []);
    }
  });

  it("is abandoned once, and may be closed after that", () => {
    const [first, second] = [new Thing("first"), new Thing("second")];
    const resources = new Resources();
    resources.add(first);
    resources.add(second);
    resources.abandon();
    resources.abandon();
    for (const thing of [first, second]) resources.delete(thing);
    assert.deepEqual([first.abandoned, second.abandoned], [1, 1]);
    assert.deepEqual([...resources], []);
  });
});
