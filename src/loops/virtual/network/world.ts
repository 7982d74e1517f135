import { RuntimeError } from "../../../core/errors.ts";
import type { EventLoop } from "../../../core/event-loop.ts";
import { Random } from "../random.ts";
import { normalized } from "./addresses.ts";
import { changed, type Conditions, type LinkConditions } from "./conditions.ts";
import type { SimulatedConnection } from "./connection.ts";
import type { Flow } from "./flow.ts";
import type { SimulatedHost } from "./host.ts";
import { Names } from "./names.ts";
import type { NetworkCore, NetworkCounts, NetworkLimits } from "./network-core.ts";
import { NetworkEvent } from "./network-event.ts";
import { Route, type Weather } from "./route.ts";

export interface WorldOptions {
  readonly limits: NetworkLimits;
  readonly conditions: Conditions;
  readonly seed: number | string | null;
  readonly onEvent: ((event: NetworkEvent) => void) | null;
}

/** What the loop gives to the network that it runs. */
export interface Attachment {
  readonly loop: EventLoop;
  /** For a network that was not given one. */
  readonly seed: number | string;
  readonly stir: () => void;
}

/** All hosts and links, and what goes on between them. */
export class World implements NetworkCore, Weather {
  readonly limits: NetworkLimits;
  readonly connections = new Set<SimulatedConnection>();
  readonly held = new Set<Flow>();
  readonly names = new Names();
  readonly counts: NetworkCounts = { connections: 0, datagramsSent: 0, datagramsLost: 0 };
  readonly hosts = new Map<string, SimulatedHost>();
  readonly #byAddress = new Map<string, SimulatedHost>();
  readonly #seed: number | string | null;
  readonly #onEvent: ((event: NetworkEvent) => void) | null;
  #conditions: Conditions;
  #attached: Attachment | null = null;
  #random: Random | null = null;

  constructor({ limits, conditions, seed, onEvent }: WorldOptions) {
    this.limits = limits;
    this.#conditions = conditions;
    this.#seed = seed;
    this.#onEvent = onEvent;
  }

  attach(attachment: Attachment): void {
    this.requireUnused();
    this.#attached = attachment;
  }

  /** @throws RuntimeError `GYRE_NETWORK_IN_USE` */
  requireUnused(): void {
    if (this.#attached === null) return;
    throw new RuntimeError(
      "GYRE_NETWORK_IN_USE",
      "This simulated network belongs to a loop already. Make a new one for each run.",
    );
  }

  get loop(): EventLoop {
    if (this.#attached !== null) return this.#attached.loop;
    throw new RuntimeError(
      "GYRE_LOOP_STOPPED",
      "This simulated network belongs to no loop yet. Pass it to runVirtual(main, { network }).",
    );
  }

  get random(): Random {
    this.#random ??= new Random(`network/${this.#seed ?? this.#attached?.seed ?? 0}`);
    return this.#random;
  }

  get drew(): boolean {
    return this.#random !== null;
  }

  get watched(): boolean {
    return this.#onEvent !== null;
  }

  readonly stir = (): void => this.#attached?.stir();

  time(): number {
    return this.#attached?.loop.time() ?? 0;
  }

  add(host: SimulatedHost): void {
    this.hosts.set(host.name, host);
    for (const address of host.addresses) this.#byAddress.set(address, host);
    this.names.set(host.name, host.addresses, false);
  }

  hostAt(address: string): SimulatedHost | null {
    return this.#byAddress.get(normalized(address)) ?? null;
  }

  route(from: SimulatedHost, to: SimulatedHost): Route {
    const there = from.routes.get(to);
    if (there !== undefined) return there;
    const route = new Route(this, from === to ? null : this.#conditions);
    from.routes.set(to, route);
    return route;
  }

  /** All links, those that were not used yet included. */
  changeAll(conditions: LinkConditions, where: string): void {
    this.#conditions = changed(this.#conditions, conditions, where);
    for (const host of this.hosts.values())
      for (const route of host.routes.values()) route.change(conditions, where);
  }

  releaseHeld(): void {
    for (const flow of this.held) flow.release();
  }

  note(from: SimulatedHost, to: SimulatedHost | null, what: () => string): void {
    this.#onEvent?.(new NetworkEvent(this.time(), from.name, to?.name ?? null, what()));
  }
}
