/** The other end of a connection as one of the host's own sockets. */
import { once } from "node:events";
import net from "node:net";
import { runInRoot } from "../../../core/scope.ts";
import { ContractError } from "../expect.ts";
import { LOCALHOST } from "./pairs.ts";

export interface HostPeer {
  readonly port: number;
  /** The first connection, once it is there; it does not read before it is told to. */
  first(): Promise<net.Socket>;
}

/** A server of the host's for as long as `body` takes. */
export async function hostPeer(body: (peer: HostPeer) => Promise<void>): Promise<void> {
  const sockets: net.Socket[] = [];
  const server = runInRoot(() => net.createServer({ allowHalfOpen: true }));
  server.on("connection", (socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
  });
  server.listen(0, LOCALHOST);
  await once(server, "listening");
  try {
    await body({ port: portOf(server), first: () => firstOf(server, sockets) });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  }
}

async function firstOf(server: net.Server, sockets: readonly net.Socket[]): Promise<net.Socket> {
  while (sockets[0] === undefined) await once(server, "connection");
  return sockets[0];
}

function portOf(server: net.Server): number {
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new ContractError("The host's server has no port.");
  return address.port;
}
