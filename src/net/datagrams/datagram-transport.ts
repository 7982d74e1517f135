import { CallbackContext } from "../../core/callback-context.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { Future } from "../../core/future.ts";
import { inspectSymbol } from "../../core/inspect.ts";
import { Resource } from "../../core/resources.ts";
import { type AddressInput, formatAddress, type SocketAddress } from "../addresses.ts";
import { FlowControl } from "../connection/flow-control.ts";
import { toBytes } from "../data.ts";
import { DATAGRAM_OVERHEAD, type DatagramLink, type DatagramReceiver } from "../driver.ts";
import type { DatagramProtocol } from "../protocols.ts";
import type {
  Data,
  DatagramStatistics,
  DatagramTransport,
  ExtraInfo,
  WriteBufferLimits,
} from "../transports.ts";
import { requireTarget } from "./datagram-target.ts";

const WHERE = "transport.sendto(data, address)";
const HIGH_WATER_MARK = 65_536; // bytes
const LARGEST_BACKLOG = 1_048_576; // bytes; the system's own queue, which has filled up by then too, is a fifth of that
const LOST_SENDS_BEFORE_WARNING = 5;

interface Arrival {
  readonly transport: LinkedDatagramTransport;
  readonly data: Buffer;
  readonly address: SocketAddress;
}

interface Trouble {
  readonly transport: LinkedDatagramTransport;
  readonly error: Error;
}

/**
 * A socket for datagrams as its protocol sees it, over a link of whatever loop. Errors are the datagrams' own affair: they are
 * told to the protocol, and the endpoint goes on.
 *
 * Python: `_SelectorDatagramTransport`.
 */
export class LinkedDatagramTransport extends Resource implements DatagramTransport, DatagramReceiver {
  readonly #loop: EventLoop;
  readonly #link: DatagramLink;
  readonly #context: CallbackContext;
  readonly #flow: FlowControl;
  /** The only address that it sends to. */
  readonly #remote: SocketAddress | null;
  #protocol: DatagramProtocol;
  #state: "open" | "closing" | "closed" = "open";
  /** Bytes that have come and wait for their turn. */
  #backlog = 0;
  #received = 0;
  #sent = 0;
  #dropped = 0;
  #lostSends = 0;

  /** @param remote - to remember, where the link is not connected */
  constructor(
    loop: EventLoop,
    link: DatagramLink,
    protocol: DatagramProtocol,
    remote: SocketAddress | null = link.peer,
  ) {
    super();
    this.#loop = loop;
    this.#link = link;
    this.#context = new CallbackContext(loop);
    this.#flow = new FlowControl(loop, this, HIGH_WATER_MARK);
    this.#protocol = protocol;
    this.#remote = remote;
    loop.resources.add(this);
  }

