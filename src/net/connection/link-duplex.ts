import { Duplex } from "node:stream";
import type { Link, LinkReceiver } from "../driver.ts";
import { ownCopy } from "./chunk-memory.ts";

/** A link as a Node stream, for a layer such as TLS that the host puts upon streams. */
export class LinkDuplex extends Duplex implements LinkReceiver {
  readonly #link: Link;
  #onFlushed: ((error?: Error | null) => void) | null = null;

  constructor(link: Link) {
    super({ allowHalfOpen: true, autoDestroy: true });
    this.#link = link;
    link.attach(this);
  }

  override _read(): void {
    this.#link.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#link.write(chunk);
    this.#whenFlushed(callback);
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: BufferEncoding }[],
    callback: (error?: Error | null) => void,
  ): void {
    this.#link.writev(chunks.map(({ chunk }) => chunk));
    this.#whenFlushed(callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#link.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#link.destroy();
    this.#onFlushed = null;
    callback(error);
  }

  // What the link reports

  received(chunk: Buffer, borrowed: boolean): void {
    if (!this.push(borrowed ? ownCopy(chunk) : chunk)) this.#link.pause();
  }

  ended(): void {
    this.push(null);
  }

  flushed(): void {
    if (this.#link.pending > 0) return;
    const callback = this.#onFlushed;
    this.#onFlushed = null;
    callback?.();
  }

  failed(error: Error | null): void {
    this.destroy(error ?? undefined);
  }

  #whenFlushed(callback: (error?: Error | null) => void): void {
    if (this.#link.pending === 0) callback();
    else this.#onFlushed = callback;
  }
}
