import { requireCount } from "./arguments.ts";
import { BrokenBarrierError } from "./errors.ts";
import { type Gate, Line, Onward } from "./line.ts";
import { Primitive } from "./primitive.ts";

/**
 * - `filling`: waits for parties
 * - `draining`: all have come, and those who waited go on
 * - `resetting`: those who waited get an error
 * - `broken`: by `abort()`
 */
type State = "filling" | "draining" | "resetting" | "broken";

export interface BarrierStatistics {
  readonly state: State;
  readonly parties: number;
  /** How many have come and wait for the others. */
  readonly waiting: number;
  /** How many wait for the round before theirs to end. */
  readonly blocked: number;
}

/**
 * A point at which a fixed number of tasks wait for each other, round after round.
 *
 * @param parties - how many have to come: a whole number of at least 1
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
 * @example
 * const barrier = new Barrier(2);
 * const places = await gather([() => barrier.wait(), () => barrier.wait()]);
 * console.log(places); // => [ 0, 1 ]
 *
 * Python: `asyncio.Barrier`; `async with barrier as place:` is `const place = await barrier.wait()`.
 */
export class Barrier extends Primitive {
  readonly #parties: number;
  readonly #line = new Line(this, "the others at");
  #state: State = "filling";
  /** Those who have come and not yet gone on. */
  #count = 0;

  constructor(parties: number) {
    super();
    requireCount(parties, 1, "new Barrier(parties)");
    this.#parties = parties;
  }

  /** How many have to come. */
  get parties(): number {
    return this.#parties;
  }

  /** How many have come and wait for the others. Python: `n_waiting`. */
  get nWaiting(): number {
    return this.#state === "filling" ? this.#count : 0;
  }

  /** Whether it was aborted. */
  get broken(): boolean {
    return this.#state === "broken";
  }

  /**
   * Waits until all parties have come. The last one does not wait; who comes while a round ends waits for the next one to begin.
   *
   * @returns the place in the order of arrival, from 0; not unique if somebody who came earlier was cancelled
   * @throws BrokenBarrierError `GYRE_BROKEN_BARRIER` - the barrier was reset or aborted
   * @throws CancelledError `GYRE_CANCELLED` - the task was cancelled while it waited
   * @throws RuntimeError `GYRE_OTHER_LOOP` - others wait for it on another loop
   * @example
   * const barrier = new Barrier(1);
   * console.log(await barrier.wait()); // => 0
   *
   * Cancel safety: nothing is lost; one party more has to come, and the barrier does not break. Python: `Barrier.wait`.
   */
  wait(): Promise<number> {
    try {
      const arrival = this.#arrive();
      return arrival instanceof Onward ? arrival.line.wait(arrival.gate) : Promise.resolve(arrival);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Begins anew: those who wait get a `BrokenBarrierError`; those who wait for a round to end join the next. Does not wait.
   *
   * Cancel safety: nothing can be cancelled. Python: `Barrier.reset`.
   */
  reset(): Promise<void> {
    this.#state = this.#count > 0 ? "resetting" : "filling";
    this.#line.grantAll();
    return atOnce;
  }

  /**
   * Breaks the barrier, until it is reset: whoever waits or comes to wait gets a `BrokenBarrierError`. Does not wait.
   *
   * Cancel safety: nothing can be cancelled. Python: `Barrier.abort`.
   */
  abort(): Promise<void> {
    this.#state = "broken";
    this.#line.grantAll();
    return atOnce;
  }

  /** A snapshot for monitoring. */
  statistics(): BarrierStatistics {
    return {
      state: this.#state,
      parties: this.#parties,
      waiting: this.nWaiting,
      blocked: this.#line.length - this.#count,
    };
  }

  protected override describe(): string {
    return this.broken ? "broken" : `${this.#state}, waiters:${this.nWaiting}/${this.#parties}`;
  }

  /** A place, or the line to wait in. */
  #arrive(): number | Onward<number> {
    if (this.#state === "draining" || this.#state === "resetting")
      return new Onward(this.#line, this.#blockedGate);
    if (this.#state === "broken")
      throw new BrokenBarrierError("The barrier was aborted. Call reset() to use it again.");
    const place = this.#count++;
    if (this.#count < this.#parties) return new Onward(this.#line, this.#waitingGate(place));
    this.#state = "draining";
    this.#line.grantAll();
    this.#leave();
    return place;
  }

  readonly #blockedGate: Gate<number> = {
    admit: () => this.#arrive(),
    dismiss: (error) => {
      this.#line.grant(); // as asyncio does: the one who leaves may have been the one who was to look
      throw error;
    },
  };

  #waitingGate(place: number): Gate<number> {
    const gate: Gate<number> = {
      admit: () => {
        if (this.#state === "filling") return new Onward(this.#line, gate);
        const broken = this.#state !== "draining";
        this.#leave();
        if (broken) throw new BrokenBarrierError("The barrier was aborted or reset while this task waited.");
        return place;
      },
      dismiss: (error) => {
        this.#line.grant();
        this.#leave();
        throw error;
      },
    };
    return gate;
  }

  /** The last to leave a round opens the next. */
  #leave(): void {
    this.#count--;
    if (this.#count > 0) return;
    if (this.#state === "resetting" || this.#state === "draining") this.#state = "filling";
    this.#line.grantAll();
  }
}

const atOnce: Promise<void> = Promise.resolve();
