/**
 * `node .build/examples/redis/main.js [PORT] [HOST]`: a server of the Redis protocol. Talk to it with `redis-cli -p 7010`, and
 * measure it with `redis-benchmark -p 7010`; GYRE_LOOP=selector runs it on raw sockets. Ctrl-C ends it.
 */

import { getRunningLoop, KeyboardInterrupt, run, sleep } from "gyre";
import { addressOf } from "../address.ts";
import { Session } from "./session.ts";
import { Store } from "./store.ts";

const [port = "7010", host = "127.0.0.1"] = process.argv.slice(2);
const BACKLOG = 511; // connections

async function main(): Promise<void> {
  const store = new Store();
  const server = await getRunningLoop().createServer(() => new Session(store), host, Number(port), {
    backlog: BACKLOG,
  });
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