  /** Calls `connectionMade` soon, and begins to receive. The future is done when that has happened. */
  start(): Future<void> {
    const started = new Future<void>({ loop: this.#loop });
    this.#context.soon(() => {
      this.#announce();
      if (this.#state !== "closed") this.#link.attach(this);
      if (!started.done()) started.setResult();
    }, undefined);
    return started;
  }

  getExtraInfo<K extends keyof ExtraInfo>(name: K): ExtraInfo[K] | null;
  getExtraInfo<F>(name: string, fallback: F): unknown;
  getExtraInfo(name: string): unknown;
  getExtraInfo(name: string, fallback: unknown = null): unknown {
    const value = this.#link.info(name);
    return value === undefined ? fallback : value;
  }

  getProtocol(): DatagramProtocol {
    return this.#protocol;
  }

  setProtocol(protocol: DatagramProtocol): void {
    this.#protocol = protocol;
  }

  isClosing(): boolean {
    return this.#state !== "open";
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#link.flush(() => this.#lose(null));
  }

  abort(): void {
    this.#lose(null);
  }

  sendto(data: Data, address: AddressInput | null = null): void {
    const bytes = toBytes(data, WHERE);
    const target = requireTarget(address, this.#remote, WHERE);
    if (!this.#maySend()) return;
    this.#sent++;
    this.#link.send(bytes, this.#link.peer === null ? target : null);
    this.#flow.grown(this.#link.pending);
  }

  getWriteBufferSize(): number {
    return this.#state === "closed" ? 0 : this.#link.pending;
  }

  getWriteBufferLimits(): [low: number, high: number] {
    return this.#flow.limits;
  }

  setWriteBufferLimits(limits: WriteBufferLimits = {}): void {
    this.#flow.setLimits(limits);
    this.#flow.grown(this.getWriteBufferSize());
  }

  statistics(): DatagramStatistics {
    return {
      state: this.#state,
      writingPaused: this.#flow.paused,
      datagramsReceived: this.#received,
      datagramsSent: this.#sent,
      datagramsDropped: this.#dropped,
      writeBufferSize: this.getWriteBufferSize(),
    };
  }

  override toString(): string {
    const target = this.#remote === null ? "" : ` remote=${formatAddress(this.#remote)}`;
    return `<Transport datagram ${this.#state}${target} writeBuffer=${this.getWriteBufferSize()}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  // What the link reports

  /** @internal */
  received(data: Buffer, address: SocketAddress): void {
    const size = data.length + DATAGRAM_OVERHEAD;
    if (this.#backlog > 0 && this.#backlog + size > LARGEST_BACKLOG) {
      this.#dropped++;
      return;
    }
    this.#backlog += size;
    this.#context.dispatch(LinkedDatagramTransport.#deliver, { transport: this, data, address });
  }

  /** @internal */
  flushed(): void {
    if (this.#flow.paused) this.#context.dispatch(LinkedDatagramTransport.#shrink, this);
  }

  /** @internal */
  troubled(error: Error): void {
    this.#context.dispatch(LinkedDatagramTransport.#complain, { transport: this, error });
  }

  /** @internal */
  failed(error: Error | null): void {
    this.#lose(error);
  }

  /** @internal */
  abandon(): void {
    this.#state = "closed";
    this.#link.destroy();
  }

  static #deliver(this: void, { transport, data, address }: Arrival): void {
    transport.#backlog -= data.length + DATAGRAM_OVERHEAD;
    if (transport.#state !== "open") return;
    transport.#received++;
    try {
      transport.#protocol.datagramReceived?.(data, address);
    } catch (exception) {
      transport.#report("protocol.datagramReceived() failed", exception);
    }
  }

  static #shrink(this: void, transport: LinkedDatagramTransport): void {
    if (transport.#state !== "closed") transport.#flow.shrunk(transport.#link.pending);
  }

  /** Also in the time between the end of the link, which reports nothing more, and `connectionLost`. */
  static #complain(this: void, { transport, error }: Trouble): void {
    try {
      transport.#protocol.errorReceived?.(error);
    } catch (exception) {
      transport.#report("protocol.errorReceived() failed", exception);
    }
  }

  #announce(): void {
    try {
      this.#protocol.connectionMade?.(this);
    } catch (exception) {
      this.#report("protocol.connectionMade() failed", exception);
    }
  }

  #report(message: string, exception: unknown): void {
    this.#loop.callExceptionHandler({ message, exception, transport: this, protocol: this.#protocol });
  }

  #maySend(): boolean {
    if (this.#state === "open" || (this.#state === "closing" && this.#link.pending > 0)) return true;
    this.#lostSends++;
    if (this.#lostSends >= LOST_SENDS_BEFORE_WARNING) {
      process.emitWarning(
        "A protocol goes on sending on an endpoint that is closed. Stop at connectionLost().",
        {
          type: "LostConnectionWarning",
          code: "GYRE_TRANSPORT_CLOSED",
        },
      );
    }
    return false;
  }

  /** Closes the socket, and tells the protocol on the next turn; only the first reason counts. */
  #lose(error: Error | null): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#link.destroy();
    this.#loop.resources.delete(this);
    this.#context.soon(() => {
      try {
        this.#protocol.connectionLost?.(error);
      } catch (exception) {
        this.#report("protocol.connectionLost() failed", exception);
      }
    }, undefined);
  }
}
