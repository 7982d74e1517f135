/** Unix sockets, and sockets that were made elsewhere. */
import { once } from "node:events";
import { lstatSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type EventLoop, getRunningLoop, type Protocol, type Server, sleep, type Transport } from "gyre";
import { scenario } from "../../support/parity.ts";
import { outcome } from "../outcomes.ts";

class Echo implements Protocol {
  readonly events: string[] = [];
  readonly lost = getRunningLoop().createFuture<void>();
  transport: Transport | null = null;

  connectionMade(transport: Transport): void {
    this.transport = transport;
    this.events.push("made");
  }

  dataReceived(data: Buffer): void {
    this.events.push(data.toString());
    this.transport?.write(data);
  }

  eofReceived(): void {
    this.events.push("eof");
  }

  connectionLost(error: Error | null): void {
    this.events.push(`lost ${error === null ? "None" : String(error)}`);
    this.lost.setResult();
  }
}

class Client extends Echo {
  override dataReceived(data: Buffer): void {
    this.events.push(data.toString());
    this.transport?.close();
  }
}

type ServerOptions = NonNullable<Parameters<EventLoop["createUnixServer"]>[2]>;
type ConnectionOptions = NonNullable<Parameters<EventLoop["createUnixConnection"]>[2]>;

const echo = () => new Echo();
const client = () => new Client();
const listen = (factory: () => Protocol, path: string | null = null, options: ServerOptions = {}) =>
  getRunningLoop().createUnixServer(factory, path, options);
const connect = (path: string | null = null, options: ConnectionOptions = {}) =>
  getRunningLoop().createUnixConnection(client, path, options);

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

async function greet(path: string): Promise<string[]> {
  const [transport, protocol] = await connect(path);
  transport.write("hello");
  await protocol.lost;
  return protocol.events;
}

async function end(server: Server): Promise<void> {
  server.close();
  await server.waitClosed();
}

function kind(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return "nothing";
  if (stat.isSocket()) return "socket";
  return stat.isFile() ? "file" : "other";
}

