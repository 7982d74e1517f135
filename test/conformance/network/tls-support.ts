/** Servers and connections with TLS, and the certificates of the tests. */
import type { TlsOptions } from "node:tls";
import {
  type ConnectionOptions,
  getRunningLoop,
  type Server,
  type ServerOptions,
  type StreamProtocol,
} from "gyre";
import { authority, identity } from "../../support/certificates.ts";
import { end, type Hooks, portOf, Recorder, type Pair } from "./recording.ts";

/** A client that trusts the authority of the tests, and a server whose certificate is signed by it. */
export const TRUSTING = { ca: authority };
export const SERVING: TlsOptions = identity("server");

/** A TLS server on a port of its own, for as long as `body` takes. */
export async function withTlsServer<T>(
  protocolFactory: () => StreamProtocol,
  body: (port: number, server: Server) => Promise<T>,
  options: ServerOptions = {},
): Promise<T> {
  const server = await getRunningLoop().createServer(protocolFactory, "127.0.0.1", 0, {
    ssl: SERVING,
    ...options,
  });
  try {
    return await body(portOf(server), server);
  } finally {
    server.close();
    server.abortClients();
    await server.waitClosed();
  }
}

export async function connectTls<P extends StreamProtocol>(
  port: number,
  protocol: P,
  options: ConnectionOptions = {},
): Promise<P> {
  await getRunningLoop().createConnection(() => protocol, "127.0.0.1", port, { ssl: TRUSTING, ...options });
  return protocol;
}

export interface PairOptions {
  readonly client?: Hooks;
  readonly server?: Hooks;
  readonly connection?: ConnectionOptions;
  readonly serving?: ServerOptions;
}

/** Two recorders that are connected with TLS; whatever is open in the end is aborted. */
export async function withTlsPair(
  body: (pair: Pair) => Promise<void> | void,
  { client: clientHooks, server: serverHooks, connection, serving }: PairOptions = {},
): Promise<void> {
  const server = new Recorder(serverHooks);
  await withTlsServer(
    () => server,
    async (port) => {
      const client = await connectTls(port, new Recorder(clientHooks), connection);
      try {
        await server.untilEvent("made");
        await body({ client, server });
      } finally {
        await end(client);
      }
    },
    serving,
  );
}

/** What a promise rejects with: the code of the error. */
export async function codeOf(failing: Promise<unknown>): Promise<string> {
  try {
    await failing;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
  return "no error";
}
