import type { Dependency } from "../core/dependency.ts";
import { RuntimeError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { inspectSymbol } from "../core/inspect.ts";
import { currentLoop } from "../core/loops.ts";

/** What all primitives share: the loop that they wait on, and how they look in logs. */
export abstract class Primitive {
  #loop: EventLoop | null = null;

  /**
   * The loop to wait on. The first wait decides, not the construction: a primitive may be made before any loop runs.
   *
   * @internal
   */
  bind(): EventLoop {
    const loop = currentLoop();
    this.#loop ??= loop;
    if (this.#loop === loop) return loop;
    throw new RuntimeError(
      "GYRE_OTHER_LOOP",
      `${this.toString()} is bound to a different event loop: the one on which somebody first waited for it. ` +
        "Make one for each loop, for example inside the function that run() is given.",
    );
  }

  /**
   * For reports: what those who wait for it depend on. Nobody in particular, where anybody may set or put what they wait for.
   *
   * @internal
   */
  dependency(): Dependency {
    return { kind: this.constructor.name, resource: this, relation: "of", through: [] };
  }

  toString(): string {
    return `<${this.constructor.name} [${this.describe()}]>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  /** The words between the brackets of `toString`. */
  protected abstract describe(): string;
}

/** `, waiters:2`, or nothing when nobody waits. */
export function waitersSuffix(count: number): string {
  return count === 0 ? "" : `, waiters:${count}`;
}
