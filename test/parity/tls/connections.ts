/** TLS connections: what the protocols hear, whose certificates are accepted, and how it ends. */
import { type ConnectionOptions, getRunningLoop, sleep } from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt } from "../outcomes.ts";
import { MEGABYTES, Recorder } from "../recording.ts";
import { connectTls, failure, serving, trusting, withTlsPair, withTlsServer } from "../tls-pairs.ts";

/** Does not note what it gets, which is no text. */
class Deaf extends Recorder {
  override dataReceived(data: Buffer): void {
    this.hooks.dataReceived?.(this, data);
  }
}

scenario("made, data, eof, lost [TLS-01 TLS-05]", (print) =>
  withTlsPair(async (client, server) => {
    client.transport.write("one ");
    client.transport.write("two");
    await server.until(() => server.text === "one two");
    server.transport.write("three");
    await client.until(() => client.text === "three");
    client.transport.close();
    print(client.transport.isClosing());
    await server.lost();
    await client.lost();
    print(server.events);
    print(client.events.slice(0, 2), client.events.at(-1));
  }),
);

scenario("the protocols are made before the handshake [TLS-01 SRV-13]", async (print) => {
  const made: string[] = [];
  const server = new Recorder();
  const factory = (): Recorder => {
    made.push("server");
    return server;
  };
  await withTlsServer(factory, async (port) => {
    const client = new Recorder();
    print(await failure(() => connectTls(port, client, { serverHostname: "wrong.test" })));
    while (made.length === 0) await sleep(10);
    print(made, server.events, client.events);
  });
});

scenario("whose certificates a client accepts [TLS-10 CONN-12]", async (print) => {
  for (const name of ["server", "elsewhere", "expired", "stranger"] as const) {
    for (const host of ["localhost", "127.0.0.1", "elsewhere.test"]) {
      await withTlsServer(
        () => new Recorder(),
        async (port) => {
          const client = new Recorder({ connectionMade: (self) => self.transport.abort() });
          print(name, host, await failure(() => connectTls(port, client, { serverHostname: host })));
        },
        { ssl: serving(name) },
      );
    }
  }
});

scenario("whose certificates a server accepts [TLS-10 SRV-13]", async (print) => {
  for (const name of ["client", "stranger", "expired", null] as const) {
    const server = new Recorder({ connectionMade: (self) => self.transport.close() });
    await withTlsServer(
      () => server,
      async (port) => {
        const client = new Recorder();
        await failure(() => connectTls(port, client, { ssl: trusting(name ?? undefined) }));
        if (client.events.length > 0) await client.lost();
        print(name, server.events.slice(0, 1));
      },
      { ssl: serving("server", true) },
    );
  }
});

scenario("what is known about a connection [TLS-03 TLS-07 TLS-08]", (print) =>
  withTlsPair((client, server) => {
    const { transport } = client;
    const peername = JSON.stringify(transport.getExtraInfo("peername"));
    print(peername === JSON.stringify(server.transport.getExtraInfo("sockname")));
    print(
      transport.getExtraInfo("compression"),
      transport.getExtraInfo("compression", "fallback"),
      transport.getExtraInfo("unheard-of", "fallback"),
    );
    print(...["cipher", "sslObject", "sslcontext"].map((name) => transport.getExtraInfo(name) !== null));
    print(server.transport.getExtraInfo("peercert"));
    print(transport.getExtraInfo("peercert")?.subject.CN);
    print(transport.canWriteEof(), attempt(() => transport.writeEof()) !== undefined);
    print(transport.getWriteBufferLimits());
  }),
);

scenario("what eof_received returns has no effect [TLS-06]", async (print) => {
  for (const answer of [undefined, false, true]) {
    await withTlsPair(
      async (client, server) => {
        server.transport.close();
        await client.lost();
        print(client.events);
      },
      { client: new Recorder({ eofReceived: () => answer }) },
    );
  }
});

scenario("closing delivers what was written [TLS-05 TLS-08]", async (print) => {
  let count = 0;
  const add = (_: Recorder, data: Buffer): void => void (count += data.length);
  await withTlsPair(
    async (client, server) => {
      client.transport.write(Buffer.alloc(MEGABYTES));
      client.transport.write("!");
      client.transport.close();
      client.transport.write("too late");
      print(client.transport.getWriteBufferSize() > 0);
      await server.lost();
      await client.lost();
      print(count, server.events.slice(-2));
      print(client.events[0], client.events.at(-1));
    },
    { server: new Recorder({ dataReceived: add }) },
  );
});

scenario("a paused reader learns the end after the rest [TLS-05]", (print) =>
  withTlsPair(async (client, server) => {
    client.transport.pauseReading();
    server.transport.write("the rest");
    server.transport.close();
    await sleep(20);
    print(client.events);
    client.transport.resumeReading();
    await client.lost();
    print(client.events);
  }),
);

scenario("a handshake that is never answered [CONN-13 TLS-04]", async (print) => {
  const silent = new Deaf();
  const server = await getRunningLoop().createServer(() => silent, "127.0.0.1", 0);
  const name = server.sockets[0]?.getsockname();
  const port = typeof name === "object" ? name.port : 0;
  const client = new Recorder();
  print(await failure(() => connectTls(port, client, { sslHandshakeTimeout: 20 })));
  print(client.events);
  await silent.lost();
  print(silent.events.at(-1));
  server.close();
  await server.waitClosed();
});

scenario("a peer that leaves during the handshake [TLS-01]", async (print) => {
  const leaving = () => new Deaf({ dataReceived: (self) => self.transport.close() });
  const server = await getRunningLoop().createServer(leaving, "127.0.0.1", 0);
  const name = server.sockets[0]?.getsockname();
  const port = typeof name === "object" ? name.port : 0;
  const client = new Recorder();
  print(await failure(() => connectTls(port, client)));
  print(client.events);
  server.close();
  await server.waitClosed();
});

scenario("a peer that does not answer the end [CONN-13 TLS-05]", (print) =>
  withTlsPair(
    async (client, server) => {
      server.transport.pauseReading();
      client.transport.close();
      await client.lost();
      print(client.events);
    },
    { sslShutdownTimeout: 20 },
  ),
);

scenario("options that make no sense [CONN-12 CONN-13]", async (print) => {
  const loop = getRunningLoop();
  const factory = () => new Recorder();
  const connect = (options: ConnectionOptions) =>
    failure(() => loop.createConnection(factory, "127.0.0.1", 1, options));
  const serve = (options: object) => failure(() => loop.createServer(factory, "127.0.0.1", 0, options));
  print(await connect({ serverHostname: "localhost" }));
  print(await connect({ sslHandshakeTimeout: 1 }));
  print(await connect({ sslShutdownTimeout: 1 }));
  print(await serve({ ssl: true }));
  print(await serve({ sslHandshakeTimeout: 1 }));
});
