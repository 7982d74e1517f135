import { CallbackContext } from "../core/callback-context.ts";
import { RuntimeError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { Future } from "../core/future.ts";
import { inspectSymbol } from "../core/inspect.ts";
import type { Resource } from "../core/resources.ts";
import { toBytes } from "./data.ts";
import type { Link, LinkReceiver } from "./driver.ts";
import { FlowControl } from "./flow-control.ts";
import { Inbound } from "./inbound.ts";
import type { StreamProtocol } from "./protocols.ts";
import type { Data, ExtraInfo, Transport, WriteBufferLimits } from "./transports.ts";

const LOST_WRITES_BEFORE_WARNING = 5;

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

/** A server that wants to know its connections. */
export interface TransportOwner {
  attach(transport: StreamTransport): void;
  detach(transport: StreamTransport): void;
}

/** - `released`: the link has gone to another transport, which put a layer upon it */
type State = "open" | "closing" | "closed" | "released";

/**
 * A connection as its protocol sees it, over a link of whatever loop: the order of calls, half-closing, flow control and
 * errors are decided here.
 *
 * Python: `_SelectorSocketTransport`, `_SSLProtocolTransport` and the pipe transports.
 */
export class StreamTransport implements Transport, LinkReceiver, Resource {
  readonly #loop: EventLoop;
  readonly #link: Link;
  readonly #context: CallbackContext;
  readonly #inbound: Inbound;
  readonly #flow: FlowControl;
  readonly #owner: TransportOwner | null;
  #state: State = "open";
  #eofWritten = false;
  #bytesWritten = 0;
  #lostWrites = 0;

  constructor(loop: EventLoop, link: Link, protocol: StreamProtocol, owner: TransportOwner | null = null) {
    this.#loop = loop;
    this.#link = link;
    this.#context = new CallbackContext(loop);
    this.#inbound = new Inbound(link, protocol, this.#context, {
      protocolFailed: (error, method) => this.#fatal(error, `protocol.${method}() failed`),
      ended: (keepOpen) => this.#ended(keepOpen),
    });
    this.#flow = new FlowControl(loop, this, link.traits.highWaterMark);
    this.#owner = owner;
    owner?.attach(this);
    loop.resources.add(this);
  }

  /** Calls `connectionMade` soon, and begins to read. The future is done when that has happened. */
  start(options: { readonly announce: boolean } = { announce: true }): Future<void> {
    const started = new Future<void>({ loop: this.#loop });
    this.#context.soon(() => {
      if (options.announce) this.#announce();
      this.#link.attach(this);
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
    return this.#link.info(name) ?? fallback;
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
    this.#link.close((error) => this.#lose(error));
  }

  abort(): void {
    this.#lose(null);
  }

  // Reading

  isReading(): boolean {
    return this.#state === "open" && this.#inbound.reading;
  }

  pauseReading(): void {
    if (this.#state === "open") this.#inbound.pause();
  }

  resumeReading(): void {
    if (this.#state === "open") this.#inbound.resume();
  }

  // Writing

  write(data: Data): void {
    const chunk = toBytes(data, "transport.write(data)");
    if (chunk.length === 0 || !this.#mayWrite()) return;
    this.#bytesWritten += chunk.length;
    this.#link.write(chunk);
    this.#flow.grown(this.#link.pending);
  }

  writelines(data: Iterable<Data>): void {
    const chunks: Uint8Array[] = [];
    for (const piece of data) {
      const chunk = toBytes(piece, "transport.writelines(data)");
      if (chunk.length > 0) chunks.push(chunk);
    }
    if (chunks.length === 0 || !this.#mayWrite()) return;
    for (const chunk of chunks) this.#bytesWritten += chunk.length;
    this.#link.writev(chunks);
    this.#flow.grown(this.#link.pending);
  }

  writeEof(): void {
    if (!this.canWriteEof()) {
      throw new RuntimeError(
        "GYRE_NOT_SUPPORTED",
        `A ${this.#link.traits.kind} transport cannot end one direction alone. Use close(), or mark the end in your protocol.`,
      );
    }
    if (this.#state !== "open" || this.#eofWritten) return;
    this.#eofWritten = true;
    this.#link.end();
  }

  canWriteEof(): boolean {
    return this.#link.traits.halfClose;
  }

  getWriteBufferSize(): number {
    return this.#link.pending;
  }

  getWriteBufferLimits(): [low: number, high: number] {
    return this.#flow.limits;
  }

  setWriteBufferLimits(limits: WriteBufferLimits = {}): void {
    this.#flow.setLimits(limits);
    this.#flow.grown(this.#link.pending);
  }

  statistics(): TransportStatistics {
    return {
      state: this.#state === "released" ? "closed" : this.#state,
      reading: this.isReading(),
      writingPaused: this.#flow.paused,
      bytesReceived: this.#inbound.bytes,
      bytesWritten: this.#bytesWritten,
      writeBufferSize: this.getWriteBufferSize(),
    };
  }

  toString(): string {
    const { state, reading, writeBufferSize } = this.statistics();
    return `<Transport ${this.#link.traits.kind} ${state} reading=${reading} writeBuffer=${writeBufferSize}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  // What the link reports

  /** @internal */
  received(chunk: Buffer, borrowed: boolean): void {
    this.#inbound.received(chunk, borrowed);
  }

  /** @internal */
  ended(): void {
    this.#inbound.ended();
  }

  /** @internal */
  flushed(): void {
    if (this.#flow.paused) this.#context.dispatch(StreamTransport.#shrink, this);
  }

  /** @internal */
  failed(error: Error | null): void {
    this.#lose(error);
  }

  /**
   * Gives the link away to a new transport. This one is closed from then on, and its protocol is told nothing more.
   *
   * @internal
   */
  release(): Link {
    this.#inbound.stop();
    this.#state = "released";
    this.#loop.resources.delete(this);
    this.#owner?.detach(this);
    return this.#link;
  }

  /** @internal */
  abandon(): void {
    this.#state = "closed";
    this.#link.destroy();
  }

  static #shrink(this: void, transport: StreamTransport): void {
    transport.#flow.shrunk(transport.#link.pending);
  }

  #announce(): void {
    const protocol = this.getProtocol();
    try {
      protocol.connectionMade?.(this);
    } catch (exception) {
      const message = "protocol.connectionMade() failed";
      this.#loop.callExceptionHandler({ message, exception, transport: this, protocol });
    }
  }

  #mayWrite(): boolean {
    if (this.#eofWritten) {
      throw new RuntimeError(
        "GYRE_EOF_WRITTEN",
        "transport.write() was called after writeEof(), which ended this direction.",
      );
    }
    if (this.#state === "open" || this.#state === "closing") return true;
    this.#lostWrites++;
    if (this.#lostWrites >= LOST_WRITES_BEFORE_WARNING) {
      process.emitWarning(
        "A protocol goes on writing to a connection that is lost. Stop at connectionLost().",
        {
          type: "LostConnectionWarning",
          code: "GYRE_TRANSPORT_CLOSED",
        },
      );
    }
    return false;
  }

  #ended(keepOpen: boolean): void {
    if (!keepOpen || !this.#link.traits.halfClose) this.close();
  }

  /** An error of the user's code in the middle of the stream: what follows could not be trusted. */
  #fatal(exception: unknown, message: string): void {
    this.#loop.callExceptionHandler({
      message: `Fatal error: ${message}`,
      exception,
      transport: this,
      protocol: this.getProtocol(),
    });
    this.#lose(exception instanceof Error ? exception : new Error(message, { cause: exception }));
  }

  /** Ends the connection, and tells the protocol on the next turn; only the first reason counts. */
  #lose(error: Error | null): void {
    if (this.#state === "closed" || this.#state === "released") return;
    this.#state = "closed";
    this.#inbound.stop();
    this.#link.destroy();
    this.#loop.resources.delete(this);
    this.#context.soon(StreamTransport.#sayLost, { transport: this, error });
  }

  static #sayLost(
    this: void,
    { transport, error }: { readonly transport: StreamTransport; readonly error: Error | null },
  ): void {
    try {
      transport.getProtocol().connectionLost?.(error);
    } finally {
      transport.#owner?.detach(transport);
    }
  }
}
