/** Hosts, servers and clients for the tests of the simulated network. */
import {
  getRunningLoop,
  openConnection,
  type Server,
  startServer,
  type StreamReader,
  type StreamWriter,
} from "gyre";
import { runVirtual, type SimulatedHost, SimulatedNetwork } from "gyre/testing";

export const PORT = 5432;

export const now = (): number => getRunningLoop().time();

export type Handler = (reader: StreamReader, writer: StreamWriter) => Promise<void> | void;

export async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for await (const line of reader) writer.write(line);
  writer.close();
}

export function serve(host: SimulatedHost, handler: Handler = echo): Promise<Server> {
  return host.run(() => startServer(handler, "0.0.0.0", PORT));
}

export interface Scene {
  readonly network: SimulatedNetwork;
  readonly db: SimulatedHost;
  readonly server: Server;
  readonly reader: StreamReader;
  readonly writer: StreamWriter;
}

type Options = ConstructorParameters<typeof SimulatedNetwork>[0];

/** Runs body with a connection to a server on the host "db", and ends both. */
export function withServer<T>(
  options: Options,
  body: (scene: Scene) => Promise<T>,
  handler?: Handler,
): Promise<T> {
  const network = new SimulatedNetwork(options);
  return runVirtual(
    async () => {
      const db = network.host("db");
      const server = await serve(db, handler);
      const [reader, writer] = await openConnection("db", PORT);
      try {
        return await body({ network, db, server, reader, writer });
      } finally {
        writer.transport.abort();
        server.close();
        server.abortClients();
        await server.waitClosed();
      }
    },
    { network },
  );
}

/** The code that something fails with, and the moment. */
export async function failure(promise: PromiseLike<unknown>): Promise<[code: string, time: number]> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error && "code" in error) return [String(error.code), now()];
    throw error;
  }
  return ["none", now()];
}
