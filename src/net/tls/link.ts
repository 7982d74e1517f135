import type { Duplex } from "node:stream";
import { TimeoutError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { TimerHandle } from "../../core/handle.ts";
import { DuplexLink } from "../connection/duplex-link.ts";
import type { Link, LinkReceiver, LinkTraits } from "../driver.ts";
import type { Secured } from "./secured.ts";

const TRAITS: LinkTraits = { kind: "TLS", halfClose: false, highWaterMark: 524_288 }; // bytes, as in asyncio

export interface TlsLinkOptions {
  /** What TLS runs upon. */
  readonly below: Duplex;
  /** What the link below knew. */
  readonly info: (name: string) => unknown;
  /** Milliseconds. */
  readonly shutdownTimeout: number;
}

/** A connection after its handshake. Bytes move as over any stream; only the end is TLS's own. */
export class TlsLink implements Link {
  readonly traits = TRAITS;
  readonly #loop: EventLoop;
  readonly #secured: Secured;
  readonly #stream: DuplexLink;
  readonly #options: TlsLinkOptions;
  readonly #details: Readonly<Record<string, unknown>>;
  #deadline: TimerHandle | null = null;
  /** Once the notice of the end is on its way, nothing can follow it. */
  #ending = false;

  constructor(loop: EventLoop, secured: Secured, options: TlsLinkOptions) {
    const { socket } = secured;
    this.#loop = loop;
    this.#secured = secured;
    this.#options = options;
    this.#stream = new DuplexLink(
      { readable: socket, writable: socket },
      { traits: TRAITS, info: options.info, slow: true },
    );
    const certificate = socket.getPeerCertificate();
    this.#details = {
      peercert: Object.keys(certificate ?? {}).length > 0 ? certificate : null,
      cipher: socket.getCipher(),
      compression: null,
      sslObject: socket,
    };
  }

  get pending(): number {
    return this.#stream.pending;
  }

  attach(receiver: LinkReceiver): void {
    this.#stream.attach(receiver);
  }

  resume(): void {
    this.#stream.resume();
  }

  pause(): void {
    this.#stream.pause();
  }

  write(chunk: Uint8Array): void {
    if (!this.#ending) this.#stream.write(chunk);
  }

  writev(chunks: readonly Uint8Array[]): void {
    if (!this.#ending) this.#stream.writev(chunks);
  }

  end(): void {
    this.#ending = true;
    this.#stream.end();
  }

  /** Sends what is pending and the notice of the end, and waits for the peer's; what comes before that is thrown away. */
  close(onClosed: (error: Error | null) => void): void {
    const { socket } = this.#secured;
    const finish = (error: Error | null): void => {
      this.destroy();
      onClosed(error);
    };
    const look = (): void => {
      if (socket.writableFinished && socket.readableEnded) finish(null);
    };
    socket.once("finish", look).once("end", look);
    this.#limitShutdown(() =>
      finish(
        new TimeoutError(
          `The peer did not answer the end of the TLS connection within ${this.#options.shutdownTimeout} ms.`,
        ),
      ),
    );
    this.#ending = true;
    socket.end();
    socket.resume();
    look();
  }

  destroy(): void {
    this.#deadline?.cancel();
    this.#stream.destroy();
    this.#options.below.destroy();
  }

  info(name: string): unknown {
    if (name === "sslcontext") return this.#secured.context();
    return name in this.#details ? this.#details[name] : this.#stream.info(name);
  }

  release(): Duplex {
    return this.#stream.release();
  }

  /** The time begins anew as long as the peer still takes what is pending. */
  #limitShutdown(onTimeout: () => void): void {
    const { shutdownTimeout } = this.#options;
    if (shutdownTimeout === Infinity) return;
    const before = this.pending;
    this.#deadline = this.#loop.callLater(shutdownTimeout, () => {
      if (this.pending < before) this.#limitShutdown(onTimeout);
      else onTimeout();
    });
  }
}
