/** What a connection costs on which nothing happens: the slope of the server's memory, which leaves out what does not grow with them. */
import { readFileSync } from "node:fs";
import { command } from "../../scripts/lib/command.ts";
import type { Answer, Entrant, Plan } from "../lib/suite.ts";
import type { Child } from "./child.ts";
import { send, startLoad, startServer } from "./sides.ts";

/** Connections that warm the server up: few, so that what it allocates for their requests leaves no large holes. */
const WARMING = 10;
/** Connections that are there at the first reading: they fill the holes that were left all the same. */
export const FIRST = 7000;
/** Connections that come between the readings. */
export const MORE = 10_000;

const OTHER_DESCRIPTORS = 100; // of either process
const SIZE = 1024; // bytes of a request
const WARM_UP = 1000; // ms
const QUICK_WARM_UP = 100; // ms

export async function idleTrial(one: Entrant, round: number, plan: Plan): Promise<Answer> {
  await using server = await startServer(false, one, round, plan);
  const port = await server.line();
  const load = { size: SIZE, tls: false };
  await using warming = await startLoad({ ...load, connections: WARMING }, port, round, plan);
  await warming.line();
  await send(warming, plan.quick ? QUICK_WARM_UP : WARM_UP);
  await using first = await startLoad({ ...load, connections: FIRST }, port, round, plan);
  await first.line();
  const before = await read(server);
  await using more = await startLoad({ ...load, connections: MORE }, port, round, plan);
  await more.line(); // each has echoed a byte
  const after = await read(server);
  return {
    resident: (after.resident - before.resident) / MORE,
    ...(after.heap > 0 ? { heap: (after.heap - before.heap) / MORE } : {}),
  };
}

/** Why so many connections cannot be had here. */
export async function obstacleToIdling(): Promise<string | null> {
  if (process.platform !== "linux") return "the memory of a process is read from Linux's /proc";
  const { stdout } = await command("sh", ["-c", "ulimit -n"], { limit: 10_000 }); // Node has raised it as far as it may
  const wanted = WARMING + FIRST + MORE + OTHER_DESCRIPTORS;
  return Number(stdout) < wanted
    ? `it takes ${wanted} descriptors (ulimit -n), and ${stdout.trim()} are allowed`
    : null;
}

interface Reading {
  /** Bytes. */
  readonly resident: number;
  /** Bytes; 0 where there is none that knows its size. */
  readonly heap: number;
}

async function read(server: Child): Promise<Reading> {
  const heap = Number(await server.ask("collect"));
  const rollup = readFileSync(`/proc/${server.pid}/smaps_rollup`, "utf8"); // exact, which VmRSS is not
  const [, kilobytes] = /^Anonymous:\s+(\d+) kB/m.exec(rollup) ?? []; // of the pages of programs it counts who else uses them
  return { heap, resident: Number(kilobytes) * 1024 };
}
