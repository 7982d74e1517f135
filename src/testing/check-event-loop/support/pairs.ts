/** Servers and connections, both ends on the loop under test. */

import type { StreamProtocol } from "../../../net/protocols.ts";
import type { ServerOptions } from "../../../net/servers/create-server.ts";
import type { Server } from "../../../net/servers/server.ts";
import type { CheckContext } from "../check.ts";
import { ContractError } from "../expect.ts";
import { type Hooks, Recorder } from "./recorder.ts";

export const LOCALHOST = "127.0.0.1";

export interface Pair {
  readonly client: Recorder;
  readonly server: Recorder;
}

export function portOf(server: Server): number {
  const name = server.sockets[0]?.getsockname();
  if (name === undefined || typeof name === "string")
    throw new ContractError("A server on an address has a port; this has none.");
  return name.port;
}

/** A server on a port of its own; it ends, with its connections, when `body` does. */
export async function withServer<T>(
  { loop, waits }: CheckContext,
  factory: () => StreamProtocol,
  body: (port: number, server: Server) => Promise<T>,
  { host = LOCALHOST, ...options }: ServerOptions & { readonly host?: string } = {},
): Promise<T> {
  const server = await loop.createServer(factory, host, 0, options);
  try {
    return await body(portOf(server), server);
  } finally {
    server.close();
    server.abortClients();
    await waits.during("for waitClosed() of a server whose connections were aborted", server.waitClosed());
  }
}

export async function connect(
  context: CheckContext,
  port: number,
  hooks: Hooks = {},
  host = LOCALHOST,
): Promise<Recorder> {
  const { loop, waits } = context;
  const client = new Recorder(context, "client", hooks);
  await waits.during(
    "for a connection",
    loop.createConnection(() => client, host, port),
  );
  return client;
}

export async function end(recorder: Recorder): Promise<void> {
  recorder.transport.abort();
  await recorder.untilLost();
}

/** A client and the server's end of its connection; both end when `body` does. */
export async function withPair(
  context: CheckContext,
  body: (pair: Pair) => Promise<void>,
  hooks: { readonly client?: Hooks; readonly server?: Hooks } = {},
  host = LOCALHOST,
): Promise<void> {
  const server = new Recorder(context, "server", hooks.server);
  await withServer(
    context,
    () => server,
    async (port) => {
      const client = await connect(context, port, hooks.client, host);
      await server.until("made");
      try {
        await body({ client, server });
      } finally {
        await end(client);
        await end(server);
      }
    },
    { host },
  );
}
