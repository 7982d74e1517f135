/** What the parts of the simulated network know of the whole. */

import type { EventLoop } from "../../../core/event-loop.ts";
import type { SimulatedConnection } from "./connection.ts";
import type { FlowNetwork } from "./flow.ts";
import type { SimulatedHost } from "./host.ts";
import type { Names } from "./names.ts";
import type { Route } from "./route.ts";

export interface NetworkLimits {
  /** Bytes that a system takes from a program before it can send them. */
  readonly sendBuffer: number;
  /** Bytes of a connection that are on their way, or wait at their destination to be read. */
  readonly receiveBuffer: number;
  /** Milliseconds after which a connection fails that cannot be made because nobody answers. */
  readonly connectTimeout: number;
  /** Milliseconds after which a connection fails whose bytes do not get through. */
  readonly retransmissionTimeout: number;
  /** Milliseconds that looking up a name takes. */
  readonly lookupLatency: number;
}

export interface NetworkCounts {
  connections: number;
  datagramsSent: number;
  datagramsLost: number;
}

export interface NetworkCore extends FlowNetwork {
  readonly loop: EventLoop;
  readonly limits: NetworkLimits;
  readonly connections: Set<SimulatedConnection>;
  readonly names: Names;
  readonly counts: NetworkCounts;
  /** Whether somebody is told what happens. */
  readonly watched: boolean;
  /** Node has work to do that no loop knows of. */
  readonly stir: () => void;
  route(from: SimulatedHost, to: SimulatedHost): Route;
  /** Whose address this is; null: nobody's. */
  hostAt(address: string): SimulatedHost | null;
  /** @param what - asked only if somebody wants to know */
  note(from: SimulatedHost, to: SimulatedHost | null, what: () => string): void;
}
