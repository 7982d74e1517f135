import { Duplex } from "node:stream";
import type { CallbackContext } from "../../core/callback-context.ts";
import type { StreamReader } from "./stream-reader.ts";
import type { StreamWriter } from "./stream-writer.ts";

const CHUNK = 65_536; // bytes

type Callback = (error?: Error | null) => void;

/**
 * A `Duplex` that pulls from a reader and pushes into a writer. It works outside of every task: whose call happened to start a
 * read must not be able to cancel it.
 */
export class DuplexBridge extends Duplex {
  readonly #reader: StreamReader;
  readonly #writer: StreamWriter;
  readonly #context: CallbackContext;
  #reading = false;

  constructor(reader: StreamReader, writer: StreamWriter, context: CallbackContext) {
    super({ allowHalfOpen: true, emitClose: true });
    this.#reader = reader;
    this.#writer = writer;
    this.#context = context;
  }

  override _read(): void {
    if (this.#reading) return;
    this.#reading = true;
    this.#context.run(DuplexBridge.#pump, this);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    this.#send(() => this.#writer.write(chunk), callback);
  }

  override _writev(chunks: { readonly chunk: Buffer }[], callback: Callback): void {
    this.#send(() => this.#writer.writelines(chunks.map(({ chunk }) => chunk)), callback);
  }

  override _final(callback: Callback): void {
    this.#send(() => {
      if (this.#writer.canWriteEof() && !this.#writer.isClosing()) this.#writer.writeEof();
    }, callback);
  }

  /** After both ends the connection is closed in order; before, it is cut off. */
  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (error === null && this.writableFinished && this.readableEnded) this.#writer.close();
    else this.#writer.transport.abort();
    this.#context.run(() => void this.#waitClosed(error, callback), undefined);
  }

  #send(action: () => void, callback: Callback): void {
    this.#context.run(() => void this.#perform(action, callback), undefined);
  }

  async #perform(action: () => void, callback: Callback): Promise<void> {
    let failure: Error | null = null;
    try {
      action();
      await this.#writer.drain();
    } catch (error) {
      failure = toError(error);
    }
    callback(failure);
  }

  async #waitClosed(error: Error | null, callback: (error: Error | null) => void): Promise<void> {
    try {
      await this.#writer.waitClosed();
    } catch {
      // what destroyed the stream counts, and not how the connection ended after that
    }
    callback(error);
  }

  static #pump(this: void, bridge: DuplexBridge): void {
    void bridge.#pumpOnce();
  }

  async #pumpOnce(): Promise<void> {
    try {
      const data = await this.#reader.read(CHUNK);
      this.#reading = false;
      if (!this.destroyed) this.push(data.length > 0 ? data : null);
    } catch (error) {
      this.#reading = false;
      this.destroy(toError(error));
    }
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error });
}
