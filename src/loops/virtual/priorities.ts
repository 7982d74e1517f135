/**
 * Schedules by priority (PCT: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with Probabilistic
 * Guarantees of Finding Bugs", 2010). A task that is late stays late, which single draws hardly ever give: so a few changes of
 * priority find what needs one task to be far behind another.
 */

import type { Ready } from "../../core/ready-queue.ts";
import { actorOf } from "./actor.ts";
import { Random } from "./random.ts";
import type { Strategy } from "./schedule.ts";

export interface PriorityOptions {
  /** How often the task that is about to run is put behind all others. */
  readonly changes: number;
  /** Among how many choices these changes are spread. */
  readonly length: number;
}

export function byPriority(seed: number | string, { changes, length }: PriorityOptions): Strategy {
  const random = new Random(seed);
  const changesAt = new Set(Array.from({ length: changes }, () => random.below(Math.max(1, length))));
  const priorities = new WeakMap<object, number>();
  let lowest = 0;

  const priorityOf = (actor: object): number => {
    const known = priorities.get(actor);
    if (known !== undefined) return known;
    const drawn = random.fraction();
    priorities.set(actor, drawn);
    return drawn;
  };
  const highest = (actors: readonly object[]): number => {
    const drawn = actors.map(priorityOf);
    return drawn.indexOf(Math.max(...drawn));
  };

  return (entries, index) => {
    const actors = entries.map(actorOrItself);
    const best = actors[highest(actors)];
    if (best !== undefined && changesAt.has(index)) priorities.set(best, --lowest);
    return highest(actors);
  };
}

function actorOrItself(entry: Ready): object {
  return actorOf(entry) ?? entry;
}
