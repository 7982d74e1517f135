import type { Duplex } from "node:stream";
import { CallbackContext } from "../core/callback-context.ts";
import { RuntimeError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import type { Link, LinkReceiver, LinkTraits } from "../net/driver.ts";
import { ConnectionError } from "../net/errors.ts";

const TRAITS: LinkTraits = { kind: "memory", halfClose: true, highWaterMark: 65_536 };

/** Two ends that are connected with each other. @param capacity - bytes that each keeps until they are read */
export function memoryLinks(loop: EventLoop, capacity: number): [MemoryLink, MemoryLink] {
  const one = new MemoryLink(loop, capacity);
  const other = new MemoryLink(loop, capacity);
  one.connect(other);
  other.connect(one);
  return [one, other];
}

/**
 * One end of a connection in memory. Bytes move to the other end at once, as far as there is room for them; what that means is
 * reported by the ready queue, one event at a time, so that the order is the same on every run.
 */
export class MemoryLink implements Link {
  readonly traits = TRAITS;
  readonly #context: CallbackContext;
  readonly #capacity: number;
  #peer: MemoryLink | null = null;
  #receiver: LinkReceiver | null = null;
  #reading = false;
  /** What the other end has sent and nobody has read. */
  readonly #arrived: Buffer[] = [];
  #arrivedSize = 0;
  #peerEnd: "open" | "ended" | "reported" = "open";
  /** What was written and does not fit into the other end. */
  readonly #unsent: Uint8Array[] = [];
  #pending = 0;
  #ownEnd: "open" | "ending" | "ended" = "open";
  #onClosed: ((error: Error | null) => void) | null = null;
  #over = false;
  // What is to be reported
  #failure: Error | null = null;
  #flushed = false;
  #scheduled = false;

  constructor(loop: EventLoop, capacity: number) {
    this.#context = new CallbackContext(loop);
    this.#capacity = capacity;
  }

  /** To be called once, before anything else. */
  connect(peer: MemoryLink): void {
    this.#peer = peer;
  }

  attach(receiver: LinkReceiver): void {
    this.#receiver = receiver;
    this.#schedule();
  }

  resume(): void {
    this.#reading = true;
    this.#schedule();
  }

  pause(): void {
    this.#reading = false;
  }

  write(chunk: Uint8Array): void {
    this.writev([chunk]);
  }

  writev(chunks: readonly Uint8Array[]): void {
    if (this.#over || this.#ownEnd === "ended") return;
    if (this.#peer?.gone !== false) {
      this.#fail(brokenPipe());
      return;
    }
    for (const chunk of chunks) {
      this.#unsent.push(chunk);
      this.#pending += chunk.length;
    }
    this.#send();
  }

  get pending(): number {
    return this.#pending;
  }

  /** Whether this end was closed. */
  get gone(): boolean {
    return this.#over;
  }

  end(): void {
    if (this.#ownEnd === "open") this.#ownEnd = "ending";
    this.#send();
  }

  close(onClosed: (error: Error | null) => void): void {
    this.#onClosed = onClosed;
    this.end();
    this.#schedule();
  }

  /** Whoever has not closed in an orderly way leaves a reset to the other end; what was under way is lost. */
  destroy(): void {
    if (this.#over) return;
    this.#over = true;
    this.#receiver = null;
    const peer = this.#peer;
    if (peer === null) return;
    if (this.#onClosed === null || this.#ownEnd !== "ended") peer.#fail(reset());
    else if (peer.#pending > 0) peer.#fail(brokenPipe());
  }

  info(_name: string): unknown {
    return undefined;
  }

  release(): Duplex {
    throw new RuntimeError(
      "GYRE_NOT_SUPPORTED",
      "A connection in memory cannot be given away, as for TLS. Use a server on 127.0.0.1 for that.",
    );
  }

  /** Moves what fits to the other end; after the last of it, the end. */
  #send(): void {
    const peer = this.#peer;
    if (this.#over || peer === null) return;
    for (let [chunk] = this.#unsent; chunk !== undefined && peer.#room > 0; [chunk] = this.#unsent) {
      const part = chunk.subarray(0, peer.#room);
      if (part.length === chunk.length) this.#unsent.shift();
      else this.#unsent[0] = chunk.subarray(part.length);
      this.#pending -= part.length;
      peer.#take(part);
    }
    if (this.#ownEnd !== "ending" || this.#pending > 0) return;
    this.#ownEnd = "ended";
    if (peer.#peerEnd === "open") peer.#peerEnd = "ended";
    peer.#schedule();
  }

  get #room(): number {
    return this.#capacity - this.#arrivedSize;
  }

  /** A copy, because who writes may use its memory again once the write is through. */
  #take(part: Uint8Array): void {
    this.#arrived.push(Buffer.from(part));
    this.#arrivedSize += part.length;
    this.#schedule();
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.#failure ??= error;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#over || this.#news === null) return;
    this.#scheduled = true;
    this.#context.soon(MemoryLink.#report, this);
  }

  /** One event; if there is a further one, it waits for its own turn. */
  static #report(this: void, link: MemoryLink): void {
    link.#scheduled = false;
    const receiver = link.#receiver;
    const news = link.#news;
    if (receiver === null || news === null) return;
    news(receiver);
    link.#schedule();
  }

  /** What is to be reported next, if anything. */
  get #news(): ((receiver: LinkReceiver) => void) | null {
    if (this.#receiver === null) return null;
    if (this.#failure !== null) return this.#reportFailure;
    if (this.#flushed) return this.#reportFlushed;
    if (this.#onClosed !== null && this.#ownEnd === "ended") return this.#reportClosed;
    if (!this.#reading) return null;
    if (this.#arrivedSize > 0) return this.#reportArrived;
    return this.#peerEnd === "ended" ? this.#reportEnd : null;
  }

  readonly #reportFailure = (receiver: LinkReceiver): void => {
    const [failure, onClosed] = [this.#failure, this.#onClosed];
    this.#over = true;
    this.#receiver = null;
    if (onClosed !== null) onClosed(failure);
    else receiver.failed(failure);
  };

  readonly #reportFlushed = (receiver: LinkReceiver): void => {
    this.#flushed = false;
    receiver.flushed();
  };

  readonly #reportClosed = (): void => {
    const onClosed = this.#onClosed;
    this.destroy();
    onClosed?.(null);
  };

  /** Everything that has come, as a socket gives it, and not as it was written. */
  readonly #reportArrived = (receiver: LinkReceiver): void => {
    const all = Buffer.concat(this.#arrived.splice(0));
    this.#arrivedSize = 0;
    const peer = this.#peer;
    if (peer !== null) peer.#refill();
    receiver.received(all, false);
  };

  readonly #reportEnd = (receiver: LinkReceiver): void => {
    this.#peerEnd = "reported";
    receiver.ended();
  };

  /** The other end has room again. */
  #refill(): void {
    if (this.#pending === 0) return;
    this.#send();
    this.#flushed = true;
    this.#schedule();
  }
}

function brokenPipe(): ConnectionError {
  return new ConnectionError("EPIPE", "The other end of this connection in memory is closed.");
}

function reset(): ConnectionError {
  return new ConnectionError("ECONNRESET", "The other end of this connection in memory was aborted.");
}
