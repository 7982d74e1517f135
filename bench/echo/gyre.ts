import {
  type BufferedProtocol,
  getRunningLoop,
  type Protocol,
  run,
  type Server,
  type ServerOptions,
  startServer,
  type Transport,
} from "gyre";
import { BACKLOG, READ_SIZE } from "./order.ts";
import { announce, identity, order } from "./server.ts";

class Echo implements Protocol {
  #transport: Transport | null = null;

  connectionMade(transport: Transport): void {
    this.#transport = transport;
  }

  dataReceived(data: Buffer): void {
    this.#transport?.write(data);
  }
}

/** Uses its memory again as soon as the transport has none of it left to send. */
class BufferedEcho implements BufferedProtocol {
  #memory = Buffer.allocUnsafeSlow(READ_SIZE);
  #transport: Transport | null = null;

  connectionMade(transport: Transport): void {
    this.#transport = transport;
  }

  getBuffer(): Buffer {
    return this.#memory;
  }

  bufferUpdated(count: number): void {
    this.#transport?.write(this.#memory.subarray(0, count));
    if (this.#transport?.getWriteBufferSize() !== 0) this.#memory = Buffer.allocUnsafeSlow(READ_SIZE);
  }
}

const HOST = "127.0.0.1";
const options: ServerOptions = { backlog: BACKLOG, ...(identity === null ? {} : { ssl: identity }) };

const START: Readonly<Record<string, () => Promise<Server>>> = {
  protocol: () => getRunningLoop().createServer(() => new Echo(), HOST, 0, options),
  buffered: () => getRunningLoop().createServer(() => new BufferedEcho(), HOST, 0, options),
  streams: () =>
    startServer(
      async (reader, writer) => {
        for (;;) {
          const data = await reader.read(READ_SIZE);
          if (data.length === 0) break;
          writer.write(data);
          await writer.drain();
        }
        writer.close();
      },
      HOST,
      0,
      options,
    ),
};

const main = async (): Promise<void> => {
  const server = await START[order.api]?.();
  const address = server?.sockets[0]?.getsockname();
  if (typeof address !== "object" || address === null) throw new Error(`no server for ${order.api}`);
  announce(address.port);
  await server?.serveForever();
};
await run(main, order.loop === null ? {} : { loop: order.loop });
