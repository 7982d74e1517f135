/** createConnection: the order of things, and what goes wrong. */
import { once } from "node:events";
import net from "node:net";
import { createTask, ExceptionGroup, getRunningLoop, type StreamProtocol, sleep, waitFor } from "gyre";
import { scenario } from "../../support/parity.ts";
import { Boom } from "../outcomes.ts";
import { collectReports, Recorder, systemName, withServer } from "../recording.ts";

type Options = NonNullable<Parameters<ReturnType<typeof getRunningLoop>["createConnection"]>[3]>;

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

const connect = <P extends StreamProtocol>(
  factory: () => P,
  host: string | null = null,
  port: number | null = null,
  options: Options = {},
) => getRunningLoop().createConnection(factory, host, port, options);

const recorder = (): Recorder => new Recorder();

async function outcome(call: () => PromiseLike<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    const isBinding = error instanceof Error && "code" in error && error.code === "EADDRNOTAVAIL";
    return isBinding ? "OSError" : systemName(error);
  }
}

scenario("the factory, connection_made, and then the result [CONN-01]", (print) =>
  withServer(recorder, async (port) => {
    const client = new Recorder({ connectionMade: () => print("made") });
    const factory = (): Recorder => {
      print("factory");
      return client;
    };
    const [transport, protocol] = await connect(factory, "127.0.0.1", port);
    print(
      "returned",
      protocol === client,
      transport === client.transport,
      transport.getProtocol() === client,
    );
    transport.close();
    await client.lost();
    print(client.events);
  }),
);

scenario("a factory that throws [CONN-01]", (print) =>
  withServer(recorder, async (port) => {
    const boom = (): never => {
      throw new Boom("boom");
    };
    print(await outcome(() => connect(boom, "127.0.0.1", port)));
  }),
);

scenario("closing, aborting and throwing in connection_made [CONN-01 PR-01]", async (print) => {
  const hooks = {
    close: ({ transport }: Recorder): void => transport.close(),
    abort: ({ transport }: Recorder): void => transport.abort(),
    throw: (): never => {
      throw new Boom("boom");
    },
  };
  const reports = collectReports();
  for (const [name, connectionMade] of Object.entries(hooks)) {
    await withServer(recorder, async (port) => {
      const client = new Recorder({ connectionMade });
      const [transport] = await connect(() => client, "127.0.0.1", port);
      print(name, transport.isClosing(), client.events, reports);
      transport.close();
      await client.lost();
      print(client.events);
    });
  }
});

scenario("connecting to where nobody listens [CONN-07 CONN-11]", async (print) => {
  const port = await freePort();
  print(await outcome(() => connect(recorder, "127.0.0.1", port)));
  print(await outcome(() => connect(recorder, "127.0.0.1", port, { happyEyeballsDelay: 10 })));
});

scenario("all errors come in a group, even one [CONN-10]", async (print) => {
  const port = await freePort();
  for (const happyEyeballsDelay of [null, 10]) {
    try {
      await connect(recorder, "127.0.0.1", port, { allErrors: true, happyEyeballsDelay });
    } catch (error) {
      if (error instanceof ExceptionGroup) print("group", error.errors.map(systemName));
    }
  }
});

scenario("arguments that make no sense [CONN-02 CONN-13]", async (print) => {
  const cases: Options[] = [{ serverHostname: "x" }, { sslHandshakeTimeout: 1 }, { sslShutdownTimeout: 1 }];
  print(await outcome(() => connect(recorder)));
  for (const options of cases) print(await outcome(() => connect(recorder, "127.0.0.1", 1, options)));
  print(await outcome(() => connect(recorder, "127.0.0.1", 1, { sock: new net.Socket() })));
});

scenario("connecting from a local address [CONN-05]", (print) => {
  const server = new Recorder();
  return withServer(
    () => server,
    async (port) => {
      const chosen = await freePort();
      const localAddr = { address: "127.0.0.1", port: chosen };
      const [transport, client] = await connect(recorder, "127.0.0.1", port, { localAddr });
      await server.until(() => server.events.length > 0);
      const peername = server.transport.getExtraInfo("peername");
      print(typeof peername === "object" && peername?.port === chosen);
      transport.close();
      await client.lost();
      for (const address of ["203.0.113.77", "::1"]) {
        const options = { localAddr: { address, port: 0 } };
        print(await outcome(() => connect(recorder, "127.0.0.1", port, options)));
      }
    },
  );
});

scenario("connecting that is cancelled or takes too long [CONN-15]", (print) =>
  withServer(recorder, async (port) => {
    const client = new Recorder();
    for (const turns of [0, 1]) {
      const task = createTask(() => connect(() => client, "127.0.0.1", port));
      for (let turn = 0; turn < turns; turn++) await sleep(0);
      task.cancel();
      print(await outcome(() => task), client.events);
    }
    print(await outcome(() => waitFor(() => connect(() => client, "127.0.0.1", port), 0)), client.events);
  }),
);
