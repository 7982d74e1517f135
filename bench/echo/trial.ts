/** One server at one load: what it takes of its core for a request. */
import { fromRoot } from "../../scripts/lib/paths.ts";
import type { Answer, Entrant, Plan } from "../lib/suite.ts";
import { Child } from "./child.ts";
import type { ServerOrder } from "./order.ts";
import { compiledServer, loadGenerator, tlsFiles, tlsGenerator } from "./tools.ts";

export interface Load {
  /** Bytes of a request, and of its reply. */
  readonly size: number;
  readonly connections: number;
  readonly tls: boolean;
}

/** Milliseconds, and the requests that a warm-up has at least, as long as it does not take more than so many turns. */
const WARM_UP = { time: 300, requests: 3000, turns: 3 };
const SAMPLE = 800; // ms
const QUICK = { warmUp: { time: 50, requests: 0, turns: 1 }, sample: 100 };

/**
 * The server is on one core and the load generator on another; the two change places from round to round. The server's CPU time is
 * asked for while no request is under way, before and after the sample, so that it is that of exactly these requests.
 */
export async function trial(load: Load, one: Entrant, round: number, plan: Plan): Promise<Answer> {
  await using server = new Child("server", pinned(plan, round, await serverCommand(load, one)));
  const port = await server.line();
  await using generator = new Child("load generator", pinned(plan, round + 1, await loadCommand(load, port)));
  await generator.line(); // all connections are made
  await warmUp(generator, plan.quick ? QUICK.warmUp : WARM_UP);
  const before = await cpuTime(server);
  const { requests, wall, busy } = await send(generator, plan.quick ? QUICK.sample : SAMPLE);
  const cpu = (await cpuTime(server)) - before;
  return {
    cpu: cpu / requests,
    rate: (requests / wall) * 1e9,
    requests,
    serverBusy: cpu / wall,
    generatorBusy: busy / wall,
  };
}

interface Sent {
  readonly requests: number;
  /** Nanoseconds, of the clock and of the load generator's process. */
  readonly wall: number;
  readonly busy: number;
}

async function send(generator: Child, milliseconds: number): Promise<Sent> {
  const answer = await generator.ask(`run ${milliseconds}`);
  const [requests = 0, wall = 0, busy = 0] = answer.split(" ").map(Number);
  return { requests, wall, busy };
}

async function warmUp(generator: Child, { time, requests, turns }: typeof WARM_UP): Promise<void> {
  let done = 0;
  for (let turn = 0; turn === 0 || (turn < turns && done < requests); turn++)
    done += (await send(generator, time)).requests;
}

/** Nanoseconds. */
async function cpuTime(server: Child): Promise<number> {
  return Number(await server.ask("mark")) * 1000;
}

async function serverCommand({ tls }: Load, { subject, program, root }: Entrant): Promise<Command> {
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

type Command = readonly [string, ...string[]];

function pinned({ pin }: Plan, round: number, [program, ...args]: Command): Command {
  return pin === null ? [program, ...args] : [...pin(round, program), ...args];
}
