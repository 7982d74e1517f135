import { describe } from "../../core/arguments.ts";
import type { CallbackContext } from "../../core/callback-context.ts";
import { ArgumentTypeError, RuntimeError } from "../../core/errors.ts";
import type { ByteSource, Link } from "../driver.ts";
import { type BufferedProtocol, isBuffered, type StreamProtocol } from "../protocols.ts";
import { Backlog } from "./backlog.ts";
import { ownCopy } from "./chunk-memory.ts";

const UNKNOWN_SIZE = -1;
/** Chunks that may wait for a loop which is busy, or does not run, before the link stops reading. */
const MOST_WAITING = 16;
const EMPTY = Buffer.alloc(0);

/** What the incoming direction needs of its transport. */
export interface InboundOwner {
  readonly link: Link;
  readonly context: CallbackContext;
  /** A method of the protocol threw. */
  protocolFailed(error: unknown, method: string): void;
  /** The protocol knows that the peer will send no more; `keepOpen` is what it answered. */
  inboundEnded(keepOpen: boolean): void;
}

/**
 * - `new`: reading has not begun
 * - `ended`: the peer has said all, and the protocol does not know it yet
 * - `told`: the protocol knows it
 * - `stopped`: nothing is delivered any more
 */
type Phase = "new" | "open" | "ended" | "told" | "stopped";

/**
 * The incoming half of a stream transport: hands what a link receives to the protocol, in order, and never while reading is
 * paused.
 *
 * Each connection has one, so what it seldom needs it makes when it needs it, and its methods are `private` and not `#private`: V8
 * marks every object of a class that has such methods, with 8 bytes.
 */
export class Inbound {
  /** The chunk that `deliverCurrent` is to hand over at once; a field, because a callback takes one argument. */
  static #current: Buffer = EMPTY;
  /** What `pullNow` is to read from at once. */
  static #source: ByteSource | null = null;
  readonly #owner: InboundOwner;
  #protocol: StreamProtocol;
  #backlog: Backlog | null = null;
  #phase: Phase = "new";
  #paused = false;
  #bytes = 0;

  constructor(protocol: StreamProtocol, owner: InboundOwner) {
    this.#owner = owner;
    this.#protocol = requireProtocol(protocol, "protocolFactory()");
  }

  get protocol(): StreamProtocol {
    return this.#protocol;
  }

  set protocol(protocol: StreamProtocol) {
    this.#protocol = requireProtocol(protocol, "transport.setProtocol(protocol)");
  }

  get bytes(): number {
    return this.#bytes;
  }

  get reading(): boolean {
    return !this.#paused && this.#phase !== "told" && this.#phase !== "stopped";
  }

  /** Whether something that came will be delivered by the ready queue. */
  get waiting(): boolean {
    return this.#backlog?.scheduled ?? false;
  }

  /** Takes back what the protocol was given and has no use for. Reading is paused. */
  giveBack(chunk: Buffer): void {
    if (chunk.length > 0) this.keep().chunks.unshift(chunk);
  }

