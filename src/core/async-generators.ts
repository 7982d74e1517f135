/** Async generators that a loop must close at its end. JavaScript has no hook on their first use, so they are named to it. */

import type { ExceptionContext } from "./exception-handler.ts";

type AnyAsyncGenerator = AsyncGenerator<unknown, unknown, unknown>;

export class AsyncGenerators {
  readonly #open = new Set<AnyAsyncGenerator>();

  add(generator: AnyAsyncGenerator): void {
    this.#open.add(generator);
  }

  /** Closes them all at the same time and reports each that fails to. */
  async closeAll(report: (context: ExceptionContext) => void): Promise<void> {
    const generators = [...this.#open];
    this.#open.clear();
    const outcomes = await Promise.allSettled(generators.map((generator) => generator.return(undefined)));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === "fulfilled") continue;
      const asyncgen = generators[index];
      report({ message: "An async generator failed to close", exception: outcome.reason, asyncgen });
    }
  }
}
