/** How the core finds a loop when none runs: through whoever provides the concrete loops. */

import { RuntimeError } from "./errors.ts";
import type { EventLoop } from "./event-loop.ts";
import { currentScope } from "./scope.ts";

export interface LoopProvider {
  /** The loop of this thread for code outside of every `run()`. */
  ambient(): EventLoop;
  /** A new loop; the default kind when `name` is undefined. */
  create(name?: string): Promise<EventLoop>;
  /** The same if its code is loaded already, else null. */
  createNow(name?: string): EventLoop | null;
}

let provider: LoopProvider | null = null;

export function provideLoops(loops: LoopProvider): void {
  provider = loops;
}

export function loopProvider(): LoopProvider {
  if (provider !== null) return provider;
  throw new RuntimeError(
    "GYRE_LOOP_UNKNOWN",
    'No loop is registered. Import from "gyre", which registers the loops.',
  );
}

export function currentLoop(): EventLoop {
  return currentScope()?.loop ?? loopProvider().ambient();
}
