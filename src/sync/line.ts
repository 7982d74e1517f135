/**
 * Who waits on a primitive, first come, first served.
 *
 * A waiter leaves its line at the moment at which it is granted its turn or cancelled; when the loop gets to it, its gate
 * decides what the wait results in. The gate acts from within the ready queue and not in the awakened function, which goes on
 * some microtasks later: so the state of a primitive changes in the same order as in asyncio.
 */

import { type Dependency, type Dependent, dependencySymbol } from "../core/dependency.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { futureInternals } from "../core/future-internals.ts";
import { Future } from "../core/future.ts";
import { currentScope, runInScope, type Scope } from "../core/scope.ts";
import type { Primitive } from "./primitive.ts";

/** What happens when the loop gets to a waiter. What a method throws is what the wait throws. */
export interface Gate<T> {
  /** Its turn was granted. `scope` is that of the waiting code. */
  admit(scope: Scope | undefined): T | Onward<T>;
  /** It was cancelled. If that was after its turn was granted, the turn has to go to somebody else. */
  dismiss(error: unknown, granted: boolean, scope: Scope | undefined): T | Onward<T>;
}

/** The wait is not over yet: it goes on at the end of a line. */
export class Onward<T> {
  readonly line: Line;
  readonly gate: Gate<T>;

  constructor(line: Line, gate: Gate<T>) {
    this.line = line;
    this.gate = gate;
  }
}

/** The waiters of one kind, a linked list: any of them can leave at no cost. */
export class Line {
  readonly #owner: Primitive;
  readonly #wanted: string;
  #first: Place | null = null;
  #last: Place | null = null;
  #waiting = 0;
  #granted = 0;

  /** @param wanted - what they wait for, in words that stand before the owner: "an item of" */
  constructor(owner: Primitive, wanted = "") {
    this.#owner = owner;
    this.#wanted = wanted;
  }

  /** For reports. */
  dependency(): Dependency {
    return { ...this.#owner.dependency(), wanted: this.#wanted };
  }

  /** Those whose turn was not granted yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Those whose turn was granted but has not come. */
  get granted(): number {
    return this.#granted;
  }

  get length(): number {
    return this.#waiting + this.#granted;
  }

  /** Waits at the end of the line; a task that runs this code can be cancelled meanwhile. */
  wait<T>(gate: Gate<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      new Turn(this, this.#owner, this.#owner.bind(), gate, currentScope(), resolve, reject).wait();
    });
  }

  /** Grants its turn to the first in the line. False if nobody waits. */
  grant(): boolean {
    const place = this.#first;
    if (place === null) return false;
    this.leave(place);
    this.#granted++;
    futureInternals.settleValue(place, undefined);
    return true;
  }

  /** Grants their turns to all who wait now. */
  grantAll(): void {
    while (this.grant());
  }

  /** The turn that was granted to somebody has come, or was lost by a cancellation. */
  endTurn(): void {
    this.#granted--;
  }

  append(place: Place): void {
    place.previous = this.#last;
    if (this.#last === null) this.#first = place;
    else this.#last.next = place;
    this.#last = place;
    this.#waiting++;
  }

  leave(place: Place): void {
    if (place.previous === null) this.#first = place.next;
    else place.previous.next = place.next;
    if (place.next === null) this.#last = place.previous;
    else place.next.previous = place.previous;
    place.next = place.previous = null;
    this.#waiting--;
  }
}

/** A node of a line. */
abstract class Place extends Future<void> {
  next: Place | null = null;
  previous: Place | null = null;
}

/** The future that a waiting task waits for, and what is to be done when it goes on. */
class Turn<T> extends Place implements Dependent {
  readonly #line: Line;
  readonly #owner: Primitive;
  readonly #gate: Gate<T>;
  readonly #scope: Scope | undefined;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    line: Line,
    owner: Primitive,
    loop: EventLoop,
    gate: Gate<T>,
    scope: Scope | undefined,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ) {
    super({ loop });
    this.#line = line;
    this.#owner = owner;
    this.#gate = gate;
    this.#scope = scope;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  wait(): void {
    this.#line.append(this);
    futureInternals.wait(
      this,
      () => this.#comes(),
      (error) => this.#isLost(error),
    );
  }

  override cancel(message?: string): boolean {
    if (!super.cancel(message)) return false;
    this.#line.leave(this);
    return true;
  }

  [dependencySymbol](): Dependency {
    return this.#line.dependency();
  }

  protected override describe(): string[] {
    return [...super.describe(), `for ${this.#owner.toString()}`];
  }

  #comes(): void {
    this.#line.endTurn();
    try {
      this.#conclude(this.#gate.admit(this.#scope));
    } catch (error) {
      this.#reject(error);
    }
  }

  #isLost(error: unknown): void {
    const granted = !this.cancelled();
    if (granted) this.#line.endTurn();
    try {
      this.#conclude(this.#gate.dismiss(error, granted, this.#scope));
    } catch (reason) {
      this.#reject(reason);
    }
  }

  #conclude(outcome: T | Onward<T>): void {
    if (!(outcome instanceof Onward)) {
      this.#resolve(outcome);
      return;
    }
    const { line, gate } = outcome;
    const turn = new Turn(line, this.#owner, this.getLoop(), gate, this.#scope, this.#resolve, this.#reject);
    // Back in the scope of whoever waits, since it is to this task that the next wait belongs.
    if (this.#scope === undefined) turn.wait();
    else runInScope(this.#scope, () => turn.wait());
  }
}
