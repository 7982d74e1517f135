import { CallbackContext } from "../../core/callback-context.ts";
import { RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { Future } from "../../core/future.ts";
import { inspectSymbol } from "../../core/inspect.ts";
import { Resource } from "../../core/resources.ts";
import type { ByteSource, Link, LinkReceiver } from "../driver.ts";
import type { StreamProtocol } from "../protocols.ts";
import type { Data, ExtraInfo, Transport, WriteBufferLimits } from "../transports.ts";
import type { Connection, ConnectionOwner, Estate } from "./connection-owner.ts";
import { Inbound, type InboundOwner } from "./inbound.ts";
import type { Loan } from "./loan.ts";
import { Outbound, type OutboundOwner } from "./outbound.ts";

export interface TransportStatistics {
  readonly state: "open" | "closing" | "closed";
  readonly reading: boolean;
  /** Whether the protocol was told to pause writing. */
  readonly writingPaused: boolean;
  readonly bytesReceived: number;
  readonly bytesWritten: number;
  /** Bytes that wait to be sent. */
  readonly writeBufferSize: number;
}

/** Where a connection comes from. */
interface Origin {
  /** Null: it is nobody's but its protocol's. */
  readonly owner?: ConnectionOwner | null;
  /** What its protocol runs in; that of the caller by default. */
  readonly context?: CallbackContext;
}

/** - `released`: the link has gone to another transport, which put a layer upon it */
type State = "open" | "closing" | "closed" | "released";

/**
 * A connection as its protocol sees it, over a link of whatever loop: the order of calls, half-closing, flow control and
 * errors are decided here.
 *
 * Python: `_SelectorSocketTransport`, `_SSLProtocolTransport` and the pipe transports.
 */
export class StreamTransport
  extends Resource
  implements Transport, Connection, LinkReceiver, InboundOwner, OutboundOwner
{
  /** @internal */
  readonly link: Link;
  /** @internal */
  readonly context: CallbackContext;
  /** @internal */
  readonly owner: ConnectionOwner | null;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  #state: State = "open";

  constructor(loop: EventLoop, link: Link, protocol: StreamProtocol, origin: Origin = {}) {
    super();
    const { owner = null, context = new CallbackContext(loop) } = origin;
    this.link = link;
    this.context = context;
    this.#inbound = new Inbound(protocol, this);
    this.#outbound = new Outbound(this);
    this.owner = owner;
    owner?.attach();
    loop.resources.add(this);
  }

  /** Calls `connectionMade` soon, and begins to read. The future is done when that has happened. */
  start(options: { readonly announce: boolean } = { announce: true }): Future<void> {
    const started = new Future<void>({ loop: this.context.loop });
    this.context.soon(() => {
      if (options.announce) this.#announce();
      if (this.#linked) this.link.attach(this);
      if (this.#state === "open") this.#inbound.start();
      if (!started.done()) started.setResult();
    }, undefined);
    return started;
  }

  // The connection

  getExtraInfo<K extends keyof ExtraInfo>(name: K): ExtraInfo[K] | null;
  getExtraInfo<F>(name: string, fallback: F): unknown;
  getExtraInfo(name: string): unknown;
  getExtraInfo(name: string, fallback: unknown = null): unknown {
    const value = this.link.info(name);
    return value === undefined ? fallback : value;
  }

  getProtocol(): StreamProtocol {
    return this.#inbound.protocol;
  }

  setProtocol(protocol: StreamProtocol): void {
    this.#inbound.protocol = protocol;
  }

  isClosing(): boolean {
    return this.#state !== "open";
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#inbound.stop();
    this.#outbound.close();
    this.link.close((error) => this.#lose(error));
  }

  abort(): void {
    this.#lose(null);
  }

  // Reading

  isReading(): boolean {
    return this.#state === "open" && this.#inbound.reading && this.link.traits.only !== "write";
  }

  pauseReading(): void {
    this.#requireDirection("read", "pauseReading");
    if (this.#state === "open") this.#inbound.pause();
  }

  resumeReading(): void {
    this.#requireDirection("read", "resumeReading");
    if (this.#state === "open") this.#inbound.resume();
  }

  // Writing

  write(data: Data): void {
    this.#requireDirection("write", "write");
    this.#outbound.write(data);
  }

  writelines(data: Iterable<Data>): void {
    this.#requireDirection("write", "writelines");
    this.#outbound.writelines(data);
  }

  writeEof(): void {
    this.#requireDirection("write", "writeEof");
    if (this.link.traits.only === "write") {
      this.close();
      return;
    }
    if (!this.canWriteEof()) {
      throw new RuntimeError(
        "GYRE_NOT_SUPPORTED",
        `A ${this.link.traits.kind} transport cannot end one direction alone. Use close(), or mark the end in your protocol.`,
      );
    }
    this.#outbound.writeEof();
  }

  canWriteEof(): boolean {
    return this.link.traits.halfClose;
  }

  getWriteBufferSize(): number {
    return this.#outbound.size;
  }

  getWriteBufferLimits(): [low: number, high: number] {
    return this.#outbound.limits;
  }

  setWriteBufferLimits(limits: WriteBufferLimits = {}): void {
    this.#outbound.setLimits(limits);
  }

  statistics(): TransportStatistics {
    return {
      state: this.#state === "released" ? "closed" : this.#state,
      reading: this.isReading(),
      writingPaused: this.#outbound.paused,
      bytesReceived: this.#inbound.bytes,
      bytesWritten: this.#outbound.bytes,
      writeBufferSize: this.getWriteBufferSize(),
    };
  }

  override toString(): string {
    const { state, reading, writeBufferSize } = this.statistics();
    return `<Transport ${this.link.traits.kind} ${state} reading=${reading} writeBuffer=${writeBufferSize}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  // What the link reports

  /** @internal */
  protocolFailed(error: unknown, method: string): void {
    this.#fatal(error, `protocol.${method}() failed`);
  }

  /** @internal */
  inboundEnded(keepOpen: boolean): void {
    const { kind, halfClose } = this.link.traits;
    if (keepOpen && halfClose) return;
    if (keepOpen && this.context.loop.getDebug()) {
      process.emitWarning(
        `protocol.eofReceived() returned true, which a ${kind} transport cannot heed: it closes in any case.`,
        { type: "TransportWarning", code: "GYRE_NOT_SUPPORTED" },
      );
    }
    this.close();
  }

  /** @internal */
  received(chunk: Buffer, borrowed: boolean): void {
    this.#inbound.received(chunk, borrowed);
  }

  /** @internal */
  pull(source: ByteSource): boolean {
    return this.#inbound.pull(source);
  }

  /** @internal */
  ended(): void {
    this.#inbound.ended();
  }

  /** @internal */
  flushed(): void {
    if (this.#outbound.paused) this.context.dispatch(StreamTransport.#onFlushed, this);
  }

  /** @internal */
  failed(error: Error | null): void {
    if (this.#inbound.waiting) this.context.soon(() => this.#lose(error), undefined); // what came before it goes before it
    else this.#lose(error);
  }

  /**
   * Gives the link away to a new transport. This one is closed from then on, and its protocol is told nothing more.
   *
   * @internal
   */
  release(): Estate {
    const inbound = this.#inbound.release();
    this.#outbound.stop();
    this.#state = "released";
    this.context.loop.resources.delete(this);
    return { link: this.link, ...inbound, owner: this.owner };
  }

  /**
   * Takes bytes back that the protocol got before it knew that they are for a layer above this transport: see `release`.
   *
   * @internal
   */
  giveBack(chunk: Buffer): void {
    this.#inbound.pause();
    this.#inbound.giveBack(chunk);
  }

  /** @internal */
  abandon(): void {
    this.#state = "closed";
    this.#outbound.stop();
    this.link.destroy();
  }

  /**
   * Pauses reading, puts a protocol in the place of the present one, and refuses everybody else's writes, until it is given back.
   *
   * @throws RuntimeError `GYRE_SENDFILE_RUNNING` - somebody has it already
   * @internal
   */
  lend(substitute: StreamProtocol): Loan {
    this.#requireDirection("write", "sendfile");
    const { paused } = this.#outbound;
    const { write, giveBack } = this.#outbound.lend();
    const protocol = this.getProtocol();
    const reading = this.isReading();
    if (reading) this.pauseReading();
    this.setProtocol(substitute);
    return {
      protocol,
      paused,
      write,
      giveBack: () => {
        if (this.getProtocol() === substitute) this.setProtocol(protocol);
        giveBack();
        if (reading) this.resumeReading();
      },
    };
  }

  static #onFlushed(this: void, transport: StreamTransport): void {
    transport.#outbound.flushed();
  }

  #announce(): void {
    try {
      this.getProtocol().connectionMade?.(this);
    } catch (exception) {
      this.#report("protocol.connectionMade() failed", exception);
    }
  }

  #report(message: string, exception: unknown): void {
    this.context.loop.callExceptionHandler({
      message,
      exception,
      transport: this,
      protocol: this.getProtocol(),
    });
  }

  /** Whether the link is ours still, and not over. */
  get #linked(): boolean {
    return this.#state === "open" || this.#state === "closing";
  }

  #requireDirection(direction: "read" | "write", method: string): void {
    const { only, kind } = this.link.traits;
    if (only === undefined || only === direction) return;
    throw new RuntimeError(
      "GYRE_NOT_SUPPORTED",
      `${method}() makes no sense on a ${kind}, which has the other direction only.`,
    );
  }

  /** An error of the user's code in the middle of the stream: what follows could not be trusted. */
  #fatal(exception: unknown, message: string): void {
    this.#report(`Fatal error: ${message}`, exception);
    this.#lose(exception instanceof Error ? exception : new Error(message, { cause: exception }));
  }

  /** Ends the connection, and tells the protocol on the next turn; only the first reason counts. */
  #lose(error: Error | null): void {
    if (!this.#linked) return;
    this.#state = "closed";
    this.#inbound.stop();
    this.#outbound.stop();
    this.link.destroy();
    this.context.loop.resources.delete(this);
    this.context.soon(StreamTransport.#sayLost, { transport: this, error });
  }

  static #sayLost(
    this: void,
    { transport, error }: { readonly transport: StreamTransport; readonly error: Error | null },
  ): void {
    try {
      transport.getProtocol().connectionLost?.(error);
    } catch (exception) {
      transport.#report("protocol.connectionLost() failed", exception);
    }
    transport.owner?.detach();
  }
}
