/** Server: how it starts, what it accepts, and how it ends. */
import { createTask, getRunningLoop, type Protocol, type Server, sleep, type Transport } from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt, Boom, outcome } from "../outcomes.ts";

/** Writes down what happens; with `echo` it sends back what it gets. */
class Recorder implements Protocol {
  readonly events: string[] = [];
  readonly lost = getRunningLoop().createFuture<void>();
  readonly echo: boolean;
  transport: Transport | null = null;

  constructor(echo = false) {
    this.echo = echo;
  }

  connectionMade(transport: Transport): void {
    this.transport = transport;
    this.events.push("made");
  }

  dataReceived(data: Buffer): void {
    this.events.push(data.toString());
    if (this.echo) this.transport?.write(data);
  }

  eofReceived(): void {
    this.events.push("eof");
  }

  connectionLost(error: Error | null): void {
    this.events.push(`lost ${error === null ? "None" : String(error)}`);
    this.lost.setResult();
  }
}

const recorder = () => new Recorder();

class Crowd {
  readonly all: Recorder[] = [];

  readonly factory = () => {
    const made = new Recorder(true);
    this.all.push(made);
    return made;
  };

  get first(): Recorder {
    const [first] = this.all;
    if (first === undefined) throw new Error("nobody came");
    return first;
  }

  async made(count: number): Promise<void> {
    while (this.all.filter(({ events }) => events.includes("made")).length < count) await sleep(1);
  }
}

type Arguments = Parameters<ReturnType<typeof getRunningLoop>["createServer"]>;

const listen = (
  factory: Arguments[0],
  host: Arguments[1] = "127.0.0.1",
  port: Arguments[2] = 0,
  options: Arguments[3] = {},
) => getRunningLoop().createServer(factory, host, port, options);

const namesOf = (server: Server) =>
  server.sockets.map((socket) => {
    const name = socket.getsockname();
    if (typeof name === "string") throw new Error("not TCP");
    return name;
  });

const portOf = (server: Server) => namesOf(server)[0]?.port ?? 0;

async function connectTo(port: number): Promise<Recorder> {
  const [, client] = await getRunningLoop().createConnection(recorder, "127.0.0.1", port);
  return client;
}

const connect = (server: Server) => connectTo(portOf(server));

/** The code of a system error, or "fine". */
async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "fine";
  } catch (error) {
    if (error instanceof Error && "code" in error) return String(error.code);
    throw error;
  }
}

async function end(server: Server, ...clients: Recorder[]): Promise<void> {
  for (const client of clients) client.transport?.abort();
  server.close();
  server.abortClients();
  await server.waitClosed();
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await sleep(0);
}

scenario("each connection has a protocol of its own [SRV-01]", async (print) => {
  const crowd = new Crowd();
  const server = await listen(crowd.factory);
  for (const text of ["one", "two"]) {
    const client = await connect(server);
    client.transport?.write(text);
    while (!client.events.includes(text)) await sleep(1);
    client.transport?.close();
    await client.lost;
    await crowd.all.at(-1)?.lost;
    print(client.events, crowd.all.at(-1)?.events);
  }
  await end(server);
});

scenario("without start_serving a server is bound, and refuses [SRV-11 SRV-19 SRV-21]", async (print) => {
  const server = await listen(new Crowd().factory, "127.0.0.1", 0, { startServing: false });
  print(server.isServing(), server.sockets.length);
  print(await failure(connect(server)));
  await server.startServing();
  await server.startServing();
  print(server.isServing(), server.sockets.length);
  const client = await connect(server);
  print(client.events);
  await end(server, client);
});

scenario("closing stops listening, and lets connections be [SRV-15 SRV-23]", async (print) => {
  const crowd = new Crowd();
  const server = await listen(crowd.factory);
  const client = await connect(server);
  await crowd.made(1);
  const port = portOf(server);
  server.close();
  server.close();
  print(server.isServing(), server.sockets.length);
  print(await failure(connectTo(port)));
  client.transport?.write("still here");
  while (client.events.length < 2) await sleep(1);
  print(client.events);
  await end(server, client);
});

scenario("wait_closed waits for the last connection [SRV-22]", async (print) => {
  const crowd = new Crowd();
  const server = await listen(crowd.factory);
  const client = await connect(server);
  await crowd.made(1);
  const waiting = [1, 2].map(() => createTask(() => server.waitClosed()));
  server.close();
  await settle();
  print(waiting.map((task) => task.done()));
  client.transport?.close();
  for (const task of waiting) await task;
  print(crowd.first.events);
  await server.waitClosed();
});

scenario("wait_closed waits for the close [SRV-22]", async (print) => {
  const crowd = new Crowd();
  const server = await listen(crowd.factory);
  const client = await connect(server);
  await crowd.made(1);
  const waiting = createTask(() => server.waitClosed());
  client.transport?.close();
  await crowd.first.lost;
  await settle();
  print(waiting.done());
  server.close();
  await waiting;
  print(waiting.done());
});

