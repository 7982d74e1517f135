/** The other end of a connection without gyre: the host's own sockets. */
import { once } from "node:events";
import net from "node:net";

export interface Peer {
  readonly port: number;
  /** The connections so far; the host reads them, unless a test pauses them. */
  readonly sockets: readonly net.Socket[];
  /** The first connection, once it is there. */
  first(): Promise<net.Socket>;
}

/** A server of the host's for as long as `body` takes. */
export async function withPeer<T>(
  onConnection: (socket: net.Socket) => void,
  body: (peer: Peer) => Promise<T>,
): Promise<T> {
  const sockets: net.Socket[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", ignore);
    onConnection(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as net.AddressInfo; // it listens on TCP
    const first = async (): Promise<net.Socket> => {
      while (sockets[0] === undefined) await once(server, "connection");
      return sockets[0];
    };
    return await body({ port, sockets, first });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  }
}

/** A connection of the host's for as long as `body` takes. */
export async function withSocket<T>(port: number, body: (socket: net.Socket) => Promise<T>): Promise<T> {
  const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", ignore);
  try {
    await once(socket, "connect");
    return await body(socket);
  } finally {
    socket.destroy();
    if (!socket.closed) await once(socket, "close");
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  return withPeer(ignore, async ({ port }) => port);
}

/** Everything that comes until the peer ends its direction. */
export async function readAll(socket: net.Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk)).resume();
  await once(socket, "end");
  return Buffer.concat(chunks).toString();
}

export function ignore(): void {}
