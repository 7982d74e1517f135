/** Connected pairs with TLS, with the certificates of the tests. */
import type { TlsOptions } from "node:tls";
import {
  type ClientSsl,
  type ConnectionOptions,
  getRunningLoop,
  type ServerOptions,
  type StreamProtocol,
} from "gyre";
import { authority, identity } from "../support/certificates.ts";
import { Recorder, systemName } from "./recording.ts";

type Identity = Parameters<typeof identity>[0];

export function trusting(name?: Identity): ClientSsl {
  return { ca: authority, ...(name === undefined ? {} : identity(name)) };
}

export function serving(name: Identity = "server", asking = false): TlsOptions {
  return { ...identity(name), ...(asking ? { requestCert: true, ca: authority } : {}) };
}

/** Runs body(port) beside a server. */
export async function withTlsServer(
  factory: () => StreamProtocol,
  body: (port: number) => Promise<void>,
  options: ServerOptions = {},
): Promise<void> {
  const server = await getRunningLoop().createServer(factory, "127.0.0.1", 0, { ssl: serving(), ...options });
  const name = server.sockets[0]?.getsockname();
  try {
    await body(typeof name === "object" ? name.port : 0);
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
  const ssl = { ssl: trusting(), serverHostname: "localhost", ...options };
  await getRunningLoop().createConnection(() => protocol, "127.0.0.1", port, ssl);
  return protocol;
}

export interface PairOptions extends ConnectionOptions {
  readonly client?: Recorder;
  readonly server?: Recorder;
  readonly serving?: TlsOptions;
}

/** Runs body(client, server) with two connected recorders. */
export async function withTlsPair(
  body: (client: Recorder, server: Recorder) => Promise<void> | void,
  {
    client = new Recorder(),
    server = new Recorder(),
    serving: ssl = serving(),
    ...options
  }: PairOptions = {},
): Promise<void> {
  await withTlsServer(
    () => server,
    async (port) => {
      await connectTls(port, client, options);
      await server.until(() => server.events.length > 0);
      await body(client, server);
      client.transport.abort();
      await client.lost();
    },
    { ssl },
  );
}

/** Null, or the name of the error. */
export async function failure(start: () => Promise<unknown>): Promise<string | null> {
  try {
    await start();
    return null;
  } catch (error) {
    return systemName(error);
  }
}
