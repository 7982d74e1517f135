import { Duplex } from "node:stream";
import type { Link, LinkReceiver } from "../../../net/driver.ts";

/** A link as a Node stream, for TLS to be put upon. What the host does with it takes turns of the host, which `stir` announces. */
export class LinkDuplex extends Duplex implements LinkReceiver {
  readonly #link: Link;
  readonly #stir: () => void;
  #onTaken: (() => void) | null = null;

  constructor(link: Link, stir: () => void) {
    super();
    this.#link = link;
    this.#stir = stir;
    link.attach(this);
    stir();
  }

  received(chunk: Buffer): void {
    this.#stir();
    if (!this.push(chunk)) this.#link.pause();
  }

  ended(): void {
    this.#stir();
    this.push(null);
  }

  flushed(): void {
    this.#stir();
    if (this.#link.pending > 0) return;
    const onTaken = this.#onTaken;
    this.#onTaken = null;
    onTaken?.();
  }

  failed(error: Error | null): void {
    this.#stir();
    this.destroy(error ?? undefined);
  }

  override _read(): void {
    this.#stir();
    this.#link.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#stir();
    this.#link.write(chunk);
    if (this.#link.pending === 0) callback();
    else this.#onTaken = callback;
  }

  override _final(callback: () => void): void {
    this.#stir();
    this.#link.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#stir();
    this.#link.destroy();
    callback(error);
  }
}
