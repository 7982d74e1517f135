import type { CallbackContext } from "../core/callback-context.ts";
import { RuntimeError } from "../core/errors.ts";
import type { Link } from "./driver.ts";
import { type BufferedProtocol, isBuffered, type Protocol, type StreamProtocol } from "./protocols.ts";

const UNKNOWN_SIZE = -1;
const EMPTY = Buffer.alloc(0);

/** What the incoming direction needs of its transport. */
export interface InboundOwner {
  /** A method of the protocol threw. */
  protocolFailed(error: unknown, method: string): void;
  /** The peer will send no more; `keepOpen` is what the protocol answered. */
  ended(keepOpen: boolean): void;
}

/**
 * The incoming half of a stream transport: hands what a link receives to the protocol, in order, and never while reading is
 * paused.
 */
export class Inbound {
  readonly #link: Link;
  readonly #context: CallbackContext;
  readonly #owner: InboundOwner;
  #protocol: Protocol;
  #bufferedProtocol: BufferedProtocol | null;
  /** What came while it could not be delivered. */
  #inbox: Buffer[] = [];
  /** The chunk that `deliverCurrent` is to hand over; a field, because a callback takes one argument. */
  #current: Buffer = EMPTY;
  #eof: "none" | "received" | "delivered" = "none";
  #paused = false;
  #started = false;
  #stopped = false;
  #drainScheduled = false;
  #bytes = 0;

  constructor(link: Link, protocol: StreamProtocol, context: CallbackContext, owner: InboundOwner) {
    this.#link = link;
    this.#context = context;
    this.#owner = owner;
    this.#protocol = protocol; // the methods of the other kind are never called
    this.#bufferedProtocol = isBuffered(protocol) ? protocol : null;
  }

  get protocol(): StreamProtocol {
    return this.#bufferedProtocol ?? this.#protocol;
  }

  set protocol(protocol: StreamProtocol) {
    this.#protocol = protocol;
    this.#bufferedProtocol = isBuffered(protocol) ? protocol : null;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get reading(): boolean {
    return !this.#paused && !this.#stopped && this.#eof !== "delivered";
  }

  /** Begins to read, unless reading was paused before. */
  start(): void {
    this.#started = true;
    if (this.reading) this.#link.resume();
  }

  pause(): void {
    if (!this.reading) return;
    this.#paused = true;
    this.#link.pause();
  }

  resume(): void {
    if (!this.#paused || this.#stopped) return;
    this.#paused = false;
    if (!this.#started) return;
    if (this.#inbox.length > 0 || this.#eof === "received") this.#scheduleDrain();
    if (this.#eof === "none") this.#link.resume();
  }

  /** Nothing is delivered from now on. */
  stop(): void {
    this.#stopped = true;
    this.#inbox = [];
    this.#link.pause();
  }

  received(chunk: Buffer, borrowed: boolean): void {
    if (this.#stopped) return;
    this.#bytes += chunk.length;
    const queued = this.#paused || this.#inbox.length > 0 || !this.#context.free;
    if (queued) {
      this.#inbox.push(borrowed ? copy(chunk) : chunk);
      this.#scheduleDrain();
      return;
    }
    this.#current = borrowed && this.#bufferedProtocol === null ? copy(chunk) : chunk;
    this.#context.run(Inbound.#deliverCurrent, this);
  }

  ended(): void {
    if (this.#stopped || this.#eof !== "none") return;
    this.#eof = "received";
    if (this.#paused || this.#inbox.length > 0 || !this.#context.free) this.#scheduleDrain();
    else this.#context.run(Inbound.#drain, this);
  }

  #scheduleDrain(): void {
    if (this.#drainScheduled || this.#paused) return;
    this.#drainScheduled = true;
    this.#context.soon(Inbound.#drain, this);
  }

  static #deliverCurrent(this: void, inbound: Inbound): void {
    const chunk = inbound.#current;
    inbound.#current = EMPTY;
    inbound.#deliver(chunk);
  }

  /** Delivers what waits; the protocol may pause reading or close the transport in between. */
  static #drain(this: void, inbound: Inbound): void {
    inbound.#drainScheduled = false;
    while (inbound.#inbox.length > 0 && !inbound.#paused) inbound.#deliver(inbound.#inbox.shift() ?? EMPTY);
    if (inbound.#eof === "received" && !inbound.#paused) inbound.#deliverEof();
  }

  #deliver(chunk: Buffer): void {
    const buffered = this.#bufferedProtocol;
    try {
      if (buffered !== null) feed(buffered, chunk);
      else this.#protocol.dataReceived?.(chunk);
    } catch (error) {
      this.#owner.protocolFailed(error, buffered === null ? "dataReceived" : "getBuffer or bufferUpdated");
    }
  }

  #deliverEof(): void {
    if (this.#stopped) return;
    this.#eof = "delivered";
    let keepOpen = false;
    try {
      keepOpen = this.protocol.eofReceived?.() === true;
    } catch (error) {
      this.#owner.protocolFailed(error, "eofReceived");
      return;
    }
    this.#owner.ended(keepOpen);
  }
}

function copy(chunk: Buffer): Buffer {
  const owned = Buffer.allocUnsafe(chunk.length);
  chunk.copy(owned);
  return owned;
}

/** Copies a chunk into the protocol's own memory, in as many pieces as that takes. */
function feed(protocol: BufferedProtocol, chunk: Buffer): void {
  for (let offset = 0; offset < chunk.length;) {
    const buffer = protocol.getBuffer(offset === 0 ? UNKNOWN_SIZE : chunk.length - offset);
    if (buffer.length === 0) {
      throw new RuntimeError(
        "GYRE_EMPTY_BUFFER",
        "protocol.getBuffer() returned an empty buffer. Return one with room for at least one byte.",
      );
    }
    const count = chunk.copy(buffer, 0, offset);
    offset += count;
    protocol.bufferUpdated(count);
  }
}
