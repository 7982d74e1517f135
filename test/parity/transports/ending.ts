/** How connections end: close, abort and the end of a file, in every combination. */
import { getRunningLoop, sleep } from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt } from "../outcomes.ts";
import { MEGABYTES, readAll, Recorder, withDeafPeer, withPair } from "../recording.ts";

const keepOpen = (): boolean => true;
const big = Buffer.alloc(MEGABYTES, "x");
const METHODS = {
  connection_made: "connectionMade",
  data_received: "dataReceived",
  eof_received: "eofReceived",
  connection_lost: "connectionLost",
} as const;
const STEPS = { close: "close", abort: "abort", write_eof: "writeEof" } as const;
const ENDS = ["close", "abort"] as const;

scenario("made, data, eof, lost [PR-01 PR-02 TR-01]", (print) =>
  withPair(async (client, server) => {
    client.transport.write("one ");
    client.transport.write("two");
    await server.until(() => server.text === "one two");
    client.transport.close();
    await server.lost();
    await client.lost();
    print(server.events);
    print(client.events);
  }),
);

scenario("closing in each method of a protocol [TR-01 TR-11 PR-02]", async (print) => {
  for (const [method, hook] of Object.entries(METHODS)) {
    for (const how of ENDS) {
      const server = new Recorder({ [hook]: ({ transport }: Recorder) => transport[how]() });
      await withPair(
        async (client) => {
          if (method === "data_received") client.transport.write("data");
          if (["eof_received", "connection_lost"].includes(method)) client.transport.writeEof();
          await server.lost();
          await client.lost();
          print(method, how, server.events, client.events);
        },
        { server },
      );
    }
  }
});

scenario("closing in eof_received, which asks to keep open [TR-01 PR-02]", (print) =>
  withPair(
    async (client, server) => {
      client.transport.writeEof();
      await server.lost();
      print(server.events);
    },
    {
      server: new Recorder({
        eofReceived: ({ transport }) => {
          transport.close();
          return true;
        },
      }),
    },
  ),
);

scenario("connection_lost comes once, on the next turn [TR-01 TR-07 TR-11]", async (print) => {
  for (const first of ENDS) {
    for (const second of ENDS) {
      await withPair(async (client) => {
        const { transport } = client;
        const loop = getRunningLoop();
        loop.callSoon(() => client.events.push("before"));
        print(transport.isClosing());
        transport[first]();
        transport[second]();
        loop.callSoon(() => client.events.push("after"));
        print(first, second, client.events, transport.isClosing());
        await sleep(0);
        print(client.events);
        transport[second]();
        await sleep(0);
        print(client.events, transport.isClosing());
      });
    }
  }
});

scenario("closing sends what is buffered, and what is written afterwards too [TR-01 TR-10]", (print) =>
  withDeafPeer(async (client, peer) => {
    const { transport } = client;
    transport.write(big);
    transport.close();
    print(transport.isClosing(), client.events, transport.getWriteBufferSize() > 0);
    transport.write("postscript");
    print((await readAll(peer)) - MEGABYTES);
    await client.lost();
    print(client.events, transport.getWriteBufferSize());
  }),
);

scenario("aborting drops what is buffered, also while closing [TR-07]", async (print) => {
  for (const closing of [false, true]) {
    await withDeafPeer(async (client, peer) => {
      client.transport.write(big);
      if (closing) client.transport.close();
      client.transport.abort();
      print(client.transport.getWriteBufferSize(), client.events);
      await sleep(0);
      print(client.events);
      print((await readAll(peer)) < MEGABYTES);
    });
  }
});

scenario("the end of one direction leaves the other open [TR-06 PR-02]", (print) =>
  withPair(
    async (client, server) => {
      client.transport.write("question");
      client.transport.writeEof();
      await server.until(() => server.events.at(-1) === "eof");
      print(server.transport.isClosing(), client.transport.isClosing());
      server.transport.write("answer");
      await client.until(() => client.text === "answer");
      server.transport.close();
      await client.lost();
      await server.lost();
      print(client.events);
      print(server.events);
    },
    { server: new Recorder({ eofReceived: keepOpen }) },
  ),
);

scenario("the end of both directions leaves the transport open [TR-06 PR-02]", (print) =>
  withPair(
    async (client, server) => {
      client.transport.writeEof();
      await server.until(() => server.events.at(-1) === "eof");
      server.transport.writeEof();
      await client.until(() => client.events.at(-1) === "eof");
      await sleep(10);
      print(client.events, server.events, client.transport.isClosing());
      client.transport.close();
      await client.lost();
      print(client.events);
    },
    { client: new Recorder({ eofReceived: keepOpen }), server: new Recorder({ eofReceived: keepOpen }) },
  ),
);

scenario("the end follows what is buffered, and close follows the end [TR-06 TR-01]", async (print) => {
  const endings = {
    write_eof: ["writeEof"],
    close: ["close"],
    "write_eof close": ["writeEof", "close"],
  } as const;
  for (const [ending, steps] of Object.entries(endings)) {
    await withDeafPeer(async (client, peer) => {
      client.transport.write(big);
      for (const step of steps) client.transport[step]();
      print(ending, (await readAll(peer)) === MEGABYTES, client.transport.isClosing());
      if (client.transport.isClosing()) {
        await client.lost();
        print(client.events);
      }
    });
  }
});

scenario("write_eof again, after close and after abort [TR-06]", (print) =>
  withPair(async (client) => {
    const { transport } = client;
    const writeEof = (): unknown => attempt(() => transport.writeEof());
    print(transport.canWriteEof());
    print(writeEof(), writeEof());
    transport.close();
    print(writeEof());
    await client.lost();
    print(writeEof(), client.events);
  }),
);

scenario("write after close, after abort and after the end [TR-04 TR-05 TR-06]", async (print) => {
  for (const [ending, step] of Object.entries(STEPS)) {
    await withPair(async (client) => {
      const { transport } = client;
      const write = (data: string): unknown => attempt(() => transport.write(data));
      const writelines = (data: string[]): unknown => attempt(() => transport.writelines(data));
      transport[step]();
      print(ending, write("data"), write(""));
      if (ending === "write_eof") print(writelines(["data"]), writelines([]));
      transport.abort();
      await client.lost();
      print(write("data"), transport.getWriteBufferSize());
    });
  }
});

scenario("a reset tells connection_lost why [TR-16]", async (print) => {
  for (const before of ["nothing", "write_eof", "close"] as const) {
    await withDeafPeer(async (client, peer) => {
      if (before !== "nothing") client.transport[STEPS[before]]();
      peer.resetAndDestroy();
      await client.lost();
      print(before, client.events);
    });
  }
});
