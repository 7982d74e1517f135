/** What happens when a future is done. A reaction waits in its future's list, then in the loop's ready queue. */

import type { Ready } from "./ready-queue.ts";

/** A node of a {@link ReactionList}. */
export interface Reaction extends Ready {
  next: Reaction | null;
  previous: Reaction | null;
  list: ReactionList | null;
}

/** In the order in which they began to wait; any of them can leave at no cost. */
export class ReactionList {
  #first: Reaction | null = null;
  #last: Reaction | null = null;

  get isEmpty(): boolean {
    return this.#first === null;
  }

  append(reaction: Reaction): void {
    reaction.list = this;
    reaction.previous = this.#last;
    if (this.#last === null) this.#first = reaction;
    else this.#last.next = reaction;
    this.#last = reaction;
  }

  remove(reaction: Reaction): void {
    if (reaction.list !== this) return;
    if (reaction.previous === null) this.#first = reaction.next;
    else reaction.previous.next = reaction.next;
    if (reaction.next === null) this.#last = reaction.previous;
    else reaction.next.previous = reaction.previous;
    reaction.next = reaction.previous = reaction.list = null;
  }

  /** Empties the list and hands over each reaction in order. */
  drain(take: (reaction: Reaction) => void): void {
    let reaction = this.#first;
    this.#first = this.#last = null;
    while (reaction !== null) {
      const next = reaction.next;
      reaction.next = reaction.previous = reaction.list = null;
      take(reaction);
      reaction = next;
    }
  }

  *[Symbol.iterator](): IterableIterator<Reaction> {
    for (let reaction = this.#first; reaction !== null; reaction = reaction.next) yield reaction;
  }
}
