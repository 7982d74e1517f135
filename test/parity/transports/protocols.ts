/** What protocols do: pause, throw, hand over to each other, and receive into their own memory. */
import { type BufferedProtocol, sleep, type Transport } from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt, Boom } from "../outcomes.ts";
import { collectReports, connect, Recorder, withPair, withServer } from "../recording.ts";

/** Receives into a small buffer, and tells a recorder. */
class Reader implements BufferedProtocol {
  readonly recorder = new Recorder();
  readonly buffer: Buffer;
  readonly #hook: ((self: Reader) => void) | undefined;

  constructor(size: number, hook?: (self: Reader) => void) {
    this.buffer = Buffer.alloc(size);
    this.#hook = hook;
  }

  get transport(): Transport {
    return this.recorder.transport;
  }

  connectionMade(transport: Transport): void {
    this.recorder.connectionMade(transport);
  }

  getBuffer(): Uint8Array {
    return this.buffer;
  }

  bufferUpdated(count: number): void {
    this.recorder.dataReceived(Buffer.from(this.buffer.subarray(0, count)));
    this.#hook?.(this);
  }

  eofReceived(): boolean | void {
    return this.recorder.eofReceived();
  }

  connectionLost(error: Error | null): void {
    this.recorder.connectionLost(error);
  }
}

async function withReader(reader: Reader, body: (client: Recorder) => Promise<void>): Promise<void> {
  await withServer(
    () => reader,
    async (port) => {
      const client = await connect(port, new Recorder());
      await reader.recorder.until(() => reader.recorder.events.length > 0);
      await body(client);
      client.transport.abort();
      await client.lost();
    },
  );
}

function boom(): never {
  throw new Boom("boom");
}

scenario("pausing in connection_made holds data and the end back [TR-03]", (print) =>
  withPair(
    async (client, server) => {
      print(server.transport.isReading());
      client.transport.write("early");
      client.transport.writeEof();
      await sleep(10);
      print(server.events);
      server.transport.resumeReading();
      print(server.transport.isReading());
      await server.lost();
      print(server.events);
    },
    { server: new Recorder({ connectionMade: ({ transport }) => transport.pauseReading() }) },
  ),
);

scenario("pausing and resuming twice, and after the end [TR-03]", (print) =>
  withPair(async (client) => {
    const { transport } = client;
    const seen: boolean[] = [];
    const calls = [
      "resumeReading",
      "pauseReading",
      "pauseReading",
      "resumeReading",
      "resumeReading",
    ] as const;
    for (const call of calls) {
      transport[call]();
      seen.push(transport.isReading());
    }
    transport.close();
    for (const call of ["pauseReading", "resumeReading"] as const) {
      transport[call]();
      seen.push(transport.isReading());
    }
    await client.lost();
    transport.pauseReading();
    transport.resumeReading();
    print(seen, transport.isReading());
  }),
);

scenario("pausing in data_received [TR-03]", (print) =>
  withPair(
    async (client, server) => {
      for (const word of ["a", "b", "c"]) {
        client.transport.write(word);
        await server.until(() => server.text.endsWith(word));
        print(server.events, server.transport.isReading());
        server.transport.resumeReading();
      }
    },
    { server: new Recorder({ dataReceived: ({ transport }) => transport.pauseReading() }) },
  ),
);

scenario("what each method throws, and what becomes of the connection [PR-01 PR-02 TR-16]", async (print) => {
  const methods = {
    connection_made: "connectionMade",
    data_received: "dataReceived",
    eof_received: "eofReceived",
    connection_lost: "connectionLost",
  } as const;
  for (const [method, hook] of Object.entries(methods)) {
    const reports = collectReports();
    await withPair(
      async (client, server) => {
        client.transport.write("data");
        await server.until(() => server.events.length > 1);
        if (method !== "data_received") client.transport.writeEof();
        await server.lost();
        print(method, server.events);
      },
      { server: new Recorder({ [hook]: boom }) },
    );
    print(reports);
  }
});

scenario("throwing after close [TR-11 TR-16]", async (print) => {
  const reports = collectReports();
  const dataReceived = ({ transport }: Recorder): void => {
    transport.close();
    boom();
  };
  await withPair(
    async (client, server) => {
      client.transport.write("data");
      await server.lost();
      print(server.events, reports);
    },
    { server: new Recorder({ dataReceived }) },
  );
});

scenario("set_protocol while connected, without connection_made [TR-01]", (print) =>
  withPair(async (client, server) => {
    client.transport.write("one");
    await server.until(() => server.text === "one");
    const second = new Recorder();
    server.transport.setProtocol(second);
    print(server.transport.getProtocol() === second);
    client.transport.write("two");
    await second.until(() => second.text === "two");
    client.transport.close();
    await second.lost();
    print(server.events, second.events);
  }),
);

