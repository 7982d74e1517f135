/** How the things that are waited for say on whom they depend. Asked for reports only: nothing is recorded for it. */

import type { EventLoop } from "./event-loop.ts";
import { Future } from "./future.ts";

export interface Dependency {
  /** "Lock", "gather()". */
  readonly kind: string;
  /** What is waited for: a lock, a queue, or a future that stands for nothing but itself. */
  readonly resource: object;
  /** Which part of it, in words that stand before it: "an item of". */
  readonly wanted?: string;
  /** `held by`: they have it; `of`: it consists of them. */
  readonly relation: "held by" | "of";
  /** Without whose doing the wait cannot end, as far as anybody in particular is known. */
  readonly through: readonly Future<unknown>[];
}

export const dependencySymbol: unique symbol = Symbol("gyre.dependency");

/** A future that stands for something: a turn at a lock, the end of a group. Others stand for themselves. */
export interface Dependent {
  [dependencySymbol](): Dependency;
}

export function isDependent(value: object): value is Dependent {
  return dependencySymbol in value;
}

/** A future that is done when others are. */
export class JointFuture<T> extends Future<T> implements Dependent {
  readonly #kind: string;
  readonly #parts: () => Iterable<Future<unknown>>;

  /**
   * @param kind - what made it: "race()"
   * @param parts - those that it waits for; called for a report
   */
  constructor(kind: string, parts: () => Iterable<Future<unknown>>, loop: EventLoop) {
    super({ loop });
    this.#kind = kind;
    this.#parts = parts;
  }

  [dependencySymbol](): Dependency {
    const through = [...this.#parts()].filter((part) => !part.done());
    return { kind: this.#kind, resource: this, relation: "of", through };
  }
}
