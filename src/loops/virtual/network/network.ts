import { isIP } from "node:net";
import { describe, requireFunction } from "../../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError, RuntimeError } from "../../../core/errors.ts";
import { currentLoop } from "../../../core/loops.ts";
import { normalized } from "./addresses.ts";
import { changed, type LinkConditions, ORDINARY, requireLimit } from "./conditions.ts";
import type { SimulatedConnection } from "./connection.ts";
import { SimulatedDriver } from "./driver.ts";
import { SimulatedHost } from "./host.ts";
import type { NetworkLimits } from "./network-core.ts";
import type { NetworkEvent } from "./network-event.ts";
import { SimulatedLink } from "./network-link.ts";
import { type Attachment, World } from "./world.ts";

const WHERE = "new SimulatedNetwork(options)";
const MAIN = "main";
const LIMITS: NetworkLimits = {
  sendBuffer: 65_536,
  receiveBuffer: 65_536,
  connectTimeout: 127_000, // as Linux does
  retransmissionTimeout: 924_600, // as Linux does
  lookupLatency: 0,
};

/** How all links of a network behave, until they are told otherwise, and what its systems do. */
export interface SimulatedNetworkOptions extends LinkConditions, Partial<NetworkLimits> {
  /** Determines what is drawn, such as jitter and loss; by default the seed of the run. */
  readonly seed?: number | string;
  /** Called with everything that happens, to find out why a test fails: `(event) => console.log(String(event))`. */
  readonly onEvent?: (event: NetworkEvent) => void;
}

export interface HostOptions {
  /** By default the next of 10.0.0.1, 10.0.0.2 and so on. */
  readonly address?: string;
  /** Instead of `address`, for a host with several, of IPv4 and IPv6. */
  readonly addresses?: readonly string[];
}

export interface NetworkStatistics {
  /** Connections that are open now. */
  readonly open: number;
  /** Connections since the beginning. */
  readonly connections: number;
  readonly datagramsSent: number;
  /** By chance, in a partition, or because nobody has the address. */
  readonly datagramsLost: number;
}

/** One host or several, by name or as objects. */
export type Hosts = string | SimulatedHost | readonly (string | SimulatedHost)[];

/**
 * A network in memory, for the virtual loop: hosts, names, TCP, UDP and Unix sockets. Programs use it through gyre's ordinary
 * functions. It takes time, loses and breaks what the test wants it to, and always does the same with the same seed.
 *
 * @example
 * const network = new SimulatedNetwork({ latency: 20 });
 * const took = await runVirtual(async () => {
 *   const echo = () => startServer((reader, writer) => writer.close(), "0.0.0.0", 7);
 *   await using server = await network.host("server").run(echo);
 *   const [reader, writer] = await openConnection("server", 7);
 *   await reader.read();
 *   writer.close();
 *   return getRunningLoop().time();
 * }, { network });
 */
export class SimulatedNetwork {
  /** The host of code that runs on no other. */
  readonly main: SimulatedHost;
  readonly #world: World;

