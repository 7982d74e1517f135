/** `node .build/examples/chat/main.js [PORT] [HOST]`: a chat. Come in with `nc 127.0.0.1 7008`. Ctrl-C closes it, politely. */

import { KeyboardInterrupt, run, type Server, sleep, startServer, TimeoutError, timeout } from "gyre";
import { addressOf } from "../address.ts";
import { converse } from "./converse.ts";
import { Room } from "./room.ts";

const [port = "7008", host = "127.0.0.1"] = process.argv.slice(2);
const LONGEST_LINE = 4096; // bytes
const GRACE = 1000; // ms

async function main(): Promise<void> {
  const room = new Room();
  const server = await startServer((reader, writer) => converse(room, reader, writer), host, Number(port), {
    limit: LONGEST_LINE,
  });
  console.log(`Listening on ${addressOf(server)}`);
  try {
    await sleep(Infinity); // Ctrl-C cancels main
  } finally {
    await shutDown(server, room);
  }
}

async function shutDown(server: Server, room: Room): Promise<void> {
  server.close(); // nobody new
  room.close("* The chat closes. Good-bye!");
  try {
    await timeout(GRACE, () => server.waitClosed()); // everybody gets what is queued for them
    console.log("Everybody has left");
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    console.log(`${server.statistics().connections} did not listen to the end`);
    server.abortClients();
    await server.waitClosed();
  }
}

await run(main).catch((error: unknown) => {
  if (!(error instanceof KeyboardInterrupt)) throw error;
});
