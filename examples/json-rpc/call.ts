/**
 * `node .build/examples/json-rpc/call.js [--port PORT] METHOD [PARAM…]`: calls a method of the server, and prints its result. Without
 * a port it starts a server of its own, and talks to its standard input and output. Ctrl-C cancels the request, here and there.
 */

import { spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fromDuplex, KeyboardInterrupt, openConnection, run, type StreamPair } from "gyre";
import { withClient } from "./client.ts";
import { RpcError } from "./messages.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { port: { type: "string" } } });
const [method = "echo", ...texts] = positionals;

async function main(): Promise<void> {
  const [reader, writer] = await connect();
  console.log(await withClient(reader, writer, (client) => client.call(method, texts.map(toParameter))));
}

async function connect(): Promise<StreamPair> {
  if (values.port !== undefined) return await openConnection("127.0.0.1", Number(values.port));
  const program = fileURLToPath(new URL("server.js", import.meta.url));
  const server = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
  return fromDuplex(Duplex.from({ readable: server.stdout, writable: server.stdin }));
}

/** `5` and `{"a":1}` are what JSON says, and everything else is a string. */
function toParameter(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

await run(main).catch((error: unknown) => {
  if (error instanceof RpcError) console.error(`Error ${error.code}: ${error.message}`);
  else if (!(error instanceof KeyboardInterrupt)) throw error;
  process.exitCode = error instanceof RpcError ? 1 : 130;
});
