import { networkInterfaces } from "node:os";
import type { EventLoop } from "../../core/event-loop.ts";
import { codeOf } from "./expect.ts";

/** What a loop may have or not. A check that needs what is not there is skipped. */
export interface LoopCapabilities {
  /** The clock goes with the host's, also while nobody runs the loop; true by default. */
  readonly realtime: boolean;
  /** What happens outside of the loop, such as a timer of the host, wakes it; true by default. */
  readonly outside: boolean;
  /** A stall can be noticed inside of a check, whose own timer keeps the host busy; false by default. */
  readonly stall: boolean;
  /** One entry runs at a time, in exactly CPython's order; as the driver's `granularity` says by default. */
  readonly stepwise: boolean;
  /** Streams between addresses; whether the driver offers `openNetwork` by default. */
  readonly network: boolean;
  /** Datagrams; as `network` by default, like all that follow. */
  readonly datagrams: boolean;
  readonly names: boolean;
  /** Node streams can be opened as pipes. */
  readonly pipes: boolean;
  /** TLS can be put upon connections, and the host can do it with a shared key; by default, where it is Node. */
  readonly tls: boolean;
  /** Unix sockets with a file; by default not on Windows. */
  readonly unix: boolean;
  /** Unix sockets without a file; by default on Linux only. */
  readonly abstract: boolean;
  /** By default, where this machine has the address ::1. */
  readonly ipv6: boolean;
  /** The network is this machine's, so that the host's own sockets reach it; by default, where the clock is real. */
  readonly hostSockets: boolean;
}

export type Need = keyof LoopCapabilities;

/** What the loop says of itself, under what its author says. */
export function capabilitiesOf(loop: EventLoop, given: Partial<LoopCapabilities>): LoopCapabilities {
  const stepwise = loop.scheduler.driver.granularity === "step";
  const core = { realtime: true, outside: true, stall: false, stepwise, ...given };
  return { ...core, ...networkOf(given.network ?? hasNetwork(loop), core.realtime, given) };
}

function networkOf(network: boolean, realtime: boolean, given: Partial<LoopCapabilities>) {
  const unix = given.unix ?? process.platform !== "win32";
  const all = {
    datagrams: true,
    names: true,
    pipes: true,
    tls: isNode(),
    abstract: unix && process.platform === "linux",
    ipv6: hasLoopback6(),
    hostSockets: realtime,
    ...given,
    unix,
    network: true,
  };
  if (network) return all;
  const none = { datagrams: false, names: false, pipes: false, tls: false, unix: false, abstract: false };
  return { ...none, ipv6: false, hostSockets: false, network };
}

function hasNetwork(loop: EventLoop): boolean {
  try {
    return Boolean(loop.network);
  } catch (error) {
    if (codeOf(error) === "GYRE_NOT_SUPPORTED") return false;
    throw error;
  }
}

function hasLoopback6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === "::1"),
  );
}

function isNode(): boolean {
  const { bun, deno } = process.versions;
  return bun === undefined && deno === undefined;
}
