import assert from "node:assert/strict";
import { type ExceptionContext, getRunningLoop, type Protocol, type StreamProtocol } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { collectReports } from "../support/reports.ts";
import { withPeer } from "./peers.ts";
import { connectTo, type Hooks, Recorder, withPair, withServer } from "./recording.ts";

class Boom extends Error {}

const boom = (): never => {
  throw new Boom("boom");
};

const messages = (reports: readonly ExceptionContext[]): string[] => reports.map(({ message }) => message);

/** What the connection goes through when this method of the server's protocol throws. */
async function whenThrowing(hooks: Hooks): Promise<{ events: string[]; reports: ExceptionContext[] }> {
  const reports = collectReports();
  let events: string[] = [];
  await withPair(
    async ({ client, server }) => {
      client.transport.write("data");
      client.transport.writeEof();
      await server.untilLost();
      await client.untilLost();
      events = server.events;
      for (const report of reports) {
        assert.equal(report.transport, server.transport);
        assert.equal(report.protocol, server);
        assert.equal(report.exception instanceof Boom, true);
      }
    },
    { server: hooks },
  );
  return { events, reports };
}

describeOnLoops("what a protocol throws", ({ it, run }) => {
  it("in connectionMade is reported, and the connection lives on [PR-01]", () =>
    run(async () => {
      const { events, reports } = await whenThrowing({ connectionMade: boom });
      assert.deepEqual(events, ["made", "data data", "eof", "lost null"]);
      assert.deepEqual(messages(reports), ["protocol.connectionMade() failed"]);
    }));

  it("in dataReceived is reported, and ends the connection with that error [PR-02 TR-16]", () =>
    run(async () => {
      const { events, reports } = await whenThrowing({ dataReceived: boom });
      assert.deepEqual(events, ["made", "data data", "lost boom"]);
      assert.deepEqual(messages(reports), ["Fatal error: protocol.dataReceived() failed"]);
    }));

  it("in eofReceived is reported, and ends the connection with that error [PR-02 TR-16]", () =>
    run(async () => {
      const { events, reports } = await whenThrowing({ eofReceived: boom });
      assert.deepEqual(events, ["made", "data data", "eof", "lost boom"]);
      assert.deepEqual(messages(reports), ["Fatal error: protocol.eofReceived() failed"]);
    }));

  it("in connectionLost is reported, and the connection has ended [PR-01]", () =>
    run(async () => {
      const { events, reports } = await whenThrowing({ connectionLost: boom });
      assert.deepEqual(events, ["made", "data data", "eof", "lost null"]);
      assert.deepEqual(messages(reports), ["protocol.connectionLost() failed"]);
    }));

  it("need not be an error, but connectionLost gets one [PR-02]", () =>
    run(async () => {
      const reports = collectReports();
      await withPair(
        async ({ client, server }) => {
          client.transport.write("data");
          await server.untilLost();
          assert.equal(reports[0]?.exception, "a string");
          assert.equal(server.events.at(-1), "lost protocol.dataReceived() failed");
        },
        {
          server: {
            dataReceived: () => {
              throw "a string";
            },
            connectionLost: (_self, error) => assert.equal(error?.cause, "a string"),
          },
        },
      );
    }));

  it(
    "in pauseWriting and resumeWriting is reported, and both count as called [TR-09]",
    { needs: ["sockets"] },
    () =>
      run(() =>
        withPeer(
          (socket) => socket.pause(),
          async (peer) => {
            const reports = collectReports();
            const client = new Recorder({ pauseWriting: boom, resumeWriting: boom });
            await connectTo(peer.port, client);
            client.transport.write(Buffer.alloc(20_000_000));
            (await peer.first()).resume();
            await client.untilEvent("resume");
            client.transport.close();
            await client.untilLost();
            assert.deepEqual(client.events, ["made", "pause", "resume", "lost null"]);
            assert.deepEqual(messages(reports), [
              "protocol.pauseWriting() failed",
              "protocol.resumeWriting() failed",
            ]);
          },
        ),
      ),
  );

  it("after close() changes nothing about the end [TR-11]", () =>
    run(async () => {
      const { events, reports } = await whenThrowing({
        dataReceived: ({ transport }) => {
          transport.close();
          boom();
        },
      });
      assert.deepEqual(events, ["made", "data data", "lost null"]);
      assert.equal(reports.length, 1);
    }));
});

