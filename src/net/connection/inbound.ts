import { describe } from "../../core/arguments.ts";
import type { CallbackContext } from "../../core/callback-context.ts";
import { ArgumentTypeError, RuntimeError } from "../../core/errors.ts";
import type { ByteSource, Link } from "../driver.ts";
import { type BufferedProtocol, isBuffered, type Protocol, type StreamProtocol } from "../protocols.ts";
import { ownCopy } from "./chunk-memory.ts";

const UNKNOWN_SIZE = -1;
/** Chunks that may wait for a loop which is busy, or does not run, before the link stops reading. */
const MOST_WAITING = 16;
const EMPTY = Buffer.alloc(0);

/** What the incoming direction needs of its transport. */
export interface InboundOwner {
  /** A method of the protocol threw. */
  protocolFailed(error: unknown, method: string): void;
  /** The protocol knows that the peer will send no more; `keepOpen` is what it answered. */
  inboundEnded(keepOpen: boolean): void;
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
  /** What `pullNow` is to read from. */
  #source: ByteSource | null = null;
  #eof: "none" | "received" | "delivered" = "none";
  #paused = false;
  #started = false;
  #stopped = false;
  #drainScheduled = false;
  /** Whether the link stopped reading because too much waits. */
  #full = false;
  #bytes = 0;

  constructor(link: Link, protocol: StreamProtocol, context: CallbackContext, owner: InboundOwner) {
    this.#link = link;
    this.#context = context;
    this.#owner = owner;
    this.#protocol = requireProtocol(protocol, "protocolFactory()"); // the methods of the other kind are never called
    this.#bufferedProtocol = isBuffered(protocol) ? protocol : null;
  }

  get protocol(): StreamProtocol {
    return this.#bufferedProtocol ?? this.#protocol;
  }

  set protocol(protocol: StreamProtocol) {
    this.#protocol = requireProtocol(protocol, "transport.setProtocol(protocol)");
    this.#bufferedProtocol = isBuffered(protocol) ? protocol : null;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get reading(): boolean {
    return !this.#paused && !this.#stopped && this.#eof !== "delivered";
  }

  /** Whether something that came will be delivered by the ready queue. */
  get waiting(): boolean {
    return this.#drainScheduled;
  }

