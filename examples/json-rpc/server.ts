/**
 * `node .build/examples/json-rpc/server.js [PORT]`: serves JSON-RPC on a port, or else on standard input and output, as the servers
 * of editors and agents do.
 */

import { Duplex } from "node:stream";
import { fromDuplex, isCancelled, KeyboardInterrupt, run, sleep, startServer } from "gyre";
import type { StreamReader, StreamWriter } from "gyre";
import { addressOf } from "../address.ts";
import { Session } from "./session.ts";

const [port] = process.argv.slice(2);

async function serve(reader: StreamReader, writer: StreamWriter): Promise<void> {
  try {
    await new Session(reader, writer).serve();
  } catch (error) {
    if (isCancelled(error)) throw error;
    // The connection is lost, and with it whoever wanted to know.
  } finally {
    writer.close();
  }
}

async function serveStdio(): Promise<void> {
  const [reader, writer] = fromDuplex(Duplex.from({ readable: process.stdin, writable: process.stdout }));
  await serve(reader, writer);
  await writer.waitClosed();
}

async function serveTcp(): Promise<void> {
  const server = await startServer(serve, "127.0.0.1", Number(port));
  console.log(`Listening on ${addressOf(server)}`);
  try {
    await sleep(Infinity); // Ctrl-C cancels main
  } finally {
    server.close();
    server.closeClients();
    await server.waitClosed();
  }
}

await run(port === undefined ? serveStdio : serveTcp).catch((error: unknown) => {
  if (!(error instanceof KeyboardInterrupt)) throw error;
});