scenario("serve_forever starts the server, and being cancelled ends it [SRV-20]", async (print) => {
  const crowd = new Crowd();
  const server = await listen(crowd.factory, "127.0.0.1", 0, { startServing: false });
  const task = createTask(() => server.serveForever());
  await settle();
  print(server.isServing());
  const client = await connect(server);
  await crowd.made(1);
  task.cancel();
  await settle();
  print(server.isServing(), task.done());
  client.transport?.close();
  print(await outcome(task), task.cancelled(), crowd.first.events);
});

scenario("serve_forever is for one at a time [SRV-20]", async (print) => {
  const server = await listen(new Crowd().factory);
  const task = createTask(() => server.serveForever());
  await settle();
  print(await outcome(server.serveForever()), server.isServing());
  task.cancel();
  print(await outcome(task));
});

scenario("close ends serve_forever, which cannot begin again [SRV-15 SRV-20]", async (print) => {
  const server = await listen(new Crowd().factory);
  const task = createTask(() => server.serveForever());
  await settle();
  server.close();
  print(await outcome(task), task.cancelled());
  print(await outcome(server.serveForever()));
});

scenario(
  "close_clients and abort_clients end connections, and not the server [SRV-16 SRV-17]",
  async (print) => {
    const crowd = new Crowd();
    const server = await listen(crowd.factory);
    for (const method of ["closeClients", "abortClients"] as const) {
      const pair = [await connect(server), await connect(server)];
      await crowd.made(method === "closeClients" ? 2 : 4);
      server[method]();
      for (const one of [...pair, ...crowd.all]) await one.lost;
      print(
        pair.map(({ events }) => events.slice(0, 1)),
        crowd.all.slice(-2).map(({ events }) => events),
        server.isServing(),
      );
    }
    await end(server);
  },
);

scenario("leaving an async with closes the server, and waits [SRV-24]", async (print) => {
  const crowd = new Crowd();
  const server = await listen(crowd.factory);
  const client = await connect(server);
  await crowd.made(1);
  const task = createTask(async () => {
    await using _ = server;
  });
  await settle();
  print(server.isServing(), task.done());
  client.transport?.close();
  await task;
  print(crowd.first.events);
});

scenario("a protocol that cannot be made costs its connection, and nothing else [SRV-13]", async (print) => {
  const reports: unknown[] = [];
  getRunningLoop().setExceptionHandler((_loop, context) => void reports.push(context));
  const crowd = new Crowd();
  let made = 0;
  const factory = () => {
    if (++made === 1) throw new Boom("not today");
    return crowd.factory();
  };
  const server = await listen(factory);
  const refused = await connect(server);
  await refused.lost;
  print(refused.events[0], refused.events.at(-1));
  const welcome = await connect(server);
  await crowd.made(1);
  print(welcome.events, reports.length);
  await end(server, welcome);
});

scenario("a protocol may close its connection as it is made [SRV-01]", async (print) => {
  for (const method of ["close", "abort"] as const) {
    class Brief extends Recorder {
      override connectionMade(transport: Transport): void {
        super.connectionMade(transport);
        transport[method]();
      }
    }
    const made: Brief[] = [];
    const server = await listen(() => {
      const brief = new Brief();
      made.push(brief);
      return brief;
    });
    const client = await connect(server);
    await client.lost;
    await made[0]?.lost;
    print(client.events, made[0]?.events);
    await end(server);
  }
});

scenario("each host is bound once, and each has a port [SRV-02]", async (print) => {
  const server = await listen(recorder, ["127.0.0.1", "127.0.0.2", "127.0.0.1"]);
  print(
    namesOf(server)
      .map(({ address }) => address)
      .toSorted(),
  );
  await end(server);
});

scenario("an address that is not there is left out, if there is another [SRV-05]", async (print) => {
  const server = await listen(recorder, ["192.0.2.1", "127.0.0.1"]);
  print(namesOf(server).map(({ address }) => address));
  await end(server);
});

scenario("an address that is taken is an error, and nothing stays bound [SRV-05]", async (print) => {
  const first = await listen(recorder);
  const port = portOf(first);
  print(await failure(listen(recorder, "127.0.0.1", port)));
  print(await failure(listen(recorder, ["127.0.0.2", "127.0.0.1"], port)));
  const other = await listen(recorder, "127.0.0.2", port);
  await end(other);
  await end(first);
  const again = await listen(recorder, "127.0.0.1", port);
  print(again.isServing());
  await end(again);
});

scenario("what makes no sense is refused [SRV-01]", async (print) => {
  const wrong = { ssl: true } as unknown as Arguments[3];
  print(await outcome(() => listen(recorder, null, null)));
  print(await outcome(() => listen(recorder, "127.0.0.1", 0, wrong)));
  print(await outcome(() => listen(recorder, "127.0.0.1", 0, { sslHandshakeTimeout: 1000 })));
  print(await outcome(() => listen(recorder, "127.0.0.1", 0, { sslShutdownTimeout: 1000 })));
});

scenario("a server knows its loop [SRV-18]", async (print) => {
  const server = await listen(recorder);
  print(attempt(() => server.getLoop() === getRunningLoop()));
  await end(server);
});
