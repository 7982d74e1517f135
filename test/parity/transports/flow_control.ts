/** Flow control: the marks, and when pauseWriting and resumeWriting are called. */
import { scenario } from "../../support/parity.ts";
import { attempt, Boom } from "../outcomes.ts";
import { collectReports, MEGABYTES, readAll, Recorder, withDeafPeer, withPair } from "../recording.ts";

const big = Buffer.alloc(MEGABYTES, "x");

function boom(): never {
  throw new Boom("boom");
}

scenario("the arithmetic of the limits [TR-08]", (print) => {
  const cases: [number | null, number | null][] = [
    [100, 50],
    [null, 10],
    [7, null],
    [0, null],
    [5, 5],
    [null, 0],
    [0, 0],
    [1, 2],
    [-1, null],
    [null, -1],
    [10, -1],
    [null, null],
    [3, null],
    [1_000_000_000, null],
  ];
  return withPair(({ transport }) => {
    print(transport.getWriteBufferLimits());
    for (const [high, low] of cases) {
      const refused = attempt(() => transport.setWriteBufferLimits({ high, low }));
      print(high, low, refused, transport.getWriteBufferLimits());
    }
  });
});

scenario("pausing happens within write, once [TR-09]", (print) =>
  withDeafPeer((client) => {
    client.transport.write("small");
    print(client.events, client.transport.getWriteBufferSize());
    client.transport.write(big);
    print(client.events);
    const before = client.transport.getWriteBufferSize();
    client.transport.write("more");
    client.transport.write("");
    print(client.events, client.transport.getWriteBufferSize() - before);
  }),
);

scenario("pausing above the mark, not at it [TR-09]", (print) =>
  withDeafPeer((client) => {
    client.transport.setWriteBufferLimits({ high: 2 * MEGABYTES });
    client.transport.write(big);
    client.transport.setWriteBufferLimits({ high: client.transport.getWriteBufferSize() });
    print(client.events);
    client.transport.write("x");
    print(client.events);
  }),
);

scenario("lower limits pause at once, higher ones do not resume [TR-08 TR-09]", (print) =>
  withDeafPeer((client) => {
    client.transport.setWriteBufferLimits({ high: 2 * MEGABYTES });
    client.transport.write(big);
    print(client.events);
    client.transport.setWriteBufferLimits({ high: 0 });
    print(client.events);
    client.transport.setWriteBufferLimits({ high: 2 * MEGABYTES });
    print(client.events);
  }),
);

scenario("resuming when the peer reads again, also while closing [TR-09]", async (print) => {
  for (const closing of [false, true]) {
    await withDeafPeer(async (client, peer) => {
      client.transport.write(big);
      if (closing) client.transport.close();
      else client.transport.writeEof();
      print((await readAll(peer)) === MEGABYTES);
      await client.until(() => client.events.includes("resume"));
      if (closing) await client.lost();
      print(client.events);
    });
  }
});

scenario("writing in pause_writing and in resume_writing [TR-09]", (print) => {
  const client = new Recorder({
    pauseWriting: ({ transport }) => transport.write("more"),
    resumeWriting: ({ events, transport }) => {
      if (events.filter((event) => event === "resume").length === 1) transport.write(big);
      else transport.writeEof();
    },
  });
  return withDeafPeer(async (_client, peer) => {
    client.transport.write(big);
    print((await readAll(peer)) - 2 * MEGABYTES);
    print(client.events);
  }, client);
});

scenario("pause_writing and resume_writing that throw [TR-09]", (print) => {
  const reports = collectReports();
  return withDeafPeer(
    async (client, peer) => {
      client.transport.write(big);
      print(client.events, reports);
      client.transport.writeEof();
      await readAll(peer);
      print(client.events, reports);
    },
    new Recorder({ pauseWriting: boom, resumeWriting: boom }),
  );
});

scenario("no resuming after abort [TR-07 TR-09]", (print) =>
  withDeafPeer(async (client) => {
    client.transport.write(big);
    client.transport.abort();
    client.transport.setWriteBufferLimits({ high: 0 });
    await client.lost();
    print(client.events);
  }),
);
