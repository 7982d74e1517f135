/** White box: the small writes of a round leave together at its end, or as soon as somebody looks. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Transport } from "gyre";
import type { Socket } from "gyre/socket";
import { describeNative } from "../../support/descriptors.ts";
import { type Line, MANY, withLines } from "./lines.ts";

const LARGEST = 16_384; // bytes that wait for the end of the round

function seen(peer: Socket): string {
  try {
    return String(peer.recv(200_000));
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "";
  }
}

/** What the peer sees right after the action, of each line in the same round, and then at the end of the round. */
async function look(
  lines: readonly Line[],
  act: (transport: Transport, index: number) => void,
): Promise<[at: string[], after: string[]]> {
  const at: string[] = [];
  for (const [index, line] of lines.entries()) {
    line.onData = () => {
      act(line.transport, index);
      at[index] = seen(line.peer);
    };
  }
  for (const { peer } of lines) peer.send("go");
  while (Object.keys(at).length < lines.length) await turn();
  await turn();
  return [at, lines.map(({ peer }) => seen(peer))];
}

const all = (text: string): string[] => Array.from({ length: MANY }, () => text);

describeNative("the small writes of a round", () => {
  it("leave at its end", () =>
    withLines(async (lines) => {
      const [at, after] = await look(lines, (transport) => {
        transport.write("a");
        transport.write("b");
        transport.write(Buffer.alloc(LARGEST - 2, "c"));
      });
      assert.deepEqual(at, all("EAGAIN"));
      assert.deepEqual(after, all(`ab${"c".repeat(LARGEST - 2)}`));
    }));

  const looks: Record<string, (transport: Transport) => unknown> = {
    "getWriteBufferSize()": (transport) => transport.getWriteBufferSize(),
    "statistics()": (transport) => String(transport),
    "setWriteBufferLimits()": (transport) => transport.setWriteBufferLimits({ high: 0 }),
    "fileno()": (transport) => transport.getExtraInfo("socket")?.fileno(),
    "writeEof()": (transport) => transport.writeEof(),
    "close()": (transport) => transport.close(),
    "abort()": (transport) => transport.abort(),
    "writelines()": (transport) => transport.writelines([""]) ?? transport.writelines(["", "!"]),
    "a large write": (transport) => transport.write(Buffer.alloc(LARGEST + 1, "!")),
    "a write that makes it large": (transport) => transport.write(Buffer.alloc(LARGEST, "!")),
  };
  for (const [name, action] of Object.entries(looks)) {
    it(`leave at once for ${name}`, () =>
      withLines(async (lines) => {
        const [at] = await look(lines, (transport) => {
          transport.write("small");
          action(transport);
        });
        for (const text of at) assert.match(text, /^small!*$/);
      }));
  }

  it("leave at once where others have the descriptor, or the limit is 0", () =>
    withLines(async (lines) => {
      for (const [index, { transport }] of lines.entries()) {
        if (index % 2 === 0) transport.getExtraInfo("socket")?.fileno();
        else transport.setWriteBufferLimits({ high: 0 });
      }
      const [at, after] = await look(lines, (transport) => transport.write("small"));
      assert.deepEqual(at, all("small"));
      assert.deepEqual(after, all("EAGAIN"));
    }));

  it("are not taken outside of a round", () =>
    withLines(async (lines) => {
      await look(lines, () => undefined);
      for (const { transport, peer } of lines) {
        transport.write("now");
        assert.equal(seen(peer), "now");
      }
    }));

  it("leave at once where there is no room left", () =>
    withLines(async (lines) => {
      const times = 100; // of 16 KiB, by each of 8: more than all the memory
      const lengths: number[] = [];
      await look(lines, (transport, index) => {
        for (let time = 0; time < times; time++) {
          for (const line of lines) if (line.transport !== transport) line.transport.write(".");
          transport.write(Buffer.alloc(LARGEST, "x"));
          lengths[index] = (lengths[index] ?? 0) + seen(lines[index]?.peer ?? assert.fail()).length;
        }
      });
      assert.ok(lengths.some((length) => length > 0));
    }));

  it("leave when the loop is closed in their round", async () => {
    let peers: readonly Socket[] = [];
    await withLines(async (lines) => {
      const doubles = lines.map(({ peer }) => peer.dup());
      peers = doubles;
      await new Promise<void>((resolve) => {
        for (const line of lines)
          line.onData = () => {
            line.transport.write("last");
            resolve();
          };
        for (const { peer } of lines) peer.send("go");
      });
    });
    assert.ok(peers.map(seen).includes("last"));
    for (const peer of peers) peer.close();
  });
});