describeOnLoops("a protocol factory", ({ it, run }) => {
  it(
    "that throws closes the connection, and createConnection throws that [CONN-01]",
    { needs: ["sockets"] },
    () =>
      run(() =>
        withPeer(
          () => undefined,
          async (peer) => {
            await assert.rejects(getRunningLoop().createConnection(boom, "127.0.0.1", peer.port), Boom);
            const socket = await peer.first();
            await new Promise((resolve) => socket.on("end", resolve).resume());
          },
        ),
      ),
  );

  it("that returns no protocol is refused [CONN-01 PR-01]", { needs: ["sockets"] }, () =>
    run(() =>
      withPeer(
        () => undefined,
        async (peer) => {
          for (const wrong of [undefined, null, 5, "protocol"]) {
            const factory = () => wrong as unknown as Protocol;
            await assert.rejects(getRunningLoop().createConnection(factory, "127.0.0.1", peer.port), {
              name: "TypeError",
              code: "GYRE_INVALID_ARGUMENT",
              message: /protocolFactory\(\) has to be a protocol/,
            });
          }
        },
      ),
    ),
  );

  it("that throws for one client of a server does not trouble the others [PR-01]", () =>
    run(async () => {
      const reports = collectReports();
      let count = 0;
      const echo = { dataReceived: ({ transport }: Recorder, data: Buffer) => transport.write(data) };
      const factory = () => (++count === 1 ? boom() : new Recorder(echo));
      await withServer(factory, async (port) => {
        const first = await connectTo(port, new Recorder());
        await first.untilLost();
        const second = await connectTo(port, new Recorder());
        second.transport.write("served");
        await second.untilText("served");
        second.transport.close();
        await second.untilLost();
      });
      assert.equal(reports.length <= 1, true); // debug mode says it
    }));
});

describeOnLoops("setProtocol()", ({ it, run }) => {
  it("hands the connection to another protocol, without connectionMade [TR-01]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        client.transport.write("to the first");
        await server.untilText("to the first");
        const second = new Recorder();
        server.transport.setProtocol(second);
        assert.equal(server.transport.getProtocol(), second);
        client.transport.write("to the second");
        await second.untilText("to the second");
        client.transport.close();
        await second.untilLost();
        assert.deepEqual(second.events, ["data to the second", "eof", "lost null"]);
        assert.deepEqual(server.events, ["made", "data to the first"]);
      }),
    ));

  it("in dataReceived applies from the next data on [TR-01]", () =>
    run(async () => {
      const second = new Recorder();
      await withPair(
        async ({ client, server }) => {
          client.transport.write("one");
          await server.untilText("one");
          client.transport.write("two");
          await second.untilText("two");
          assert.equal(server.text, "one");
        },
        { server: { dataReceived: ({ transport }) => transport.setProtocol(second) } },
      );
      assert.equal(second.events.at(-1), "lost null");
    }));

  it("applies to what waits because reading is paused [TR-01 TR-03]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        server.transport.pauseReading();
        client.transport.write("for the second");
        const second = new Recorder();
        server.transport.setProtocol(second);
        server.transport.resumeReading();
        await second.untilText("for the second");
        assert.equal(server.text, "");
      }),
    ));

  it("refuses what is no protocol [TR-01]", () =>
    run(() =>
      withPair(({ client }) => {
        for (const wrong of [null, undefined, 5, "protocol"]) {
          assert.throws(() => client.transport.setProtocol(wrong as unknown as StreamProtocol), {
            name: "TypeError",
            code: "GYRE_INVALID_ARGUMENT",
          });
        }
        assert.equal(client.transport.getProtocol(), client);
      }),
    ));
});
