import assert from "node:assert/strict";
import { getRunningLoop } from "gyre";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { deferred } from "../support/deferred.ts";
import { collectReports } from "../support/reports.ts";
import { content, type Crowd, shout, untilAllLost, untilReceived, withCrowd } from "./crowd.ts";
import { type Pair, Recorder, withPair } from "./recording.ts";

const MANY = 24;

/** A crowd whose server's ends are served by one function; the promise is who was called first, once that has happened. */
async function withFirst(
  onData: (self: Recorder, crowd: Crowd, isFirst: boolean, data: Buffer) => void,
  body: (crowd: Crowd, first: Promise<Recorder>) => Promise<void>,
): Promise<void> {
  const heard = deferred<Recorder>();
  let crowd: Crowd | null = null;
  let isFirst = true;
  await withCrowd(
    MANY,
    (all) => {
      crowd = all;
      return body(all, heard.promise);
    },
    {
      server: () => ({
        dataReceived: (self, data) => {
          if (crowd === null) return;
          onData(self, crowd, isFirst, data);
          isFirst = false;
          heard.resolve(self);
        },
      }),
    },
  );
}

/** Who has received something, and who has not. */
function divide({ servers }: Crowd): [heard: Recorder[], silent: Recorder[]] {
  const heard = servers.filter(({ receivedLength }) => receivedLength > 0);
  return [heard, servers.filter((server) => !heard.includes(server))];
}

