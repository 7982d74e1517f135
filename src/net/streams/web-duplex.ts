import { Duplex } from "node:stream";
import type {
  ReadableStreamDefaultReader,
  ReadableWritablePair,
  WritableStreamDefaultWriter,
} from "node:stream/web";

type Callback = (error?: Error | null) => void;

/** A Node stream over a pair of web streams. The host's `Duplex.fromWeb` fails where a write of several chunks fails. */
export class WebDuplex extends Duplex {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor({ readable, writable }: ReadableWritablePair<Uint8Array, Uint8Array>) {
    super({ allowHalfOpen: true });
    this.#reader = readable.getReader();
    this.#writer = writable.getWriter();
    this.#writer.closed.catch((error: unknown) => this.destroy(toError(error)));
  }

  override _read(): void {
    void this.#pull();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    void settle(this.#writer.write(chunk), callback);
  }

  override _final(callback: Callback): void {
    void settle(this.#writer.close(), callback);
  }

  override _destroy(error: Error | null, callback: Callback): void {
    void this.#cutOff(error, callback);
  }

  async #pull(): Promise<void> {
    try {
      const { done, value } = await this.#reader.read();
      if (!this.destroyed) this.push(done ? null : value);
    } catch (error) {
      this.destroy(toError(error));
    }
  }

  /** What is cut off here is cut off there. Both ends may be over already, or fail in their turn, which nobody wants to know. */
  async #cutOff(reason: Error | null, finish: Callback): Promise<void> {
    const ends = [this.#reader.cancel(reason)];
    if (!this.writableFinished) ends.push(this.#writer.abort(reason));
    await Promise.allSettled(ends);
    finish(reason);
  }
}

async function settle(work: Promise<unknown>, callback: Callback): Promise<void> {
  let failure: Error | null = null;
  try {
    await work;
  } catch (error) {
    failure = toError(error);
  }
  callback(failure);
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error });
}
