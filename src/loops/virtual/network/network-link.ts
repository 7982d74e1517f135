import type { LinkConditions } from "./conditions.ts";
import type { SimulatedHost } from "./host.ts";
import type { World } from "./world.ts";

/** What is between two hosts, in both directions or in one. Made by {@link SimulatedNetwork.link} and `path`. */
export class SimulatedLink {
  readonly #world: World;
  readonly #pairs: readonly (readonly [SimulatedHost, SimulatedHost])[];

  /** @internal */
  constructor(world: World, pairs: readonly (readonly [SimulatedHost, SimulatedHost])[]) {
    this.#world = world;
    this.#pairs = pairs;
  }

  /**
   * Changes how the link behaves from now on; what is left out stays as it is. What is on its way already arrives as it would have.
   *
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   */
  set(conditions: LinkConditions): this {
    for (const [from, to] of this.#pairs)
      this.#world.route(from, to).change(conditions, "link.set(conditions)");
    return this;
  }

  /** Lets nothing through: see {@link SimulatedNetwork.partition}. */
  cut(): this {
    for (const [from, to] of this.#pairs) {
      const route = this.#world.route(from, to);
      if (!route.cut) this.#world.note(from, to, () => "cut");
      route.cut = true;
    }
    return this;
  }

  /** Lets everything through again, and what was held first. */
  heal(): this {
    for (const [from, to] of this.#pairs) {
      const route = this.#world.route(from, to);
      if (route.cut) this.#world.note(from, to, () => "healed");
      route.cut = false;
    }
    this.#world.releaseHeld();
    return this;
  }
}
