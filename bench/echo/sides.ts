/** The two sides of a trial, each a process of its own: the server, and the load generator that drives it. */
import { fromRoot } from "../../scripts/lib/paths.ts";
import type { Entrant, Plan } from "../lib/suite.ts";
import { Child } from "./child.ts";
import type { ServerOrder } from "./order.ts";
import { compiledServer, loadGenerator, tlsFiles, tlsGenerator } from "./tools.ts";

export interface Load {
  /** Bytes of a request, and of its reply. */
  readonly size: number;
  readonly connections: number;
  readonly tls: boolean;
}

type Command = readonly [string, ...string[]];

/** Prints its port when it listens. It is on one core and the load generator on another; the two change places from round to round. */
export async function startServer(tls: boolean, one: Entrant, round: number, plan: Plan): Promise<Child> {
  return new Child("server", pinned(plan, round, await serverCommand(tls, one)));
}

/** Prints a line when all connections are made. */
export async function startLoad(load: Load, port: string, round: number, plan: Plan): Promise<Child> {
  return new Child("load generator", pinned(plan, round + 1, await loadCommand(load, port)));
}

export interface Sent {
  readonly requests: number;
  /** Nanoseconds, of the clock and of the load generator's process. */
  readonly wall: number;
  readonly busy: number;
}

export async function send(generator: Child, milliseconds: number): Promise<Sent> {
  const answer = await generator.ask(`run ${milliseconds}`);
  const [requests = 0, wall = 0, busy = 0] = answer.split(" ").map(Number);
  return { requests, wall, busy };
}

async function serverCommand(tls: boolean, { subject, program, root }: Entrant): Promise<Command> {
  if (subject.runtime === "c") return [await compiledServer()];
  const files = tls ? await tlsFiles() : null;
  if (typeof files === "string") throw new Error(files);
  const order: ServerOrder = { api: subject.job ?? "", loop: subject.loop ?? null, tls: files };
  const module = subject.module.endsWith(".py")
    ? fromRoot(`bench/${subject.module}`)
    : `${root}.build/bench/${subject.module}`;
  return [program.path, ...program.flags, module, JSON.stringify(order)];
}

async function loadCommand({ size, connections, tls }: Load, port: string): Promise<Command> {
  const { start } = tls ? tlsGenerator : await loadGenerator();
  return [...start, port, String(connections), String(size), ...(tls ? ["tls"] : [])];
}

function pinned({ pin }: Plan, round: number, [program, ...args]: Command): Command {
  return pin === null ? [program, ...args] : [...pin(round, program), ...args];
}
