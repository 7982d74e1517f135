import type { Random } from "../random.ts";
import { changed, type Conditions, type LinkConditions } from "./conditions.ts";

const HELD_UP_AT_LEAST = 1; // ms

/** What a route needs to know of the world. */
export interface Weather {
  time(): number;
  readonly random: Random;
}

/** When one datagram arrives; twice, or not at all. */
export type Arrivals = readonly number[];

/** One direction between two hosts. */
export class Route {
  readonly #weather: Weather;
  /** Null: the way of a host to itself, on which nothing takes time or gets lost. */
  #conditions: Conditions | null;
  /** A partition is between the hosts. */
  cut = false;
  /** Bytes since the route was idle, and the moment when they began: exact, however many pieces they came in. */
  #busySince = 0;
  #busyBytes = 0;
  #lastInOrder = 0;

  constructor(weather: Weather, conditions: Conditions | null) {
    this.#weather = weather;
    this.#conditions = conditions;
  }

  /** What left before takes as long as it would have. */
  change(conditions: LinkConditions, where: string): void {
    if (this.#conditions === null) return;
    this.#busySince = this.#freeAt(this.#weather.time());
    this.#busyBytes = 0;
    this.#conditions = changed(this.#conditions, conditions, where);
  }

  /** Whether the bandwidth is limited, so that it matters in how large pieces bytes are sent. */
  get narrow(): boolean {
    return this.#conditions !== null && this.#conditions.bandwidth !== Infinity;
  }

  /** The moment at which something that leaves now has arrived. */
  arrival(size: number): number {
    const now = this.#weather.time();
    if (this.#conditions === null) return now;
    const { latency, jitter } = this.#conditions;
    const extra = jitter === 0 ? 0 : jitter * this.#weather.random.fraction();
    return this.#sentAt(now, size) + latency + extra;
  }

  /** The same for a datagram. */
  datagramArrivals(size: number): Arrivals {
    if (this.#conditions === null) return [this.#weather.time()];
    const { loss, duplicate } = this.#conditions;
    if (this.#draw(loss)) return [];
    const first = this.#datagramArrival(size);
    return this.#draw(duplicate) ? [first, this.#datagramArrival(size)] : [first];
  }

  #datagramArrival(size: number): number {
    const arrival = this.arrival(size);
    const { latency = 0, jitter = 0, reorder = 0 } = this.#conditions ?? {};
    if (this.#draw(reorder))
      return arrival + HELD_UP_AT_LEAST + 2 * (latency + jitter) * this.#weather.random.fraction();
    this.#lastInOrder = Math.max(this.#lastInOrder, arrival);
    return this.#lastInOrder;
  }

  /** Draws only where there is something to draw, so that conditions which are not used change nothing. */
  #draw(probability: number): boolean {
    return probability > 0 && this.#weather.random.fraction() < probability;
  }

  #sentAt(now: number, size: number): number {
    if (!this.narrow || size === 0) return now;
    if (this.#freeAt(now) <= now) {
      this.#busySince = now;
      this.#busyBytes = 0;
    }
    this.#busyBytes += size;
    return this.#freeAt(now);
  }

  #freeAt(now: number): number {
    const { bandwidth = Infinity } = this.#conditions ?? {};
    return bandwidth === Infinity ? now : this.#busySince + (this.#busyBytes * 1000) / bandwidth;
  }
}
