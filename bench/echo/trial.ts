/** One server at one load: what it takes of its core for a request. */
import type { Answer, Entrant, Plan } from "../lib/suite.ts";
import type { Child } from "./child.ts";
import { type Load, send, startLoad, startServer } from "./sides.ts";

/** Milliseconds, and the requests that a warm-up has at least, as long as it does not take more than so many turns. */
const WARM_UP = { time: 300, requests: 3000, turns: 3 };
const SAMPLE = 800; // ms
const QUICK = { warmUp: { time: 50, requests: 0, turns: 1 }, sample: 100 };

/**
 * The server's CPU time is asked for while no request is under way, before and after the sample, so that it is that of exactly these
 * requests.
 */
export async function trial(load: Load, one: Entrant, round: number, plan: Plan): Promise<Answer> {
  await using server = await startServer(load.tls, one, round, plan);
  const port = await server.line();
  await using generator = await startLoad(load, port, round, plan);
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

async function warmUp(generator: Child, { time, requests, turns }: typeof WARM_UP): Promise<void> {
  let done = 0;
  for (let turn = 0; turn === 0 || (turn < turns && done < requests); turn++)
    done += (await send(generator, time)).requests;
}

/** Nanoseconds. */
async function cpuTime(server: Child): Promise<number> {
  return Number(await server.ask("mark")) * 1000;
}
