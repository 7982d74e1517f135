/** Sockets that gyre did not make. */
import { once } from "node:events";
import net from "node:net";
import { sleep } from "gyre";
import { withSocket } from "./peers.ts";

/** A connection that the host accepted, for as long as `body` takes. */
export async function withAccepted(
  body: (accepted: net.Socket, client: net.Socket) => Promise<void>,
  options: net.ServerOpts = {},
): Promise<void> {
  const server = net.createServer(options);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo; // it listens on TCP
  const connection = once(server, "connection") as Promise<[net.Socket]>;
  try {
    await withSocket(port, async (client) => {
      const [accepted] = await connection;
      try {
        await body(accepted, client);
      } finally {
        accepted.destroy();
      }
    });
  } finally {
    server.close();
    await once(server, "close");
  }
}

/** The number below a socket or server of the host's; -1 where the host does not tell. */
export function descriptorOf(holder: object): number {
  const handle: unknown = Reflect.get(holder, "_handle");
  const fd: unknown = typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : -1;
  return typeof fd === "number" ? fd : -1;
}

/** Whether the host can open descriptors. */
export const isNode = !("Bun" in globalThis) && !("Deno" in globalThis);

/** A program that echoes what comes over descriptor 3, or a connection of it, and tells what it sees. */
export const program = (sock: string, loopMethod: string): string => `
  import { Event, getRunningLoop, run } from "gyre";
  const ended = new Event();
  class Echo {
    connectionMade(transport) {
      this.transport = transport;
      console.log("made", transport.getExtraInfo("socket").family);
    }
    dataReceived(data) {
      this.transport.write(data);
    }
    connectionLost(error) {
      console.log("lost", error);
      ended.set();
    }
  }
  await run(async () => {
    let detached = 0;
    const owner = { fileno: () => 3, detach: () => void detached++ };
    const loop = getRunningLoop();
    const result = await loop.${loopMethod}(() => new Echo(), ${sock});
    console.log("detached", detached);
    await ended.wait();
    await result.close?.();
  });
`;

/** Nobody listens before the program has come so far. */
export async function connectPatiently(target: net.NetConnectOpts): Promise<net.Socket> {
  for (;;) {
    const socket = net.connect({ ...target, allowHalfOpen: true });
    try {
      await once(socket, "connect");
      return socket;
    } catch {
      await sleep(10);
    }
  }
}
