import assert from "node:assert/strict";
import { describeOnLoops } from "../../support/loops.ts";
import { content, shout, untilLength, untilReceived, withCrowd } from "./crowd.ts";
import type { Recorder } from "./recording.ts";

const MANY = 16;
const CHUNK = 10_000; // bytes: a small write
const ENOUGH = 2000; // chunks: more than the system takes

/** Pauses and resumes of a recorder, which must come in turns. */
function turns({ events }: Recorder): string[] {
  const found = events.filter((event) => event === "pause" || event === "resume");
  for (const [index, event] of found.entries())
    assert.equal(event, index % 2 === 0 ? "pause" : "resume", found.join());
  return found;
}

describeOnLoops("flow control among many that are written to at once", ({ name, it, run }) => {
  it("pauses those alone whose peers do not read, and resumes them when they do [TR-09]", () => {
    const isSlow = (index: number): boolean => index % 4 === 0;
    return run(() =>
      withCrowd(
        MANY,
        async (crowd) => {
          for (const [index, { transport }] of crowd.clients.entries())
            if (isSlow(index)) transport.pauseReading();
          let rounds = 0;
          for (; rounds < ENOUGH; rounds++) {
            shout(crowd, () => "!");
            await untilLength(crowd.servers, rounds + 1);
            const slow = crowd.servers.filter((_, index) => isSlow(index));
            if (slow.every(({ events }) => events.includes("pause"))) break;
          }
          assert.ok(rounds < ENOUGH, "the system takes whatever comes");
          const chunks = rounds + 1;
          for (const [index, client] of crowd.clients.entries()) {
            if (isSlow(index)) continue;
            await client.until(() => client.receivedLength === chunks * CHUNK);
          }
          for (const [index, server] of crowd.servers.entries())
            assert.deepEqual(turns(server).slice(0, 1), isSlow(index) ? ["pause"] : []);
          for (const [index, { transport }] of crowd.clients.entries())
            if (isSlow(index)) transport.resumeReading();
          await untilLength(crowd.clients, chunks * CHUNK);
          for (const [index, server] of crowd.servers.entries()) {
            if (isSlow(index)) await server.untilEvent("resume");
            assert.equal(turns(server).at(-1), isSlow(index) ? "resume" : undefined);
            assert.equal(server.transport.getWriteBufferSize(), 0);
          }
          await untilReceived(crowd.clients, (index) =>
            Array.from({ length: chunks }, (_, chunk) => content(index + chunk, CHUNK)),
          );
        },
        {
          server: (index) => ({
            dataReceived: ({ transport, receivedLength }) =>
              transport.write(content(index + receivedLength - 1, CHUNK)),
          }),
        },
      ),
    );
  });

  it("pauses with a limit of 0 only for what the system does not take [TR-08 TR-09]", () => {
    const whilePaused: number[] = [];
    return run(() =>
      withCrowd(
        MANY,
        async (crowd) => {
          for (const { transport } of crowd.clients) transport.pauseReading();
          let rounds = 0;
          for (; rounds < ENOUGH; rounds++) {
            shout(crowd, () => "!");
            await untilLength(crowd.servers, rounds + 1);
            if (crowd.servers.every(({ events }) => events.includes("pause"))) break;
          }
          assert.ok(rounds < ENOUGH, "the system takes whatever comes");
          if (name === "selector") assert.ok(rounds > 3, `paused after ${rounds} small writes`);
          for (const { transport } of crowd.clients) transport.resumeReading();
          for (const server of crowd.servers) await server.untilEvent("resume");
          await untilLength(crowd.clients, (rounds + 1) * CHUNK);
          for (const server of crowd.servers) assert.equal(turns(server).at(-1), "resume");
          assert.ok(
            whilePaused.every((size) => size > 0),
            "paused though nothing waited",
          );
        },
        {
          server: () => ({
            connectionMade: ({ transport }) => transport.setWriteBufferLimits({ high: 0 }),
            pauseWriting: ({ transport }) => whilePaused.push(transport.getWriteBufferSize()),
            dataReceived: ({ transport }) => transport.write(content(1, CHUNK)),
          }),
        },
      ),
    );
  });

  it("goes on where writers write as soon as they may [TR-09]", () => {
    const total = 300;
    return run(() =>
      withCrowd(
        MANY,
        async (crowd) => {
          shout(crowd, () => "go");
          await untilReceived(crowd.clients, (index) =>
            Array.from({ length: total }, (_, chunk) => content(index + chunk, CHUNK)),
          );
          for (const server of crowd.servers) turns(server); // in whatever number
        },
        {
          server: (index) => {
            const state = { written: 0, paused: false };
            const go = ({ transport }: Recorder): void => {
              while (!state.paused && state.written < total)
                transport.write(content(index + state.written++, CHUNK));
            };
            return {
              connectionMade: ({ transport }) => transport.setWriteBufferLimits({ high: 30_000, low: 5000 }),
              dataReceived: go,
              pauseWriting: () => void (state.paused = true),
              resumeWriting: (self) => {
                state.paused = false;
                go(self);
              },
            };
          },
        },
      ),
    );
  });

  it("pauses at once where limits are lowered below what the system does not take, and not for small writes [TR-08]", () =>
    run(() =>
      withCrowd(
        MANY,
        async (crowd) => {
          shout(crowd, () => "go");
          await untilLength(crowd.clients, 5);
          for (const { events } of crowd.servers) assert.deepEqual(events, ["made", "data go"]);
        },
        {
          server: () => ({
            dataReceived: ({ transport }) => {
              transport.write("hello");
              transport.setWriteBufferLimits({ high: 3 });
              transport.setWriteBufferLimits({ high: 0 });
            },
          }),
        },
      ),
    ));
});
