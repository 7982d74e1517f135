/** `node .build/examples/echo/streams-server.js [PORT]`: sends back what it gets, until Ctrl-C. Talk to it with a client beside it. */

import { KeyboardInterrupt, run, sleep, startServer, type StreamReader, type StreamWriter } from "gyre";
import { addressOf } from "../address.ts";

const port = Number(process.argv[2] ?? 7007);

async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for (;;) {
    const data = await reader.read(65_536); // whatever is there
    if (data.length === 0) break; // the client has sent everything
    writer.write(data);
    await writer.drain(); // waits for a client that sends and does not read
  }
  writer.close();
}

async function main(): Promise<void> {
  const server = await startServer(echo, "127.0.0.1", port);
  console.log(`Listening on ${addressOf(server)}`);
  try {
    await sleep(Infinity); // Ctrl-C cancels main
  } finally {
    server.close(); // no new clients
    server.closeClients(); // the others get what is on its way
    await server.waitClosed();
  }
}

await run(main).catch((error: unknown) => {
  if (!(error instanceof KeyboardInterrupt)) throw error;
});
