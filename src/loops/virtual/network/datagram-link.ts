import { isIP } from "node:net";
import { RuntimeError } from "../../../core/errors.ts";
import type { Future } from "../../../core/future.ts";
import { type AddressInput, formatAddress, SOCK_DGRAM, type SocketAddress } from "../../../net/addresses.ts";
import type { DatagramLink, DatagramOptions, DatagramReceiver } from "../../../net/driver.ts";
import { doneAtOnce } from "../../../net/host-operation.ts";
import { familyOf, isBroadcast, isForMany } from "./addresses.ts";
import { Delivery } from "./delivery.ts";
import type { SimulatedHost } from "./host.ts";
import type { NetworkCore } from "./network-core.ts";
import { infoOf } from "./socket.ts";
import { isWildcard } from "./sockets.ts";
import { systemError } from "./system-error.ts";

const LONGEST = { IPv4: 65_507, IPv6: 65_527 } as const; // bytes: 64 KiB without the headers

/** A UDP socket of a simulated host. The network takes every datagram at once. */
export class SimulatedDatagramLink implements DatagramLink {
  readonly peer: SocketAddress | null;
  readonly pending = 0;
  readonly info: (name: string) => unknown;
  readonly #network: NetworkCore;
  readonly #host: SimulatedHost;
  readonly #local: SocketAddress;
  readonly #mayBroadcast: boolean;
  #receiver: DatagramReceiver | null = null;
  /** What happened before there was a receiver. */
  #early: ((receiver: DatagramReceiver) => void)[] = [];
  /** What was sent, and whose fate is not known yet: names that are looked up, failures to be told. */
  #unsettled = 0;
  #onFlushed: (() => void) | null = null;
  #over = false;

