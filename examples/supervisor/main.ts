/**
 * Keeps servers on standard input and output alive, and leaves no process behind, whatever happens: try `kill -9` on it.
 *
 * Usage: main.js [NAME...]: starts a server for each name, `one` and `two` by default, and reads requests, one a line:
 * `NAME METHOD [NUMBER...]`, as `one add 1 2`, `one sleep 5000`, `two crash`, `two litter`. A request may take a second.
 */

import { fileURLToPath } from "node:url";
import {
  getRunningLoop,
  isCancelled,
  KeyboardInterrupt,
  run,
  StreamReader,
  StreamReaderProtocol,
  taskGroup,
} from "gyre";
import { Supervised } from "./supervised.ts";

const LIMIT = 1000; // ms for a request
const SERVER = fileURLToPath(new URL("tool-server.js", import.meta.url));

async function main(names: readonly string[]): Promise<void> {
  const servers = new Map(
    names.map((name) => [name, new Supervised(name, process.execPath, [SERVER])] as const),
  );
  const input = new StreamReader();
  await getRunningLoop().connectReadPipe(() => new StreamReaderProtocol(input), process.stdin);
  await taskGroup(async (group) => {
    for (const server of servers.values()) group.createTask(() => server.run(), { name: server.name });
    for await (const line of input) group.createTask(() => ask(servers, String(line).trim().split(/\s+/)));
    group.cancel(); // the end of the input is the end of all
  });
  console.log("Everybody has gone home");
}

async function ask(
  servers: ReadonlyMap<string, Supervised>,
  [name = "", method = "", ...params]: readonly string[],
): Promise<void> {
  try {
    const server = servers.get(name);
    if (server === undefined) throw new Error("there is no such server");
    console.log(`${name} ${method}:`, await server.call(method, params.map(Number), LIMIT));
  } catch (error) {
    if (isCancelled(error)) throw error;
    console.log(`${name} ${method} failed:`, error instanceof Error ? error.message : error);
  }
}

const names = process.argv.slice(2);
await run(() => main(names.length > 0 ? names : ["one", "two"]), {
  handleSignals: ["SIGINT", "SIGTERM"],
}).catch((error: unknown) => {
  if (!(error instanceof KeyboardInterrupt)) throw error;
  process.exitCode = error.exitCode;
});