  /**
   * @param options - conditions of all links, such as `latency` (1 ms by default); the sizes and times of the systems; a seed
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   */
  constructor(options: SimulatedNetworkOptions = {}) {
    if (options.onEvent !== undefined) requireFunction(options.onEvent, `${WHERE}: onEvent`);
    this.#world = new World({
      limits: limitsOf(options),
      conditions: changed(ORDINARY, options, WHERE),
      seed: options.seed ?? null,
      onEvent: options.onEvent ?? null,
    });
    this.main = this.host(MAIN);
  }

  /**
   * The network of the running virtual loop, also if the test has made none.
   *
   * @throws RuntimeError `GYRE_NOT_SUPPORTED` - another loop runs
   */
  static running(): SimulatedNetwork {
    const loop = currentLoop();
    const { network } = loop;
    if (network instanceof SimulatedDriver) return network.owner;
    throw new RuntimeError(
      "GYRE_NOT_SUPPORTED",
      "SimulatedNetwork.running() needs a virtual loop. Call it inside of runVirtual(main) or explore(main).",
    );
  }

  // Hosts and names

  /**
   * A host, which is made when it is first asked for. Its name leads to its addresses.
   *
   * @throws RangeError `GYRE_OUT_OF_RANGE` - no IP address, one of another host, or options for a host that is there already
   */
  host(name: string, options: HostOptions = {}): SimulatedHost {
    if (typeof name !== "string" || name === "")
      throw new ArgumentTypeError(`network.host(name) expects a name, but got ${describe(name)}.`);
    const there = this.#world.hosts.get(name);
    const given = options.addresses ?? (options.address === undefined ? null : [options.address]);
    if (there !== undefined) {
      if (given === null) return there;
      throw new ArgumentRangeError(`network.host(name, options): there is a host ${name} already: ${there}.`);
    }
    const addresses =
      given === null ? [this.#freeAddress()] : given.map((address) => this.#requireFree(address));
    const host = new SimulatedHost(this.#world, name, addresses);
    this.#world.add(host);
    return host;
  }

  /**
   * Says what a name leads to: for services of several hosts, and for addresses that nobody has.
   *
   * @param addresses - in order of preference; null: the name is unknown from now on
   * @param options.rotate - whether each look-up begins with another one of them
   */
  setName(
    name: string,
    addresses: readonly string[] | null,
    { rotate = false }: { readonly rotate?: boolean } = {},
  ): void {
    for (const address of addresses ?? []) requireAddress(address, "network.setName(name, addresses)");
    this.#world.names.set(name, addresses?.map(normalized) ?? null, rotate);
  }

  /** All names, with their addresses. */
  get names(): ReadonlyMap<string, readonly string[]> {
    return this.#world.names.all();
  }

  // Links

  /** Changes how all links behave from now on. @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` */
  set(conditions: LinkConditions): void {
    this.#world.changeAll(conditions, "network.set(conditions)");
  }

  /** What is between two hosts, or two groups of hosts, in both directions. @throws RangeError `GYRE_OUT_OF_RANGE` - no such host */
  link(one: Hosts, other: Hosts): SimulatedLink {
    const pairs = this.#pairs(one, other);
    return new SimulatedLink(this.#world, [...pairs, ...pairs.map(([a, b]) => [b, a] as const)]);
  }

  /** The direction from the first to the second alone. @throws RangeError `GYRE_OUT_OF_RANGE` - no such host */
  path(from: Hosts, to: Hosts): SimulatedLink {
    return new SimulatedLink(this.#world, this.#pairs(from, to));
  }

  /**
   * Lets nothing through between two groups of hosts until `heal()`. Datagrams get lost. Connections stay: their bytes are held,
   * as TCP does by sending them again and again; new ones wait, and fail with `ETIMEDOUT` after `connectTimeout`.
   *
   * @param options.oneWay - whether only what goes from the first to the second is held up
   * @throws RangeError `GYRE_OUT_OF_RANGE` - no such host
   */
  partition(one: Hosts, other: Hosts, { oneWay = false }: { readonly oneWay?: boolean } = {}): void {
    if (oneWay) this.path(one, other).cut();
    else this.link(one, other).cut();
  }

  /** Ends all partitions. */
  heal(): void {
    const all = [...this.#world.hosts.values()];
    for (const [index, host] of all.entries()) this.link(host, all.slice(index + 1)).heal();
  }

  // Connections

  /** The connections that are open at one of their ends. */
  connections(): SimulatedConnection[] {
    return [...this.#world.connections];
  }

  /** Breaks off all connections between two groups of hosts, with `ECONNRESET` at both ends. @returns how many there were */
  reset(one: Hosts, other: Hosts): number {
    const [these, those] = [this.#hosts(one), this.#hosts(other)];
    const broken = this.connections().filter(
      ({ from, to }) =>
        (these.includes(from) && those.includes(to)) || (these.includes(to) && those.includes(from)),
    );
    for (const connection of broken) connection.reset();
    return broken.length;
  }

  statistics(): NetworkStatistics {
    return { open: this.#world.connections.size, ...this.#world.counts };
  }

  toString(): string {
    return `<SimulatedNetwork hosts=${this.#world.hosts.size} connections=${this.#world.connections.size}>`;
  }

  /** @internal @throws RuntimeError `GYRE_NETWORK_IN_USE` */
  requireUnused(): void {
    this.#world.requireUnused();
  }

  /** @internal Whether anything was left to chance. */
  get drew(): boolean {
    return this.#world.drew;
  }

  /** @internal What the loop uses. */
  open(attachment: Attachment): SimulatedDriver {
    this.#world.attach(attachment);
    return new SimulatedDriver(this.#world, this);
  }

  #pairs(one: Hosts, other: Hosts): (readonly [SimulatedHost, SimulatedHost])[] {
    const those = this.#hosts(other);
    return this.#hosts(one).flatMap((a) => those.filter((b) => a !== b).map((b) => [a, b] as const));
  }

  #hosts(hosts: Hosts): SimulatedHost[] {
    const list = typeof hosts === "string" || hosts instanceof SimulatedHost ? [hosts] : hosts;
    return list.map((host) => {
      const found = typeof host === "string" ? this.#world.hosts.get(host) : host;
      if (found !== undefined) return found;
      const known = [...this.#world.hosts.keys()].join(", ");
      throw new ArgumentRangeError(
        `There is no host ${describe(host)} in this network. Known: ${known}. Make it with network.host(name).`,
      );
    });
  }

  #freeAddress(): string {
    for (let number = this.#world.hosts.size + 1; ; number++) {
      const address = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
      if (this.#world.hostAt(address) === null) return address;
    }
  }

  #requireFree(given: string): string {
    const address = requireAddress(given, "network.host(name, options)");
    const owner = this.#world.hostAt(address);
    if (owner === null) return address;
    throw new ArgumentRangeError(`network.host(name, options): ${address} is the address of ${owner}.`);
  }
}

function requireAddress(address: unknown, where: string): string {
  if (typeof address === "string" && isIP(address) !== 0) return normalized(address);
  throw new ArgumentRangeError(
    `${where}: an address must be one of IPv4 or IPv6, but it is ${describe(address)}.`,
  );
}

function limitsOf(options: SimulatedNetworkOptions): NetworkLimits {
  const limit = (name: keyof NetworkLimits): number => {
    const value = options[name];
    if (value === undefined) return LIMITS[name];
    return name === "lookupLatency" && value === 0 ? 0 : requireLimit(value, name, WHERE);
  };
  return {
    sendBuffer: limit("sendBuffer"),
    receiveBuffer: limit("receiveBuffer"),
    connectTimeout: limit("connectTimeout"),
    retransmissionTimeout: limit("retransmissionTimeout"),
    lookupLatency: limit("lookupLatency"),
  };
}
