/** What happens when a future is done. A reaction waits with its future, then in the loop's ready queue. */

import type { Ready } from "./ready-queue.ts";

export interface Reaction extends Ready {
  /** Neighbours in a {@link ReactionList}. */
  next: Reaction | null;
  previous: Reaction | null;
}

/** The reactions of one future: nearly always none or one, which then stands for itself. */
export type Reactions = Reaction | ReactionList | null;

/** In the order in which they began to wait; any of them can leave at no cost. */
export class ReactionList {
  #first: Reaction | null = null;
  #last: Reaction | null = null;

  append(reaction: Reaction): void {
    reaction.previous = this.#last;
    if (this.#last === null) this.#first = reaction;
    else this.#last.next = reaction;
    this.#last = reaction;
  }

  remove(reaction: Reaction): void {
    if (reaction.previous === null && this.#first !== reaction) return; // it has left already
    if (reaction.previous === null) this.#first = reaction.next;
    else reaction.previous.next = reaction.next;
    if (reaction.next === null) this.#last = reaction.previous;
    else reaction.next.previous = reaction.previous;
    reaction.next = reaction.previous = null;
  }

  /** Empties the list and hands over each reaction in order. */
  drain(take: (reaction: Reaction) => void): void {
    let reaction = this.#first;
    this.#first = this.#last = null;
    while (reaction !== null) {
      const next = reaction.next;
      reaction.next = reaction.previous = null;
      take(reaction);
      reaction = next;
    }
  }

  *[Symbol.iterator](): IterableIterator<Reaction> {
    for (let reaction = this.#first; reaction !== null; reaction = reaction.next) yield reaction;
  }
}

export function withReaction(reactions: Reactions, reaction: Reaction): Reactions {
  if (reactions === null) return reaction;
  if (reactions instanceof ReactionList) {
    reactions.append(reaction);
    return reactions;
  }
  const list = new ReactionList();
  list.append(reactions);
  list.append(reaction);
  return list;
}

export function withoutReaction(reactions: Reactions, reaction: Reaction): Reactions {
  if (reactions === reaction) return null;
  if (reactions instanceof ReactionList) reactions.remove(reaction);
  return reactions;
}

/** Hands over each reaction in order; the holder forgets them before. */
export function drainReactions(reactions: Reactions, take: (reaction: Reaction) => void): void {
  if (reactions instanceof ReactionList) reactions.drain(take);
  else if (reactions !== null) take(reactions);
}

export function listReactions(reactions: Reactions): Reaction[] {
  if (reactions instanceof ReactionList) return [...reactions];
  return reactions === null ? [] : [reactions];
}
