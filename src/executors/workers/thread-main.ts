/** What a worker thread runs: the pool library calls this for each job. */

import { createRequire } from "node:module";
import { workerData } from "node:worker_threads";
import type * as Pool from "piscina";
import type { Initializer, Request } from "../transport/messages.ts";
import { Performer } from "./perform.ts";

const performer = new Performer((workerData as { readonly initializer: Initializer | null }).initializer);

export default async function performJob(request: Request): Promise<unknown> {
  const { reply, transfers } = await performer.perform(request);
  return transfers.length === 0 ? reply : movable(reply, transfers);
}

/** The form in which the library wants what is to be moved. */
function movable(reply: unknown, transfers: readonly unknown[]): unknown {
  const { Piscina } = createRequire(import.meta.url)("piscina") as typeof Pool;
  return Piscina.move({ [Piscina.transferableSymbol]: transfers, [Piscina.valueSymbol]: reply } as never);
}
