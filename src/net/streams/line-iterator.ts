import type { StreamReader } from "./stream-reader.ts";

/** Reads lines until the stream ends. Leaving the loop early leaves the rest in the reader. */
export class LineIterator implements AsyncIterator<Buffer, undefined> {
  readonly #reader: StreamReader;

  constructor(reader: StreamReader) {
    this.#reader = reader;
  }

  async next(): Promise<IteratorResult<Buffer, undefined>> {
    const line = await this.#reader.readline();
    return line.length > 0 ? { done: false, value: line } : { done: true, value: undefined };
  }
}
