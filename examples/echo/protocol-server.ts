/** `node .build/examples/echo/protocol-server.js [PORT]`: the server on streams again, a level lower: callbacks, and no task per client. */

import { getRunningLoop, KeyboardInterrupt, type Protocol, run, sleep, type Transport } from "gyre";
import { addressOf } from "../address.ts";

const port = Number(process.argv[2] ?? 7007);

class Echo implements Protocol {
  #transport: Transport | null = null;

  connectionMade(transport: Transport): void {
    this.#transport = transport;
  }

  dataReceived(data: Buffer): void {
    this.#transport?.write(data);
  }

  /** The client sends and does not read: it has to wait, or else the memory fills up. */
  pauseWriting(): void {
    this.#transport?.pauseReading();
  }

  resumeWriting(): void {
    this.#transport?.resumeReading();
  }
}

async function main(): Promise<void> {
  const server = await getRunningLoop().createServer(() => new Echo(), "127.0.0.1", port);
  console.log(`Listening on ${addressOf(server)}`);
  try {
    await sleep(Infinity); // Ctrl-C cancels main
  } finally {
    server.close();
    server.closeClients();
    await server.waitClosed();
  }
}

await run(main).catch((error: unknown) => {
  if (!(error instanceof KeyboardInterrupt)) throw error;
});