async function withPath(body: (path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "gyre-"));
  try {
    await body(join(folder, "socket"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

scenario("a server has a file, which goes with it [SRV-25 SRV-26 CONN-16]", (print) =>
  withPath(async (path) => {
    const server = await listen(echo, path);
    print(kind(path), server.isServing(), server.sockets.length);
    print(await greet(path));
    await end(server);
    print(kind(path));
    print(await failure(connect(path)));
  }),
);

scenario(
  "the path is the peer's name for a client, and the socket's for a server [SRV-25 CONN-16]",
  (print) =>
    withPath(async (path) => {
      const made: Echo[] = [];
      const factory = () => {
        const protocol = new Echo();
        made.push(protocol);
        return protocol;
      };
      const server = await listen(factory, path);
      print(server.sockets[0]?.getsockname() === path);
      const [transport] = await connect(path);
      while (made[0]?.events.length !== 1) await sleep(1);
      for (const one of [transport, made[0].transport]) {
        const names = [one?.getExtraInfo("sockname"), one?.getExtraInfo("peername")];
        print(names.map((name) => (name === path ? "the path" : name === "" ? "nothing" : "something")));
      }
      transport.close();
      await made[0].lost;
      await end(server);
    }),
);

scenario("without start_serving there is a file, and nobody listens [SRV-11 SRV-25]", (print) =>
  withPath(async (path) => {
    const server = await listen(echo, path, { startServing: false });
    print(kind(path), await failure(connect(path)));
    await server.startServing();
    print(await greet(path));
    await end(server);
    print(kind(path));
  }),
);

scenario("cleanup_socket=False leaves the file, which the next server replaces [SRV-25 SRV-26]", (print) =>
  withPath(async (path) => {
    await end(await listen(echo, path, { cleanupSocket: false }));
    print(kind(path), await failure(connect(path)));
    const server = await listen(echo, path);
    print(await greet(path));
    await end(server);
    print(kind(path));
  }),
);

scenario("a server leaves the file of another one alone [SRV-26]", (print) =>
  withPath(async (path) => {
    const first = await listen(echo, path);
    const second = await listen(echo, path);
    await end(first);
    print(kind(path), await greet(path));
    await end(second);
    print(kind(path));
  }),
);

scenario("a file that has gone is no trouble [SRV-26]", (print) =>
  withPath(async (path) => {
    const reports: unknown[] = [];
    getRunningLoop().setExceptionHandler((_loop, context) => void reports.push(context));
    const server = await listen(echo, path);
    unlinkSync(path);
    await end(server);
    print(kind(path), reports.length);
  }),
);

scenario("a file that is no socket is never replaced [SRV-25]", (print) =>
  withPath(async (path) => {
    writeFileSync(path, "precious");
    print(await failure(listen(echo, path)), kind(path));
    const server = await listen(echo, `${path}2`);
    unlinkSync(`${path}2`);
    writeFileSync(`${path}2`, "precious");
    await end(server);
    print(kind(`${path}2`));
  }),
);

scenario("a folder that is not there is an error [SRV-25]", (print) =>
  withPath(async (path) => {
    print(await failure(listen(echo, `${path}/socket`)));
    print(await failure(listen(echo, join(dirname(path), "nowhere", "socket"))));
  }),
);

scenario("a name may be none of a file [SRV-25 CONN-16]", async (print) => {
  const path = `\0gyre-parity-${process.pid}`;
  const server = await listen(echo, path);
  print(await greet(path));
  print(await failure(listen(echo, path)));
  await end(server);
  print(await failure(connect(path)));
});

scenario("a Unix server refuses what makes no sense [SRV-25]", (print) =>
  withPath(async (path) => {
    const wrong = { ssl: true } as unknown as ServerOptions;
    print(await outcome(() => listen(echo)));
    print(await outcome(() => listen(echo, path, wrong)));
    print(await outcome(() => listen(echo, path, { sslHandshakeTimeout: 1000 })));
    print(await outcome(() => listen(echo, path, { sslShutdownTimeout: 1000 })));
    print(kind(path));
  }),
);

scenario("a Unix connection refuses what makes no sense [CONN-16]", (print) =>
  withPath(async (path) => {
    print(await outcome(() => connect()));
    print(await outcome(() => connect(path, { ssl: true })));
    print(await outcome(() => connect(path, { serverHostname: "localhost" })));
    print(await outcome(() => connect(path, { sslHandshakeTimeout: 1000 })));
    print(await outcome(() => connect(path, { sslShutdownTimeout: 1000 })));
  }),
);

/** A server of the host's that listens. */
async function hostServer(options: net.ServerOpts = {}): Promise<[net.Server, port: number]> {
  const server = net.createServer(options);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo; // it listens on TCP
  return [server, port];
}

/** A connection that is there already: the accepted side, and the other. */
async function accepted(): Promise<[net.Socket, net.Socket]> {
  const [server, port] = await hostServer();
  const connection = once(server, "connection") as Promise<[net.Socket]>;
  const other = net.connect(port, "127.0.0.1");
  await once(other, "connect");
  const [sock] = await connection;
  server.close();
  return [sock, other];
}

scenario("a connection that was accepted elsewhere gets a protocol [CONN-17]", async (print) => {
  const [sock, other] = await accepted();
  const loop = getRunningLoop();
  const [, protocol] = await loop.connectAcceptedSocket(echo, sock);
  print(protocol.events);
  const [transport, peer] = await loop.createConnection(client, null, null, { sock: other });
  transport.write("hello");
  await peer.lost;
  await protocol.lost;
  print(peer.events, protocol.events);
});

scenario("what came before is not lost [CONN-17]", async (print) => {
  const [sock, other] = await accepted();
  other.write("early");
  await sleep(10);
  const [, protocol] = await getRunningLoop().connectAcceptedSocket(echo, sock);
  other.end().resume();
  await protocol.lost;
  print(protocol.events.slice(0, 2));
});

scenario("a socket and a place to connect to exclude each other [CONN-02 CONN-06]", async (print) => {
  const [sock, other] = await accepted();
  const loop = getRunningLoop();
  print(await outcome(() => loop.createConnection(client, "127.0.0.1", 1, { sock: other })));
  print(await outcome(() => connect("/nowhere", { sock: other })));
  print(await outcome(() => connect(null, { sock: other })));
  other.destroy();
  sock.destroy();
});

scenario("a server may have a socket that listens already [SRV-06]", async (print) => {
  const [sock, port] = await hostServer();
  const loop = getRunningLoop();
  print(await outcome(() => loop.createServer(echo, "127.0.0.1", 0, { sock })));
  const server = await loop.createServer(echo, null, null, { sock });
  const name = server.sockets[0]?.getsockname();
  print(typeof name === "object" && name.port === port, server.isServing());
  const [transport, protocol] = await loop.createConnection(client, "127.0.0.1", port);
  transport.write("hello");
  await protocol.lost;
  print(protocol.events);
  await end(server);
});
