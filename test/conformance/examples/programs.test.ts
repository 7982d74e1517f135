import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startExample } from "./start.ts";

const DENO_STDIN =
  "Deno" in globalThis && "Deno keeps a process alive that destroys its stdin while a read is under way";

describe("the example", () => {
  it("siblings stops the others when one fails", async () => {
    const { code, stdout, stderr } = await startExample("siblings.ts").ended;
    assert.equal(stderr, "");
    assert.deepEqual(stdout.trim().split("\n"), [
      "article: asked for",
      "prices: asked for",
      "reviews: asked for",
      "reviews: stopped, nobody needs it any more",
      "no page: Error: the price list is gone",
    ]);
    assert.equal(code, 0);
  });

  it("agent stops in the middle of a tool when Esc is pressed", { skip: DENO_STDIN }, async () => {
    const example = startExample("agent.ts");
    await example.printed(/read everything …/);
    example.child.stdin?.write("\u001B");
    const { code, stdout, stderr } = await example.ended;
    assert.equal(stderr, "");
    assert.deepEqual(stdout.trim().split("\n").slice(-3), [
      "  read everything …",
      "  read everything is closed",
      "Stopped.",
    ]);
    assert.equal(code, 0);
  });

  it("shutdown lets workers finish, but not for ever", async () => {
    const example = startExample("shutdown.ts");
    await example.printed(/Cyd begins job 3/);
    example.interrupt();
    const { code, stdout, stderr } = await example.ended;
    assert.equal(stderr, "");
    const end = stdout.slice(stdout.indexOf("Shutting down"));
    assert.match(end, /Cyd has done job 3/);
    assert.match(end, /Ann went home\nBob is cancelled\nCyd went home\n$/);
    assert.equal(code, 0);
  });
});
