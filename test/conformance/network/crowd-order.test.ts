import assert from "node:assert/strict";
import { describeOnLoops } from "../../support/loops.ts";
import { content, type Crowd, shout, untilLength, untilReceived, withCrowd } from "./crowd.ts";
import type { Hooks, Recorder } from "./recording.ts";

const MANY = 24;
const VERY_MANY = 150;
const SIZES = [1, 10, 1000, 4096, 10_240, 16_383, 16_384, 16_385, 32_768, 40_000, 100_000];

describeOnLoops("what many connections send at once", ({ it, run }) => {
  it("arrives complete and in order, in whatever pieces and ways it is written [TR-04 TR-05]", () => {
    const answer = (index: number): Buffer[] =>
      SIZES.flatMap((size, step) => [
        Buffer.from(`<${index}.${step}>`),
        content(index + step, size),
        Buffer.from("small"),
      ]);
    const write = ({ transport }: Recorder, index: number): void => {
      const pieces = answer(index);
      for (let next = 0; next < pieces.length;) {
        const several = (index + next) % 4;
        if (several === 0) transport.write(pieces[next++] ?? "");
        else transport.writelines(pieces.slice(next, (next += several)));
      }
    };
    return run(() =>
      withCrowd(
        MANY,
        async (crowd) => {
          shout(crowd, (index) => `go ${index}`);
          await untilReceived(crowd.clients, answer);
        },
        { server: (index) => ({ dataReceived: (self) => write(self, index) }) },
      ),
    );
  });

  it("comes back from an echo as it was, whatever its size [TR-04]", () =>
    run(() =>
      withCrowd(
        MANY,
        async (crowd) => {
          const sent = crowd.clients.map((): Buffer[] => []);
          for (const [round, size] of [...SIZES, ...SIZES.toReversed()].entries()) {
            shout(crowd, (index) => {
              const bytes = content(round + index, Math.max(1, size - index));
              sent[index]?.push(bytes);
              return bytes;
            });
            await untilReceived(crowd.clients, (index) => sent[index] ?? [], `, round ${round}`);
          }
        },
        { server: () => ({ dataReceived: ({ transport }, data) => transport.write(data) }) },
      ),
    ));

  it("keeps its order where all write to all [TR-04]", () => {
    const expected = Array.from({ length: MANY }, () => "");
    let crowd: Crowd;
    const greetAll = (from: number): void => {
      for (let count = 0; count < 3; count++) {
        for (const [to, { transport }] of crowd.servers.entries()) {
          const text = `${from}:${count} `;
          expected[to] += text;
          transport.write(text);
        }
      }
    };
    return run(() =>
      withCrowd(
        MANY,
        async (all) => {
          crowd = all;
          for (let round = 0; round < 3; round++) {
            const asked = all.servers.map((server) => server.receivedLength + 1);
            shout(all, () => "?");
            for (const [index, server] of all.servers.entries())
              await server.until(() => server.receivedLength >= (asked[index] ?? 0));
            for (const [index, client] of all.clients.entries())
              await client.until(() => client.text.length >= (expected[index] ?? "").length);
            assert.deepEqual(
              all.clients.map(({ text }) => text),
              expected,
            );
          }
        },
        { server: (index) => ({ dataReceived: () => greetAll(index) }) },
      ),
    );
  });

  it("is complete where it is more than fits anywhere [TR-04]", () => {
    const size = 15_000;
    const times = 20;
    return run(() =>
      withCrowd(
        MANY,
        async (crowd) => {
          shout(crowd, () => "go");
          await untilReceived(crowd.clients, (index) =>
            Array.from({ length: times }, (_, time) => content(index + time, size)),
          );
        },
        {
          server: (index) => ({
            dataReceived: ({ transport }) => {
              for (let time = 0; time < times; time++) transport.write(content(index + time, size));
            },
          }),
        },
      ),
    );
  });

  it("comes back whoever ends meanwhile, from more connections than are received for together [PR-02 TR-07]", () =>
    run(async () => {
      let crowd: Crowd | null = null;
      const echo = ({ transport }: Recorder, index: number, data: Buffer): void => {
        transport.write(data);
        if (index % 2 === 0) crowd?.servers[index + 1]?.transport.abort();
      };
      await withCrowd(
        VERY_MANY,
        async (all) => {
          crowd = all;
          shout(all, (index) => content(index, 600));
          for (const [index, client] of all.clients.entries()) {
            const expected = content(index, 600);
            if (index % 2 === 0) await client.until(() => client.receivedLength === expected.length);
            else await client.untilLost();
            if (client.receivedLength > 0) assert.ok(client.received.equals(expected), `connection ${index}`);
          }
          for (const [index, { events, receivedLength }] of all.servers.entries())
            if (index % 2 > 0) assert.equal(events.length, receivedLength > 0 ? 3 : 2, events.join());
        },
        { server: (index) => ({ dataReceived: (self, data) => echo(self, index, data) }) },
      );
    }));

  it("is what it was when it was written, whatever becomes of the memory of the reader [PR-02]", () => {
    const hooks: Hooks = { dataReceived: ({ transport }) => transport.write("taken") };
    return run(() =>
      withCrowd(
        MANY,
        async (crowd) => {
          shout(crowd, (index) => content(index, 3000));
          await untilLength(crowd.servers, 3000);
          shout(crowd, () => Buffer.alloc(3000, "!"));
          await untilLength(crowd.servers, 6000);
          for (const [index, { received }] of crowd.servers.entries())
            assert.ok(received.subarray(0, 3000).equals(content(index, 3000)), `connection ${index}`);
        },
        { server: () => hooks },
      ),
    );
  });
});

describeOnLoops("the write buffer of one of many", ({ it, run }) => {
  it("is empty after a small write, for whoever looks, as often as he looks [TR-04 TR-08]", () => {
    const sizes: number[] = [];
    return run(() =>
      withCrowd(
        MANY,
        async (crowd) => {
          shout(crowd, () => "go");
          await untilLength(crowd.clients, 300);
          assert.deepEqual([...new Set(sizes)], [0]);
          assert.deepEqual(
            [...new Set(crowd.clients.map(({ text }) => text))],
            ["x".repeat(100) + "y".repeat(100) + "z".repeat(100)],
          );
        },
        {
          server: () => ({
            dataReceived: ({ transport }) => {
              for (let count = 0; count < 100; count++) transport.write("x");
              sizes.push(transport.getWriteBufferSize());
              for (let count = 0; count < 100; count++) {
                transport.write("y");
                sizes.push(transport.getWriteBufferSize());
              }
              transport.writelines(["z".repeat(50), "z".repeat(50)]);
              sizes.push(transport.getWriteBufferSize());
            },
          }),
        },
      ),
    );
  });

  it("is never above the limit for small writes that the peer's system takes [TR-09]", () =>
    run(() =>
      withCrowd(
        MANY,
        async (crowd) => {
          for (let round = 1; round <= 10; round++) {
            shout(crowd, () => "go");
            await untilLength(crowd.clients, round * 20);
          }
          for (const server of crowd.servers)
            assert.deepEqual(
              server.events.filter((event) => !event.startsWith("data")),
              ["made"],
            );
        },
        {
          server: () => ({
            connectionMade: ({ transport }) => transport.setWriteBufferLimits({ high: 0 }),
            dataReceived: ({ transport }) => {
              for (let count = 0; count < 10; count++) transport.write("ab");
            },
          }),
        },
      ),
    ));
});
