/** Who waits for what, and who could end that: a snapshot of a loop, for reports and tools. */

import { type Dependency, isDependent, dependencySymbol } from "./dependency.ts";
import type { EventLoop } from "./event-loop.ts";
import type { Future } from "./future.ts";
import { Task, taskInternals } from "./task.ts";

/** One step along the graph: `waiter` waits for `dependency.resource`, which needs `next`. */
export interface WaitLink {
  /** A task, or a future that is made of others, such as that of `gather`. */
  readonly waiter: Future<unknown>;
  readonly dependency: Dependency;
  /** One of `dependency.through`. */
  readonly next: Future<unknown>;
}

/** Found anew for each report, since only then does it matter: nothing of it is kept while the program runs. */
export class WaitGraph {
  readonly #waits = new Map<Future<unknown>, readonly Dependency[]>();
  readonly #awaitedBy = new Map<Future<unknown>, Set<Future<unknown>>>();

  static of(loop: EventLoop): WaitGraph {
    return new WaitGraph(loop.tasks.all());
  }

  /** @param waiters - where to begin; all that they wait for, directly or not, belongs to the graph */
  constructor(waiters: Iterable<Future<unknown>>) {
    const found = [...waiters];
    for (const waiter of found) {
      if (this.#waits.has(waiter)) continue;
      const awaited = awaitedDirectly(waiter);
      const dependencies = awaited.map(dependencyOf);
      this.#waits.set(waiter, dependencies);
      const needed = dependencies.flatMap(({ through }) => through);
      for (const future of new Set([...needed, ...awaited])) {
        if (future !== waiter) this.#note(future, waiter);
      }
      found.push(...needed); // to be looked at in their turn
    }
  }

  /** What it waits for; nothing, if it runs, is ready, or waits for a promise that is not gyre's. */
  waitsOf(waiter: Future<unknown>): readonly Dependency[] {
    return this.#waits.get(waiter) ?? [];
  }

  /** Who waits for it: tasks, and futures that are made of others. */
  awaitedBy(future: Future<unknown>): ReadonlySet<Future<unknown>> {
    return this.#awaitedBy.get(future) ?? new Set();
  }

  /** The circles of those who wait for each other; no waiter is in two of them. */
  cycles(): WaitLink[][] {
    const cycles: WaitLink[][] = [];
    const visited = new Set<Future<unknown>>();
    for (const start of this.#waits.keys()) this.#walk(start, [], visited, cycles);
    return cycles;
  }

  #walk(
    waiter: Future<unknown>,
    path: readonly WaitLink[],
    visited: Set<Future<unknown>>,
    cycles: WaitLink[][],
  ): void {
    const first = path.findIndex((link) => link.waiter === waiter);
    if (first >= 0) {
      const cycle = path.slice(first);
      if (!cycles.some((known) => known.some((link) => cycle.some((other) => other.waiter === link.waiter))))
        cycles.push(cycle);
    }
    if (visited.has(waiter)) return;
    visited.add(waiter);
    for (const dependency of this.waitsOf(waiter))
      for (const next of dependency.through)
        this.#walk(next, [...path, { waiter, dependency, next }], visited, cycles);
  }

  #note(future: Future<unknown>, waiter: Future<unknown>): void {
    const waiters = this.#awaitedBy.get(future);
    if (waiters === undefined) this.#awaitedBy.set(future, new Set([waiter]));
    else waiters.add(waiter);
  }
}

function awaitedDirectly(waiter: Future<unknown>): readonly Future<unknown>[] {
  if (waiter instanceof Task) return taskInternals.scope(waiter).futures();
  return isDependent(waiter) && !waiter.done() ? [waiter] : [];
}

function dependencyOf(future: Future<unknown>): Dependency {
  if (isDependent(future)) return future[dependencySymbol]();
  const through = future instanceof Task ? [future] : [];
  return { kind: future.constructor.name, resource: future, relation: "of", through };
}
