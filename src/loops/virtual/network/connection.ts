import { formatAddress, type SocketAddress } from "../../../net/addresses.ts";
import { Flow } from "./flow.ts";
import type { SimulatedHost } from "./host.ts";
import type { NetworkCore } from "./network-core.ts";
import { StreamEnd } from "./stream-end.ts";
import { systemError } from "./system-error.ts";

export interface ConnectionEnds {
  readonly from: SimulatedHost;
  readonly to: SimulatedHost;
  /** Addresses; the path at both ends for a Unix socket. */
  readonly client: SocketAddress | string;
  readonly server: SocketAddress | string;
}

/** A connection of the simulated network, for tests that break it. See {@link SimulatedNetwork.connections}. */
export class SimulatedConnection {
  /** The host that connected. */
  readonly from: SimulatedHost;
  /** The host that accepted. */
  readonly to: SimulatedHost;
  /** The address of the end that connected; for a Unix socket its path. */
  readonly client: SocketAddress | string;
  /** The address of the end that accepted; for a Unix socket its path. */
  readonly server: SocketAddress | string;
  /** @internal */
  readonly clientEnd: StreamEnd;
  /** @internal */
  readonly serverEnd: StreamEnd;
  /** @internal */
  readonly toServer: Flow;
  /** @internal */
  readonly toClient: Flow;
  readonly #network: NetworkCore;

  /** @internal */
  constructor(network: NetworkCore, ends: ConnectionEnds, onClientClosed: () => void) {
    const { from, to, client, server } = ends;
    this.#network = network;
    this.from = from;
    this.to = to;
    this.client = client;
    this.server = server;
    const unix = typeof server === "string";
    this.clientEnd = this.#end({ sockname: unix ? "" : client, peername: server }, "client", onClientClosed);
    this.serverEnd = this.#end({ sockname: server, peername: unix ? "" : client }, "server", () => undefined);
    this.toServer = this.#flow(from, to, this.serverEnd, this.clientEnd);
    this.toClient = this.#flow(to, from, this.clientEnd, this.serverEnd);
  }

  /**
   * Breaks the connection off at once: who reads or writes gets an error with the code `ECONNRESET`.
   *
   * @param end - only this end is told; the other one hears of it when it sends something
   */
  reset(end?: "client" | "server"): void {
    this.#network.note(this.from, this.to, () => `reset of ${this}`);
    if (end !== "server") this.clientEnd.sever(systemError("ECONNRESET", "read"));
    if (end !== "client") this.serverEnd.sever(systemError("ECONNRESET", "read"));
  }

  /** @internal The host of one end has crashed. */
  lose(end: "client" | "server", silently: boolean): void {
    const [lost, other, toOther, fromOther] =
      end === "client"
        ? [this.clientEnd, this.serverEnd, this.toServer, this.toClient]
        : [this.serverEnd, this.clientEnd, this.toClient, this.toServer];
    lost.sever(systemError("ENETDOWN", "read"));
    if (silently) fromOther.recall();
    else toOther.send(0, () => other.arriveReset());
  }

  toString(): string {
    if (typeof this.server === "string") return `${this.from.name}:${formatAddress(this.server)}`;
    return `${this.from.name} ${formatAddress(this.client)} -> ${this.to.name} ${formatAddress(this.server)}`;
  }

  #end(names: Names, end: "client" | "server", onClosed: () => void) {
    const { limits, loop } = this.#network;
    const isClient = end === "client";
    return new StreamEnd(loop, {
      names,
      sendBuffer: limits.sendBuffer,
      window: limits.receiveBuffer,
      flow: () => (isClient ? this.toServer : this.toClient),
      peer: () => (isClient ? this.serverEnd : this.clientEnd),
      sending: (bytes) => {
        if (!this.#network.watched) return;
        const [from, to] = isClient ? [this.from, this.to] : [this.to, this.from];
        this.#network.note(from, to, () => (bytes === 0 ? "end" : `${bytes} bytes`));
      },
      stir: this.#network.stir,
      onClosed: () => {
        onClosed();
        if (this.clientEnd.over && this.serverEnd.over) this.#network.connections.delete(this);
      },
    });
  }

  #flow(from: SimulatedHost, to: SimulatedHost, receiver: StreamEnd, sender: StreamEnd): Flow {
    const ends = {
      route: this.#network.route(from, to),
      dead: () => from.dead || to.dead,
      lane: receiver,
      settled: receiver.settle,
      givenUp: () => sender.sever(systemError("ETIMEDOUT", "read")),
    };
    return new Flow(this.#network, ends, this.#network.limits.retransmissionTimeout);
  }
}

interface Names {
  readonly sockname: SocketAddress | string;
  readonly peername: SocketAddress | string;
}
