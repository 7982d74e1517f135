/** In a worker: one job, from the request to the reply. */

import type { TransferListItem } from "node:worker_threads";
import { Context } from "../../core/context.ts";
import { connectTo } from "../remote/remote-client.ts";
import { notCloneable, refusedPart } from "../transport/cloneable.ts";
import type { Initializer, Reply, Request } from "../transport/messages.ts";
import { type Home, packError } from "../transport/sent-errors.ts";
import { unwrap } from "../transport/transferring.ts";
import { compile } from "./compile.ts";

export interface Performed {
  readonly reply: Reply;
  readonly transfers: readonly TransferListItem[];
}

/** Performs jobs, and before the first of them what the executor's initialiser says. */
export class Performer {
  readonly #ready: Promise<Reply | null>;

  constructor(initializer: Initializer | null) {
    this.#ready = initializer === null ? Promise.resolve(null) : initialize(initializer);
  }

  async perform(request: Request): Promise<Performed> {
    const failure = await this.#ready;
    if (failure !== null) return { reply: failure, transfers: [] };
    const remotes = request.remotes.map((index) => ({ index, remote: connectTo(request.args[index]) }));
    const args = [...request.args];
    for (const { index, remote } of remotes) args[index] = remote;
    try {
      return await perform({ ...request, args });
    } finally {
      for (const { remote } of remotes) remote.close();
    }
  }
}

async function perform(request: Request): Promise<Performed> {
  let home: Home | null = null;
  const transfers: TransferListItem[] = [];
  try {
    const compiled = await compile(request.fn);
    const { call } = compiled; // without an object to be this
    home = compiled.home;
    const work = async (): Promise<unknown> =>
      request.many ? await callEach(call, request.args) : await call(...request.args);
    const made = await (request.context === null ? work() : Context.named(request.context).run(work));
    const [value] = unwrap([made], transfers);
    if (transfers.length === 0 && refusedPart(value, "the result") !== null)
      throw notCloneable(value, "the result", undefined);
    return { reply: { value }, transfers };
  } catch (error) {
    return { reply: { error: packError(error, home) }, transfers: [] };
  }
}

async function callEach(
  call: (...args: readonly unknown[]) => unknown,
  items: readonly unknown[],
): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const item of items) results.push(await call(item));
  return results;
}

async function initialize({ fn, args }: Initializer): Promise<Reply | null> {
  try {
    const { call } = await compile(fn);
    await call(...args);
    return null;
  } catch (error) {
    return { unfit: packError(error, null) };
  }
}
