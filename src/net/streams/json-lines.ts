import { describe } from "../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError, RuntimeError } from "../../core/errors.ts";
import { IncompleteReadError, LimitOverrunError } from "../errors.ts";
import { JsonLineError } from "./json-line-error.ts";
import { Separators } from "./separators.ts";
import type { StreamReader } from "./stream-reader.ts";
import type { StreamWriter } from "./stream-writer.ts";

export interface JsonLinesOptions {
  /** The longest line in bytes; 67,108,864 (64 MiB) by default. The limit of the reader does not matter. */
  readonly maxLength?: number | undefined;
}

const MAX_LENGTH = 67_108_864; // bytes
const NEWLINE = new Separators("\n", "JsonLines");
const BLANK = /^\s*$/;

/**
 * One JSON value per line, in both directions: JSON-RPC over pipes, logs, the protocols of language servers and agents.
 *
 * What comes is not checked against `In`; that is up to you.
 *
 * @param reader - where values come from
 * @param writer - where they go to; null for a stream that is only read
 * @param options.maxLength - the longest line in bytes; 64 MiB by default, whatever the limit of the reader
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
 * @example
 * const [reader, writer] = await openConnection("127.0.0.1", 4000);
 * const messages = new JsonLines<Reply, Request>(reader, writer);
 * await messages.write({ id: 1, method: "ping" });
 * for await (const reply of messages) console.log(reply);
 *
 * asyncio has nothing like it; a `readline()` there fails at 64 KiB.
 */
export class JsonLines<In = unknown, Out = unknown> implements AsyncIterable<In> {
  readonly #reader: StreamReader;
  readonly #writer: StreamWriter | null;
  readonly #maxLength: number;
  /** The number of the line that is read next, from 1. */
  #line = 1;
  /** The rest of a line that is too long has yet to come. */
  #skipping = false;

  constructor(
    reader: StreamReader,
    writer: StreamWriter | null = null,
    { maxLength = MAX_LENGTH }: JsonLinesOptions = {},
  ) {
    if (typeof maxLength !== "number" || !(maxLength > 0)) {
      const problem = `new JsonLines(reader, writer, { maxLength }) expects a number of bytes greater than zero, but got ${describe(maxLength)}.`;
      throw typeof maxLength === "number" ? new ArgumentRangeError(problem) : new ArgumentTypeError(problem);
    }
    this.#reader = reader;
    this.#writer = writer;
    this.#maxLength = maxLength;
  }

  /**
   * Reads the next value. Blank lines are skipped; the last line needs no newline.
   *
   * @returns undefined at the end of the stream
   * @throws JsonLineError `GYRE_INVALID_JSON` - a line is not JSON. The next call reads the next line
   * @throws LimitOverrunError `GYRE_LIMIT_OVERRUN` - a line is longer than `maxLength`. The next call reads the next line
   * @throws RuntimeError `GYRE_ALREADY_READING`; Error of the connection
   *
   * Cancel safety: nothing is lost.
   */
  async read(): Promise<In | undefined> {
    while (!this.#reader.atEof() || this.#reader.exception() !== null) {
      const line = await this.#nextLine();
      if (line !== null && !BLANK.test(line)) return this.#parse(line);
    }
    return undefined;
  }

  /**
   * Writes a value, and waits while the peer is slow.
   *
   * @throws TypeError `GYRE_INVALID_ARGUMENT` - JSON has nothing for it, as for undefined and functions
   * @throws RuntimeError `GYRE_NOT_SUPPORTED` - there is no writer; ConnectionError `ECONNRESET`
   *
   * Cancel safety: the value is sent whole.
   */
  write(value: Out): Promise<void> {
    const text: string | undefined = JSON.stringify(value);
    if (text === undefined)
      throw new ArgumentTypeError(
        `jsonLines.write(value) expects what JSON can say, but got ${describe(value)}.`,
      );
    if (this.#writer === null) {
      const problem = "jsonLines.write() needs a writer: new JsonLines(reader, writer).";
      return Promise.reject(new RuntimeError("GYRE_NOT_SUPPORTED", problem));
    }
    this.#writer.write(`${text}\n`);
    return this.#writer.drain();
  }

  /** The values up to the end of the stream. */
  async *[Symbol.asyncIterator](): AsyncGenerator<In, undefined, undefined> {
    for (;;) {
      const value = await this.read();
      if (value === undefined) return undefined;
      yield value;
    }
  }

  /** A line without its newline, or null where it was only the rest of one that is too long. */
  async #nextLine(): Promise<string | null> {
    try {
      const line = await this.#reader.seek(NEWLINE, this.#maxLength, "read");
      return this.#finished(line.toString("utf8", 0, line.length - 1));
    } catch (error) {
      if (error instanceof IncompleteReadError) return this.#finished(error.partial.toString());
      if (error instanceof LimitOverrunError) return this.#overrun(error);
      throw error;
    }
  }

  /** The end of a line has been read. */
  #finished(line: string): string | null {
    const isRest = this.#skipping;
    this.#skipping = false;
    this.#line++;
    return isRest ? null : line;
  }

  #overrun(error: LimitOverrunError): null {
    const known = this.#skipping;
    const number = this.#line;
    if (this.#reader.dropOverrun(error) === "all of it") this.#finished("");
    else this.#skipping = true;
    if (known) return null;
    throw new LimitOverrunError(
      `Line ${number} is longer than ${this.#maxLength} bytes. It is skipped. ` +
        "Raise the limit with new JsonLines(reader, writer, { maxLength }), in bytes.",
      error.consumed,
    );
  }

  #parse(text: string): In {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new JsonLineError(this.#line - 1, text, cause);
    }
  }
}