  /** Takes back what the protocol was given and has no use for. Reading is paused. */
  giveBack(chunk: Buffer): void {
    if (chunk.length > 0) this.#inbox.unshift(chunk);
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

  /** Nothing is delivered from now on; what came belongs to the caller, and so does the rest of a chunk that is being delivered. */
  release(): { readonly unread: readonly Buffer[]; readonly ended: boolean } {
    this.#paused = true;
    this.#link.pause();
    return { unread: this.#inbox, ended: this.#eof !== "none" };
  }

  received(chunk: Buffer, borrowed: boolean): void {
    if (this.#stopped) return;
    this.#bytes += chunk.length;
    if (!this.#mayDeliver()) {
      this.#inbox.push(borrowed ? ownCopy(chunk) : chunk);
      if (this.#inbox.length >= MOST_WAITING) this.#holdUp();
      this.#scheduleDrain();
      return;
    }
    this.#current = borrowed && this.#bufferedProtocol === null ? ownCopy(chunk) : chunk;
    this.#context.run(Inbound.#deliverCurrent, this);
  }

  ended(): void {
    if (this.#stopped || this.#eof !== "none") return;
    this.#eof = "received";
    if (this.#mayDeliver()) this.#context.run(Inbound.#drain, this);
    else this.#scheduleDrain();
  }

  /** For a protocol with memory of its own, as long as nothing waits. */
  pull(source: ByteSource): boolean {
    if (this.#bufferedProtocol === null || this.#stopped || !this.#mayDeliver()) return false;
    this.#source = source;
    this.#context.run(Inbound.#pullNow, this);
    return true;
  }

  #mayDeliver(): boolean {
    return !this.#paused && this.#inbox.length === 0 && this.#context.mayRunNow();
  }

  #scheduleDrain(): void {
    if (this.#drainScheduled || this.#paused) return;
    this.#drainScheduled = true;
    this.#context.soon(Inbound.#drain, this);
  }

  #holdUp(): void {
    this.#full = true;
    this.#link.pause();
  }

  static #deliverCurrent(this: void, inbound: Inbound): void {
    const chunk = inbound.#current;
    inbound.#current = EMPTY;
    inbound.#deliver(chunk);
  }

  static #pullNow(this: void, inbound: Inbound): void {
    const source = inbound.#source;
    inbound.#source = null;
    if (source !== null && inbound.#bufferedProtocol !== null)
      inbound.#fill(inbound.#bufferedProtocol, source);
  }

  /** Delivers what waits; the protocol may pause reading or close the transport in between. */
  static #drain(this: void, inbound: Inbound): void {
    inbound.#drainScheduled = false;
    while (inbound.#inbox.length > 0 && !inbound.#paused) inbound.#deliver(inbound.#inbox.shift() ?? EMPTY);
    if (inbound.#paused) return;
    if (inbound.#eof === "received") inbound.#deliverEof();
    else if (inbound.#full && inbound.reading) inbound.#link.resume();
    inbound.#full = false;
  }

  #deliver(chunk: Buffer): void {
    if (this.#bufferedProtocol !== null) {
      this.#feed(this.#bufferedProtocol, chunk);
      return;
    }
    try {
      this.#protocol.dataReceived?.(chunk);
    } catch (error) {
      this.#owner.protocolFailed(error, "dataReceived");
    }
  }

  /** Reads into the protocol's own memory. */
  #fill(protocol: BufferedProtocol, source: ByteSource): void {
    let method = "getBuffer";
    try {
      const count = source.read(requireRoom(protocol.getBuffer(UNKNOWN_SIZE)));
      this.#bytes += count;
      method = "bufferUpdated";
      if (count > 0) protocol.bufferUpdated(count);
    } catch (error) {
      this.#owner.protocolFailed(error, method);
    }
  }

  /** Copies a chunk into the protocol's own memory, in as many pieces as that takes, until the protocol wants no more. */
  #feed(protocol: BufferedProtocol, chunk: Buffer): void {
    let method = "getBuffer";
    try {
      for (let offset = 0; offset < chunk.length;) {
        if (this.#paused || this.#stopped || this.#bufferedProtocol !== protocol) {
          this.#keep(chunk.subarray(offset));
          return;
        }
        method = "getBuffer";
        const buffer = requireRoom(protocol.getBuffer(offset === 0 ? UNKNOWN_SIZE : chunk.length - offset));
        const count = chunk.copy(buffer, 0, offset);
        offset += count;
        method = "bufferUpdated";
        protocol.bufferUpdated(count);
      }
    } catch (error) {
      this.#owner.protocolFailed(error, method);
    }
  }

  /** For when reading goes on, or for the protocol that took over. */
  #keep(rest: Buffer): void {
    if (this.#stopped) return;
    this.#inbox.unshift(ownCopy(rest));
    this.#scheduleDrain();
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
    this.#owner.inboundEnded(keepOpen);
  }
}

function requireProtocol(protocol: StreamProtocol, where: string): StreamProtocol {
  if (typeof protocol === "object" && protocol !== null) return protocol;
  throw new ArgumentTypeError(`${where} has to be a protocol, an object, but it is ${describe(protocol)}.`);
}

function requireRoom(buffer: unknown): Uint8Array {
  if (!(buffer instanceof Uint8Array)) {
    throw new ArgumentTypeError(
      `protocol.getBuffer() has to return a Buffer or Uint8Array, but it returned ${describe(buffer)}.`,
    );
  }
  if (buffer.length > 0) return buffer;
  throw new RuntimeError(
    "GYRE_EMPTY_BUFFER",
    "protocol.getBuffer() returned an empty buffer. Return one with room for at least one byte.",
  );
}
