import type { EventLoop } from "../../../core/event-loop.ts";
import { Delivery, type Lane } from "./delivery.ts";
import type { Route } from "./route.ts";

/** What a flow needs of its network. */
export interface FlowNetwork {
  readonly loop: EventLoop;
  /** Flows that wait for the end of a partition, or for a host to come back. */
  readonly held: Set<Flow>;
}

export interface FlowEnds {
  readonly route: Route;
  /** Whether one of the two hosts is switched off. */
  readonly dead: () => boolean;
  /** Whom it reaches; its order is kept. */
  readonly lane: Lane;
  /** All that arrived at one moment has been told. */
  readonly settled: () => void;
  /** Nothing has got through for `patience` milliseconds. */
  readonly givenUp: () => void;
}

interface Message {
  readonly size: number;
  readonly arrive: () => void;
}

interface Arrival extends Message {
  readonly at: number;
}

/**
 * One direction of a connection: what is sent arrives in order, each thing once. In a partition it is held, as TCP does by sending
 * it again and again.
 */
export class Flow {
  readonly #network: FlowNetwork;
  readonly #ends: FlowEnds;
  #inFlight: Arrival[] = [];
  #held: Message[] = [];
  #last = 0;
  #limit: Delivery | null = null;
  /** Milliseconds that something may be held; `Infinity`: for ever. */
  patience: number;

  constructor(network: FlowNetwork, ends: FlowEnds, patience: number) {
    this.#network = network;
    this.#ends = ends;
    this.patience = patience;
  }

  get narrow(): boolean {
    return this.#ends.route.narrow;
  }

  /** @param arrive - called when it has arrived */
  send(size: number, arrive: () => void): void {
    const message = { size, arrive };
    if (this.#held.length > 0 || this.#blocked) {
      this.#held.push(message);
      this.#wait();
    } else this.#depart(message);
  }

  /** Goes on with what was held, if it can. */
  release(): void {
    if (this.#blocked) return;
    const held = this.#held;
    this.#held = [];
    this.#stopWaiting();
    for (const message of held) this.#depart(message);
  }

  /** What is on its way gets lost, and is to be sent again. */
  recall(): void {
    const lost = this.#inFlight;
    this.#inFlight = [];
    if (lost.length === 0) return;
    this.#held.unshift(...lost);
    this.#wait();
  }

  /** Nothing that is held, or on its way, arrives. */
  drop(): void {
    this.#inFlight = [];
    this.#held = [];
    this.#stopWaiting();
  }

  get #blocked(): boolean {
    return this.#ends.route.cut || this.#ends.dead();
  }

  #depart({ size, arrive }: Message): void {
    this.#last = Math.max(this.#last, this.#ends.route.arrival(size));
    this.#inFlight.push({ size, arrive, at: this.#last });
    if (this.#inFlight.length === 1) this.#await(this.#last);
  }

  #await(when: number): void {
    const inFlight = this.#inFlight;
    Delivery.schedule(this.#network.loop, this.#ends.lane, when, () => {
      if (inFlight === this.#inFlight) this.#arrived();
    });
  }

  #arrived(): void {
    const inFlight = this.#inFlight;
    const now = this.#network.loop.time();
    let count = 0;
    for (let next = inFlight[0]; next !== undefined && next.at <= now; next = inFlight[count]) {
      count++;
      next.arrive();
      if (inFlight !== this.#inFlight) return; // that ended it
    }
    inFlight.splice(0, count);
    const [next] = inFlight;
    if (next !== undefined) this.#await(next.at);
    this.#ends.settled();
  }

  #wait(): void {
    this.#network.held.add(this);
    if (this.#limit !== null || this.patience === Infinity) return;
    const { loop } = this.#network;
    this.#limit = Delivery.schedule(loop, this.#ends.lane, loop.time() + this.patience, () => {
      this.drop();
      this.#ends.givenUp();
    });
  }

  #stopWaiting(): void {
    this.#network.held.delete(this);
    this.#limit?.cancel();
    this.#limit = null;
  }
}
