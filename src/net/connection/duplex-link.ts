import { Duplex, type Readable, type Writable } from "node:stream";
import type { Link, LinkReceiver, LinkTraits } from "../driver.ts";
import { ConnectionError } from "../errors.ts";

const NOTHING = Buffer.alloc(0);

export interface StreamEnds {
  readonly readable: Readable | null;
  readonly writable: Writable | null;
}

export interface DuplexLinkOptions {
  readonly traits: LinkTraits;
  readonly info: (name: string) => unknown;
  /** Whether somebody else reads, and calls `receive`: then the stream is only paused and resumed. */
  readonly fed?: boolean;
  /** Whether a write is hardly ever done when it returns, as with TLS: then each write calls back by itself. */
  readonly slow?: boolean;
}

/** A link over Node's streams: a socket, a TLS socket, the ends of a pipe, or any `Duplex`. */
export class DuplexLink implements Link {
  readonly traits: LinkTraits;
  readonly info: (name: string) => unknown;
  readonly #readable: Readable | null;
  readonly #writable: Writable | null;
  readonly #fed: boolean;
  readonly #slow: boolean;
  #receiver: LinkReceiver | null = null;
  /** What happened before there was a receiver. */
  #early: { readonly failure: Error | null } | null = null;
  #onData: ((chunk: Buffer) => void) | null = null;
  #onWritten: ((error?: Error | null) => void) | null = null;
  #sentinel = false;
  #onFlushed: (() => void) | null = null;
  /** Whether something that was written got lost. */
  #cut = false;
  #over = false;

  constructor(
    { readable, writable }: StreamEnds,
    { traits, info, fed = false, slow = false }: DuplexLinkOptions,
  ) {
    this.traits = traits;
    this.info = info;
    this.#readable = readable;
    this.#writable = writable;
    this.#fed = fed;
    this.#slow = slow;
    readable?.pause();
    for (const stream of new Set([readable, writable])) {
      stream?.on("error", this.#onError);
      stream?.on("close", this.#onClose);
    }
  }

  attach(receiver: LinkReceiver): void {
    this.#receiver = receiver;
    if (this.#early !== null) {
      receiver.failed(this.#early.failure);
      return;
    }
    this.#readable?.on("end", this.#onEnd);
    if (!this.#fed) this.#takeData();
    if (this.#readable?.readableEnded) receiver.ended(); // TLS reads though nobody wants to
  }

  resume(): void {
    this.#readable?.resume();
  }

  pause(): void {
    this.#readable?.pause();
  }

  /** For whoever feeds this link: bytes came. False: stop reading. */
  receive(chunk: Buffer): boolean {
    this.#receiver?.received(chunk, true);
    return true;
  }

  write(chunk: Uint8Array): void {
    if (this.#slow) this.#writable?.write(chunk, this.#written);
    else {
      this.#writable?.write(chunk);
      this.#watchPending();
    }
  }

  writev(chunks: readonly Uint8Array[]): void {
    this.#writable?.cork();
    for (const chunk of chunks) this.#writable?.write(chunk, this.#slow ? this.#written : undefined);
    this.#writable?.uncork();
    this.#watchPending();
  }

  get pending(): number {
    return this.#writable?.writableLength ?? 0;
  }

  end(): void {
    this.#writable?.end(this.#written);
  }

  close(onClosed: (error: Error | null) => void): void {
    const finish = (): void => {
      this.destroy();
      onClosed(null);
    };
    if (this.#over) finish();
    else if (this.#readable === null && this.#writable?.writable) {
      // A stream of the user's may have something to do at its end.
      this.#writable.end((error?: Error | null) => {
        if (!error && !this.#over) finish();
      });
    } else if (this.pending === 0) finish();
    else this.#onFlushed = finish;
  }

  destroy(): void {
    this.#over = true;
    this.#receiver = null;
    this.#onFlushed = null;
    this.#readable?.destroy();
    this.#writable?.destroy();
  }

  release(): Duplex {
    this.#over = true;
    this.#receiver = null;
    this.#unlisten();
    if (this.#readable instanceof Duplex && this.#readable === this.#writable) return this.#readable;
    return Duplex.from({
      ...(this.#readable === null ? {} : { readable: this.#readable }),
      ...(this.#writable === null ? {} : { writable: this.#writable }),
    });
  }

  #takeData(): void {
    this.#onData = (chunk) => this.#receiver?.received(chunk, false);
    this.#readable?.on("data", this.#onData).pause();
  }

  readonly #onEnd = (): void => {
    this.#receiver?.ended();
  };

  readonly #onError = (error: Error): void => {
    this.#fail(error);
  };

  readonly #onClose = (): void => {
    const orderly = this.#readable?.readableEnded !== false && this.#writable?.writableFinished !== false;
    if (!orderly || this.#readable === null) this.#fail(null); // who only writes ends the stream by itself
    if (this.#readable?.closed !== false && this.#writable?.closed !== false) this.#unlisten();
  };

  #unlisten(): void {
    for (const stream of new Set([this.#readable, this.#writable])) {
      stream?.off("error", this.#onError).off("close", this.#onClose);
      stream?.off("end", this.#onEnd);
      if (this.#onData !== null) stream?.off("data", this.#onData);
    }
  }

  #fail(reported: Error | null): void {
    if (this.#over) return;
    const failure = this.#reasonFor(reported);
    this.#early ??= { failure };
    this.#receiver?.failed(failure);
  }

  /** To one who only writes, a reader that leaves is no failure unless something is still to be sent (row PIPE-02). */
  #reasonFor(reported: Error | null): Error | null {
    if (this.#readable !== null || !(reported === null || isReadReset(reported))) return reported;
    return this.#cut || this.pending > 0
      ? new ConnectionError("EPIPE", "The reader left before everything was sent.")
      : null;
  }

  /** Node tells when a write has reached the system only to the write's own callback, so an empty one follows what is pending. */
  #watchPending(): void {
    if (this.#slow || this.#sentinel || this.pending === 0 || this.#over) return;
    if (!this.#writable?.writable) return; // the end itself tells when everything before it has gone
    this.#sentinel = true;
    this.#writable.write(NOTHING, this.#written);
  }

  /** Made when something first has to wait: most writes do not. */
  get #written(): (error?: Error | null) => void {
    return (this.#onWritten ??= (error) => this.#noteWritten(error));
  }

  #noteWritten(error?: Error | null): void {
    if (this.#over) return;
    if (error) {
      this.#cut = true; // the stream says why, or that it closed
      return;
    }
    this.#sentinel = false;
    this.#receiver?.flushed();
    if (this.pending > 0) this.#watchPending();
    else this.#onFlushed?.();
  }
}

function isReadReset(error: NodeJS.ErrnoException): boolean {
  return error.code === "ECONNRESET" && error.syscall === "read";
}