  constructor(network: NetworkCore, host: SimulatedHost, options: DatagramOptions) {
    const { local, peer, family, reusePort } = options;
    this.#network = network;
    this.#host = host;
    this.#mayBroadcast = options.allowBroadcast;
    const { ports } = host;
    this.peer = peer === null ? null : ports.destination(peer);
    const anywhere = { address: family === 6 ? "::" : "0.0.0.0", port: 0, family: `IPv${family}` as const };
    const place = this.peer === null ? (local ?? anywhere) : ports.source(this.peer, local, "connect");
    this.#local = ports.udp.bind(this, ports.requireOwn(place), { reusePort });
    this.info = infoOf(SOCK_DGRAM, { sockname: this.#local, peername: this.peer });
  }

  attach(receiver: DatagramReceiver): void {
    const begin = (): void => {
      if (this.#over) return;
      this.#receiver = receiver;
      for (const event of this.#early.splice(0)) this.#tell(event);
    };
    if (this.#early.length === 0) begin();
    else this.#later(begin);
  }

  send(data: Uint8Array, address: AddressInput | null): void {
    if (this.#over) return;
    const copy = Buffer.from(data);
    try {
      const target = address ?? this.peer;
      if (target === null) throw systemError("EDESTADDRREQ", "send");
      if (isIP(target.address) === 0) this.#sendToName(copy, target);
      else this.#sendTo(copy, target);
    } catch (error) {
      this.#settle(() => {
        throw error;
      });
    }
  }

  flush(onFlushed: () => void): void {
    if (this.#unsettled === 0) onFlushed();
    else this.#onFlushed = onFlushed;
  }

  destroy(): void {
    this.#receiver = null;
    this.#early = [];
    this.#onFlushed = null;
    if (!this.#over) this.#host.ports.udp.release(this);
    this.#over = true;
  }

  /** The host has crashed. */
  sever(): void {
    this.#later(() => this.#tell((receiver) => receiver.failed(systemError("ENETDOWN", "recv"))));
  }

  /** Whether it takes what comes from there. */
  accepts(source: SocketAddress): boolean {
    return this.peer === null || (this.peer.address === source.address && this.peer.port === source.port);
  }

  toString(): string {
    return `<datagrams of ${formatAddress(this.#local)}>`;
  }

  #sendToName(data: Buffer, { address: name, port }: AddressInput): void {
    const { names, limits } = this.#network;
    this.#settle(() => {
      const [address = ""] = names.addressesOf(name, this.#local.family === "IPv6" ? 6 : 4);
      this.#sendTo(data, { address, port });
    }, limits.lookupLatency);
  }

  #sendTo(data: Buffer, { address, port }: AddressInput): void {
    if (this.#over) return;
    const family = familyOf(address);
    const given = { address, port, family };
    if (port === 0 || family !== this.#local.family) throw systemError("EINVAL", "send", given);
    if (isBroadcast(address) && !this.#mayBroadcast) throw systemError("EACCES", "send", given);
    if (isForMany(address)) throw onlyToOne(address);
    if (data.length > LONGEST[family]) throw systemError("EMSGSIZE", "send", given);
    this.#host.requireUp("send", given);
    const target = this.#host.ports.destination(given);
    const to = this.#host.ports.owns(target.address) ? this.#host : this.#network.hostAt(target.address);
    const { address: own } = isWildcard(this.#local.address)
      ? this.#host.ports.source(target, null, "send")
      : this.#local;
    this.#dispatch(data, { ...this.#local, address: own }, { to, target });
  }

  #dispatch(
    data: Buffer,
    source: SocketAddress,
    { to, target }: { readonly to: SimulatedHost | null; readonly target: SocketAddress },
  ): void {
    const { counts, loop } = this.#network;
    counts.datagramsSent++;
    const route = to === null || to.dead ? null : this.#network.route(this.#host, to);
    const arrivals = route === null || route.cut ? [] : route.datagramArrivals(data.length);
    const fate = arrivals.length === 0 ? "lost" : arrivals.length === 1 ? "sent" : "sent twice";
    this.#network.note(this.#host, to, () => `datagram of ${data.length} bytes ${fate}`);
    if (arrivals.length === 0) counts.datagramsLost++;
    for (const [index, when] of arrivals.entries()) {
      const own = index === 0 ? data : Buffer.from(data);
      Delivery.schedule(loop, this, when, () => this.#arrive(own, source, { to: to ?? this.#host, target }));
    }
  }

  #arrive(
    data: Buffer,
    source: SocketAddress,
    { to, target }: { readonly to: SimulatedHost; readonly target: SocketAddress },
  ): void {
    if (to.dead) return;
    const found = to.ports.udp.find(target, (link) => link.accepts(source));
    if (found !== null) found.#tell((receiver) => receiver.received(data, source));
    else if (this.peer !== null) this.#bounce(to);
  }

  /** Only a connected socket hears that nobody listens; the news travels back. */
  #bounce(from: SimulatedHost): void {
    const route = this.#network.route(from, this.#host);
    if (route.cut) return;
    Delivery.schedule(this.#network.loop, this, route.arrival(0), () =>
      this.#tell((receiver) => receiver.troubled(systemError("ECONNREFUSED", "recvmsg"))),
    );
  }

  /** Does later what may fail, and then says so. */
  #settle(action: () => void, delay = 0): void {
    this.#unsettled++;
    this.#later(() => {
      this.#unsettled--;
      try {
        action();
      } catch (thrown) {
        const error =
          thrown instanceof Error ? thrown : new Error("A datagram was refused", { cause: thrown });
        this.#tell((receiver) => receiver.troubled(error));
      }
      if (this.#unsettled === 0) this.#onFlushed?.();
    }, delay);
  }

  #tell(event: (receiver: DatagramReceiver) => void): void {
    if (this.#over) return;
    if (this.#receiver === null) this.#early.push(event);
    else event(this.#receiver);
  }

  #later(action: () => void, delay = 0): void {
    const { loop } = this.#network;
    Delivery.schedule(loop, this, loop.time() + delay, action);
  }
}

/** @param host - the host that opens it */
export function openDatagrams(
  network: NetworkCore,
  host: SimulatedHost,
  options: DatagramOptions,
): Future<DatagramLink> {
  return doneAtOnce(network.loop, () => {
    host.requireUp("bind", options.local);
    return new SimulatedDatagramLink(network, host, options);
  });
}

function onlyToOne(address: string): RuntimeError {
  return new RuntimeError(
    "GYRE_NOT_SUPPORTED",
    `The simulated network has neither broadcast nor multicast, so that nothing can be sent to ${address}. Send to each host.`,
  );
}