  /** Begins to read, unless reading was paused before. */
  start(): void {
    if (this.#phase === "new") this.#phase = "open";
    if (this.reading) this.#owner.link.resume();
  }

  pause(): void {
    if (!this.reading) return;
    this.#paused = true;
    this.#owner.link.pause();
  }

  resume(): void {
    if (!this.#paused || this.#phase === "stopped") return;
    this.#paused = false;
    if (this.#phase === "new") return;
    if (this.isBehind || this.#phase === "ended") this.scheduleDrain();
    if (this.#phase === "open") this.#owner.link.resume();
  }

  /** Nothing is delivered from now on. */
  stop(): void {
    this.#phase = "stopped";
    this.#backlog = null;
    this.#owner.link.pause();
  }

  /** Nothing is delivered from now on; what came belongs to the caller, and so does the rest of a chunk that is being delivered. */
  release(): { readonly unread: readonly Buffer[]; readonly ended: boolean } {
    this.#paused = true;
    this.#owner.link.pause();
    return { unread: this.keep().chunks, ended: this.#phase === "ended" || this.#phase === "told" };
  }

  received(chunk: Buffer, borrowed: boolean): void {
    if (this.#phase === "stopped") return;
    this.#bytes += chunk.length;
    if (!this.mayDeliver()) {
      const { chunks } = this.keep();
      chunks.push(borrowed ? ownCopy(chunk) : chunk);
      if (chunks.length >= MOST_WAITING) this.holdUp();
      this.scheduleDrain();
      return;
    }
    Inbound.#current = borrowed && !isBuffered(this.#protocol) ? ownCopy(chunk) : chunk;
    this.#owner.context.run(Inbound.#deliverCurrent, this);
  }

  ended(): void {
    if (this.#phase !== "new" && this.#phase !== "open") return;
    this.#phase = "ended";
    if (this.mayDeliver()) this.#owner.context.run(Inbound.#drain, this);
    else this.scheduleDrain();
  }

  /** For a protocol with memory of its own, as long as nothing waits. */
  pull(source: ByteSource): boolean {
    if (this.#phase === "stopped" || !isBuffered(this.#protocol) || !this.mayDeliver()) return false;
    Inbound.#source = source;
    this.#owner.context.run(Inbound.#pullNow, this);
    return true;
  }

  private mayDeliver(): boolean {
    return !this.#paused && !this.isBehind && this.#owner.context.mayRunNow();
  }

  private get isBehind(): boolean {
    return this.#backlog !== null && this.#backlog.chunks.length > 0;
  }

  private keep(): Backlog {
    return (this.#backlog ??= new Backlog());
  }

  private scheduleDrain(): void {
    if (this.waiting || this.#paused) return;
    this.keep().scheduled = true;
    this.#owner.context.soon(Inbound.#drain, this);
  }

  private holdUp(): void {
    this.keep().full = true;
    this.#owner.link.pause();
  }

  static #deliverCurrent(this: void, inbound: Inbound): void {
    const chunk = Inbound.#current;
    Inbound.#current = EMPTY;
    inbound.deliver(chunk);
  }

  static #pullNow(this: void, inbound: Inbound): void {
    const source = Inbound.#source;
    Inbound.#source = null;
    const protocol = inbound.#protocol;
    if (source !== null && isBuffered(protocol)) inbound.fill(protocol, source);
  }

  /** Delivers what waits; the protocol may pause reading or close the transport in between. */
  static #drain(this: void, inbound: Inbound): void {
    if (inbound.#backlog !== null) inbound.#backlog.scheduled = false;
    while (inbound.isBehind && !inbound.#paused) inbound.deliver(inbound.#backlog?.chunks.shift() ?? EMPTY);
    if (inbound.#paused) return;
    const full = inbound.#backlog?.full === true;
    inbound.#backlog = null;
    if (inbound.#phase === "ended") inbound.deliverEof();
    else if (full && inbound.reading) inbound.#owner.link.resume();
  }

  private deliver(chunk: Buffer): void {
    const protocol = this.#protocol;
    if (isBuffered(protocol)) {
      this.feed(protocol, chunk);
      return;
    }
    try {
      protocol.dataReceived?.(chunk);
    } catch (error) {
      this.#owner.protocolFailed(error, "dataReceived");
    }
  }

  /** Reads into the protocol's own memory. */
  private fill(protocol: BufferedProtocol, source: ByteSource): void {
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
  private feed(protocol: BufferedProtocol, chunk: Buffer): void {
    let method = "getBuffer";
    try {
      for (let offset = 0; offset < chunk.length;) {
        if (this.#paused || this.#phase === "stopped" || this.#protocol !== protocol) {
          this.putBack(chunk.subarray(offset));
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
  private putBack(rest: Buffer): void {
    if (this.#phase === "stopped") return;
    this.keep().chunks.unshift(ownCopy(rest));
    this.scheduleDrain();
  }

  private deliverEof(): void {
    if (this.#phase === "stopped") return;
    this.#phase = "told";
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
