import { Handle } from "../../core/handle.ts";
import type { Ready, ReadyEntries } from "../../core/ready-queue.ts";
import { Delivery } from "./network/delivery.ts";
import type { Schedule } from "./schedule.ts";

interface Queued {
  readonly entry: Ready;
  /** The step that made it ready: what one step makes ready stays in order. For what comes through the network, its connection. */
  readonly cause: number | object;
}

/**
 * A ready queue that a schedule draws from. It breaks no promise of order: what one step made ready (the tasks that an event
 * wakes, say), what `callSoon` was given and what reaches one connection come first in, first out; what is left is how independent steps interleave.
 */
export class ExploringQueue implements ReadyEntries {
  readonly #schedule: Schedule;
  #entries: Queued[] = [];
  #step = 0;
  /** The position of what comes next, once that was chosen. */
  #chosen: number | null = null;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  get length(): number {
    return this.#entries.length;
  }

  push(entry: Ready): void {
    const cause = entry instanceof Delivery ? entry.lane : this.#step;
    this.#entries.push({ entry, cause });
  }

  peek(): Ready | undefined {
    return this.#entries[this.#position()]?.entry;
  }

  shift(): Ready | undefined {
    const [next] = this.#entries.splice(this.#position(), 1);
    this.#chosen = null;
    this.#step++;
    if (next !== undefined) this.#schedule.onStep?.(next.entry);
    return next?.entry;
  }

  clear(): void {
    this.#entries = [];
    this.#chosen = null;
  }

  #position(): number {
    this.#chosen ??= this.#choose();
    return this.#chosen;
  }

  #choose(): number {
    if (this.#entries.length < 2) return 0;
    const candidates = this.#candidates();
    if (candidates.length < 2) return candidates[0] ?? 0;
    const entries = candidates.flatMap((position) => this.#entries[position]?.entry ?? []);
    return candidates[this.#schedule.choose(entries, this.#step + 1)] ?? 0;
  }

  /** Positions of what no promise holds back. */
  #candidates(): number[] {
    const causes = new Set<number | object>();
    const lanes = new Set<object>();
    let handleSeen = false;
    const candidates: number[] = [];
    for (const [position, { entry, cause }] of this.#entries.entries()) {
      const isHandle = entry instanceof Handle;
      const { lane } = entry;
      const held = causes.has(cause) || (isHandle && handleSeen) || (lane !== undefined && lanes.has(lane));
      if (!held) candidates.push(position);
      causes.add(cause);
      if (lane !== undefined) lanes.add(lane);
      handleSeen ||= isHandle;
    }
    return candidates;
  }
}
