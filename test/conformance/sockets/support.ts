import { createTask, type EventLoop, getRunningLoop } from "gyre";
import { AF_INET, createServer, Socket, SOCK_DGRAM, type SocketAddress, socketpair } from "gyre/socket";

export const HERE = { address: "127.0.0.1", port: 0 };

/** Runs with two connected sockets, and closes them. */
export async function withPair(
  body: (loop: EventLoop, left: Socket, right: Socket) => Promise<void>,
): Promise<void> {
  const [left, right] = socketpair();
  try {
    await body(getRunningLoop(), left, right);
  } finally {
    left.close();
    right.close();
  }
}

/** Runs with two sockets that are connected over TCP. */
export async function withTcp(
  body: (loop: EventLoop, client: Socket, server: Socket) => Promise<void>,
): Promise<void> {
  const loop = getRunningLoop();
  const listener = createServer(HERE);
  const client = new Socket();
  const accepting = createTask(() => loop.sockAccept(listener));
  await loop.sockConnect(client, listener.getsockname());
  const [server] = await accepting;
  try {
    await body(loop, client, server);
  } finally {
    for (const socket of [listener, client, server]) socket.close();
  }
}

/** A bound socket for datagrams, and its address. */
export function datagramSocket(): [socket: Socket, address: SocketAddress] {
  const socket = new Socket(AF_INET, SOCK_DGRAM);
  socket.bind(HERE);
  return [socket, socket.getsockname()];
}

/** Sends until the system takes no more; returns how many bytes that were. */
export function fill(socket: Socket): number {
  const chunk = Buffer.alloc(65_536, "x");
  let sent = 0;
  try {
    for (;;) sent += socket.send(chunk);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return sent;
    throw error;
  }
}

/** Receives so many bytes, or up to the end. */
export async function receive(loop: EventLoop, socket: Socket, size: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let left = size; left > 0;) {
    const chunk = await loop.sockRecv(socket, Math.min(left, 262_144));
    if (chunk.length === 0) break;
    chunks.push(chunk);
    left -= chunk.length;
  }
  return Buffer.concat(chunks);
}