describeOnLoops("one of many that have data at once", ({ it, run }) => {
  for (const how of ["close", "abort"] as const) {
    it(`may ${how} the others, which get nothing afterwards [TR-01 TR-07]`, () =>
      run(() =>
        withFirst(
          (self, { servers }, isFirst) => {
            if (!isFirst) return;
            for (const other of servers) if (other !== self) other.transport[how]();
            self.transport.write("only me");
          },
          async (crowd, first) => {
            shout(crowd, (index) => `data ${index}`);
            const chosen = await first;
            await untilAllLost(crowd.servers.filter((server) => server !== chosen));
            await crowd.clients[crowd.servers.indexOf(chosen)]?.untilText("only me");
            const [heard, silent] = divide(crowd);
            assert.deepEqual(heard, [chosen]);
            for (const { events } of silent) assert.deepEqual(events, ["made", "lost null"]);
          },
        ),
      ));

    it(`may ${how} the others, and new connections get only what is theirs [TR-01 TR-07]`, () => {
      const pairs: Promise<void>[] = [];
      const use = async ({ client, server }: Pair): Promise<void> => {
        const index = pairs.length;
        client.transport.write(content(index, 5000));
        await server.until(() => server.receivedLength >= 5000);
        assert.ok(server.received.equals(content(index, 5000)));
        server.transport.write(content(index + 1, 5000));
        await client.until(() => client.receivedLength >= 5000);
        assert.ok(client.received.equals(content(index + 1, 5000)));
      };
      return run(() =>
        withFirst(
          (self, { servers }, isFirst) => {
            if (!isFirst) return;
            for (const other of servers) if (other !== self) other.transport[how]();
            for (let count = 0; count < 5; count++) pairs.push(withPair(use));
          },
          async (crowd, first) => {
            shout(crowd, (index) => Buffer.alloc(1000, String.fromCharCode(65 + index)));
            const chosen = await first;
            await Promise.all(pairs);
            assert.deepEqual(divide(crowd)[0], [chosen]);
          },
        ),
      );
    });
  }

  it("may pause the others: they get nothing until they resume, and then all [TR-03]", () =>
    run(() =>
      withFirst(
        (self, { servers }, isFirst) => {
          if (!isFirst) return;
          for (const other of servers) if (other !== self) other.transport.pauseReading();
        },
        async (crowd, first) => {
          shout(crowd, (index) => content(index, 2000));
          const chosen = await first;
          for (let round = 0; round < 5; round++) {
            shout(crowd, (index) => content(index + round, 2000));
            await new Promise((resolve) => setImmediate(resolve));
          }
          const [heard, silent] = divide(crowd);
          assert.deepEqual(heard, [chosen]);
          for (const { transport } of silent) assert.equal(transport.isReading(), false);
          for (const { transport } of silent) transport.resumeReading();
          await untilReceived(crowd.servers, (index) =>
            [0, 0, 1, 2, 3, 4].map((round) => content(index + round, 2000)),
          );
        },
      ),
    ));

  it("may pause and resume the others at once: nothing is lost or changes its place [TR-03]", () =>
    run(() =>
      withFirst(
        (self, { servers }) => {
          for (const other of servers) other.transport.pauseReading();
          for (const other of servers) other.transport.resumeReading();
          self.transport.write("+");
        },
        async (crowd) => {
          const sent = crowd.clients.map((): Buffer[] => []);
          for (let round = 0; round < 10; round++) {
            shout(crowd, (index) => {
              const bytes = content(index + round, 700 * (1 + round));
              sent[index]?.push(bytes);
              return bytes;
            });
            await untilReceived(crowd.servers, (index) => sent[index] ?? [], `, round ${round}`);
          }
        },
      ),
    ));

  it("may give the others other protocols, which get the data [TR-01]", () => {
    const replaced: Recorder[] = [];
    return run(() =>
      withFirst(
        (self, { servers }, isFirst) => {
          if (!isFirst) return;
          for (const other of servers) {
            if (other === self) continue;
            const protocol = new Recorder();
            replaced.push(protocol);
            other.transport.setProtocol(protocol);
          }
        },
        async (crowd, first) => {
          shout(crowd, () => "data");
          const chosen = await first;
          for (const protocol of replaced) await protocol.untilText("data");
          assert.deepEqual(divide(crowd)[0], [chosen]);
          assert.equal(replaced.length, MANY - 1);
        },
      ),
    );
  });

  it("may fail: it is lost alone, and the others have their data and answers [ERR-07]", () =>
    run(async () => {
      const reports = collectReports();
      const failing = (index: number): boolean => index % 4 === 1;
      await withCrowd(
        MANY,
        async (crowd) => {
          shout(crowd, (index) => `data ${index}`);
          await untilAllLost(crowd.clients.filter((_, index) => failing(index)));
          for (const [index, client] of crowd.clients.entries()) {
            if (!failing(index)) await client.until(() => client.text === `answer to data ${index}`);
            else assert.deepEqual(client.events, ["made", "data before", "eof", "lost null"]);
          }
          for (const [index, { events }] of crowd.servers.entries()) {
            const end = failing(index) ? [`lost failure of ${index}`] : [];
            assert.deepEqual(events, ["made", `data data ${index}`, ...end]);
          }
        },
        {
          server: (index) => ({
            dataReceived: ({ transport }, data) => {
              if (!failing(index)) transport.write(`answer to ${data.toString()}`);
              else {
                transport.write("before");
                throw new Error(`failure of ${index}`);
              }
            },
          }),
        },
      );
      assert.equal(reports.length, MANY / 4);
      for (const { message } of reports) assert.equal(message, "Fatal error: protocol.dataReceived() failed");
    }));

  it("may fail while the exception handler fails too: the others do not feel it [ERR-07]", () =>
    run(async () => {
      expectTrouble("report", /Unhandled error in exception handler/);
      getRunningLoop().setExceptionHandler(() => {
        throw new Error("and the handler fails");
      });
      await withCrowd(
        MANY,
        async (crowd) => {
          shout(crowd, (index) => `data ${index}`);
          await untilAllLost(crowd.clients.slice(0, 3));
          for (const client of crowd.clients.slice(3)) await client.untilText("answer");
        },
        {
          server: (index) => ({
            dataReceived: ({ transport }) => {
              if (index < 3) throw new Error("failed");
              transport.write("answer");
            },
          }),
        },
      );
    }));

  it("gets its data in order beside others that pause and resume each other [PR-02 TR-03]", () => {
    let calm = false;
    return run(() =>
      withFirst(
        (self, { servers }, _isFirst, data) => {
          const chosen = servers[(data[0] ?? 0) % servers.length];
          if (calm || chosen === undefined || chosen === self) return;
          if (chosen.transport.isReading()) chosen.transport.pauseReading();
          else chosen.transport.resumeReading();
        },
        async (crowd) => {
          for (let round = 0; round < 20; round++) {
            shout(crowd, (index) => content(index * 7 + round, 100));
            await new Promise((resolve) => setImmediate(resolve));
          }
          calm = true;
          for (const { transport } of crowd.servers) transport.resumeReading();
          await untilReceived(crowd.servers, (index) =>
            Array.from({ length: 20 }, (_, round) => content(index * 7 + round, 100)),
          );
        },
      ),
    );
  });
});