scenario("set_protocol in data_received, and while reading is paused [TR-01 TR-03]", (print) => {
  const second = new Recorder();
  const third = new Recorder();
  return withPair(
    async (client, server) => {
      client.transport.write("one");
      await server.until(() => server.text === "one");
      client.transport.write("two");
      await second.until(() => second.text === "two");
      server.transport.pauseReading();
      client.transport.write("three");
      await sleep(10);
      server.transport.setProtocol(third);
      server.transport.resumeReading();
      await third.until(() => third.text === "three");
      print(server.events, second.events, third.events);
    },
    { server: new Recorder({ dataReceived: ({ transport }) => transport.setProtocol(second) }) },
  );
});

scenario("a BufferedProtocol gets what does not fit in pieces [PR-03]", (print) => {
  const lengths: number[] = [];
  const reader = new Reader(3, ({ recorder }) => void lengths.push(recorder.text.length));
  return withReader(reader, async (client) => {
    client.transport.write("0123456789");
    await reader.recorder.until(() => reader.recorder.text.length === 10);
    client.transport.close();
    await reader.recorder.lost();
    print(lengths, reader.recorder.events);
  });
});

scenario(
  "a BufferedProtocol that pauses or closes gets no more of what has come [PR-03 TR-03]",
  async (print) => {
    const calls = { pause_reading: "pauseReading", close: "close", abort: "abort" } as const;
    for (const [how, call] of Object.entries(calls)) {
      const reader = new Reader(2, ({ transport }) => transport[call]());
      await withReader(reader, async (client) => {
        client.transport.write("012345");
        await reader.recorder.until(() => reader.recorder.text !== "");
        await sleep(10);
        print(how, reader.recorder.events);
      });
    }
  },
);

scenario("a wrong buffer, and what a BufferedProtocol throws [PR-03 TR-16]", async (print) => {
  const empty = new Reader(0);
  const noBuffer = new Reader(1);
  noBuffer.getBuffer = () => 5 as unknown as Buffer;
  const throwing = new Reader(1);
  throwing.getBuffer = boom;
  const updating = new Reader(4, boom);
  for (const reader of [empty, noBuffer, throwing, updating]) {
    const reports = collectReports();
    await withReader(reader, async (client) => {
      client.transport.write("data");
      await reader.recorder.lost();
      print(reader.recorder.events, reports);
    });
  }
});

scenario(
  "a BufferedProtocol hands over to a Protocol, in the middle of what has come [PR-03 TR-01]",
  (print) => {
    const second = new Recorder();
    const reader = new Reader(2, ({ transport }) => transport.setProtocol(second));
    return withReader(reader, async (client) => {
      client.transport.write("headbody");
      await second.until(() => second.text === "adbody");
      client.transport.close();
      await second.lost();
      print(reader.recorder.events, second.events);
    });
  },
);

scenario("a Protocol hands over to a BufferedProtocol [PR-03 TR-01]", (print) => {
  const reader = new Reader(100);
  return withPair(
    async (client, server) => {
      client.transport.write("one");
      await server.until(() => server.text === "one");
      client.transport.write("two");
      await reader.recorder.until(() => reader.recorder.text === "two");
      client.transport.close();
      await reader.recorder.until(() => reader.recorder.events.includes("lost None"));
      print(server.events, reader.recorder.events);
    },
    { server: new Recorder({ dataReceived: ({ transport }) => transport.setProtocol(reader) }) },
  );
});

scenario("what a transport refuses to write [TR-04]", (print) =>
  withPair(async (client, server) => {
    const { transport } = client;
    const write = (data: unknown): unknown => attempt(() => transport.write(data as string));
    for (const wrong of [5, null, [1, 2], {}]) print(write(wrong));
    transport.write("");
    transport.writelines([]);
    transport.writelines(["a", "", "b"]);
    await server.until(() => server.text === "ab");
    print(server.events);
    transport.close();
    print(write(5));
  }),
);

scenario("what a transport tells [TR-02]", (print) =>
  withPair((client, server) => {
    const here = (name: string): string => JSON.stringify(client.transport.getExtraInfo(name));
    const there = (name: string): string => JSON.stringify(server.transport.getExtraInfo(name));
    print([here("sockname") === there("peername"), here("peername") === there("sockname")]);
    print(client.transport.getExtraInfo("weather"), client.transport.getExtraInfo("weather", "fine"));
    print(client.transport.getExtraInfo("socket") === null, client.transport.getExtraInfo("cipher"));
  }),
);
