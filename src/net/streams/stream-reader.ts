import { describe } from "../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError, RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
import { brief, inspectSymbol } from "../../core/inspect.ts";
import { currentLoop } from "../../core/loops.ts";
import { toBytes } from "../data.ts";
import { IncompleteReadError, LimitOverrunError } from "../errors.ts";
import type { Data, ReadTransport } from "../transports.ts";
import { ByteQueue } from "./byte-queue.ts";
import { DEFAULT_LIMIT, requireLimit } from "./limit.ts";
import { LineIterator } from "./line-iterator.ts";
import { ReadWait } from "./read-wait.ts";
import { type Match, Separators } from "./separators.ts";

export interface StreamReaderOptions {
  /** The longest line in bytes, and half of what is buffered before the transport is paused; 65,536 by default. */
  readonly limit?: number | undefined;
  /** The loop to wait on; the running one by default. */
  readonly loop?: EventLoop | undefined;
}

export interface StreamReaderStatistics {
  /** Bytes that came and were not read. */
  readonly buffered: number;
  readonly limit: number;
  /** Whether the end of the stream has come; there may be bytes before it. */
  readonly eof: boolean;
  /** Whether somebody waits for bytes. */
  readonly waiting: boolean;
  /** Whether the transport was told to stop reading. */
  readonly paused: boolean;
}

const EMPTY = Buffer.alloc(0);
const NEWLINE = new Separators("\n", "StreamReader");

/**
 * The incoming half of a stream. `openConnection` and `startServer` give you one.
 *
 * One reader at a time. Whatever is cancelled, in the middle of whatever, loses no byte: bytes leave the buffer only when a read
 * has all that it asked for.
 *
 * @example
 * const [reader, writer] = await openConnection("example.org", 80);
 * writer.write("HEAD / HTTP/1.0\r\n\r\n");
 * for await (const line of reader) console.log(String(line).trimEnd());
 * writer.close();
 *
 * Python: `asyncio.StreamReader`.
 */
export class StreamReader implements AsyncIterable<Buffer> {
  readonly #limit: number;
  readonly #wait: ReadWait;
  readonly #queue = new ByteQueue();
  #eof = false;
  #error: unknown = null;
  #transport: ReadTransport | null = null;
  #paused = false;
  /** The search that was broken off by a cancellation need not begin again: so far there is no such separator. */
  #searched = 0;
  #searchedFor: Separators | null = null;

  /** @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` - a limit of zero or less */
  constructor({ limit = DEFAULT_LIMIT, loop = currentLoop() }: StreamReaderOptions = {}) {
    this.#limit = requireLimit(limit, "new StreamReader({ limit })");
    this.#wait = new ReadWait(loop);
  }

  // Reading

  /**
   * Reads what is there, as soon as there is anything.
   *
   * @param n - at most so many bytes; -1: everything up to the end of the stream; 0: nothing, and at once
   * @returns no bytes at the end of the stream
   * @throws RuntimeError `GYRE_ALREADY_READING`; RangeError `GYRE_OUT_OF_RANGE` - not a whole number
   * @throws Error of the connection, with the system's code
   * @example
   * const reader = new StreamReader();
   * reader.feedData("hello");
   * console.log(String(await reader.read(1024))); // => hello
   *
   * Cancel safety: no byte is lost, with -1 neither (asyncio drops what it has collected). Python: `StreamReader.read`.
   */
  read(n = -1): Promise<Buffer> {
    if (!Number.isInteger(n) && n !== Number.POSITIVE_INFINITY) return refuseCount(n, "reader.read(n)");
    if (this.#error !== null) return Promise.reject(this.#error);
    if (n === 0) return Promise.resolve(EMPTY);
    const wanted = n < 0 ? Number.POSITIVE_INFINITY : 1;
    const most = n < 0 ? Number.POSITIVE_INFINITY : n;
    if (this.#queue.length >= wanted || this.#eof) return Promise.resolve(this.#consume(most));
    return this.#collect(wanted, most, "read");
  }

  /**
   * Reads a line, with its newline.
   *
   * @returns what is left without a newline at the end of the stream, and no bytes after that
   * @throws RangeError `GYRE_LIMIT_OVERRUN` - the line is longer than the limit. It is dropped: as a whole if its end has come
   *   already, else as far as it has come
   * @throws RuntimeError `GYRE_ALREADY_READING`; Error of the connection
   * @example
   * const reader = new StreamReader();
   * reader.feedData("one\ntwo\n");
   * console.log(String(await reader.readline()).trimEnd()); // => one
   *
   * Cancel safety: no byte is lost. Python: `StreamReader.readline`, which raises `ValueError` for a line that is too long.
   */
  readline(): Promise<Buffer> {
    return this.#take(NEWLINE, this.#limit) ?? this.#readline();
  }

  /**
   * Reads exactly `n` bytes, more than the limit if need be.
   *
   * @param n - a whole number of bytes
   * @throws IncompleteReadError `GYRE_INCOMPLETE_READ` - the stream ended before; `partial` has what came
   * @throws RuntimeError `GYRE_ALREADY_READING`; RangeError `GYRE_OUT_OF_RANGE`; Error of the connection
   * @example
   * const reader = new StreamReader();
   * reader.feedData("header and body");
   * console.log(String(await reader.readexactly(6))); // => header
   *
   * Cancel safety: no byte is lost. Python: `StreamReader.readexactly`.
   */
  readexactly(n: number): Promise<Buffer> {
    if (!Number.isInteger(n) || n < 0) return refuseCount(n, "reader.readexactly(n)");
    if (this.#error !== null) return Promise.reject(this.#error);
    return this.#queue.length >= n ? Promise.resolve(this.#consume(n)) : this.#collect(n, n, "readexactly");
  }

  /**
   * Reads up to a separator, which is the end of what is returned.
   *
   * @param separator - bytes or a string, or several: then the one whose end comes first
   * @throws IncompleteReadError `GYRE_INCOMPLETE_READ` - the stream ended before; `partial` has what came
   * @throws LimitOverrunError `GYRE_LIMIT_OVERRUN` - there is no separator within the limit. The bytes stay; `consumed` of them
   *   can be read with `readexactly` without reaching into a separator
   * @throws TypeError `GYRE_INVALID_ARGUMENT`; RangeError `GYRE_OUT_OF_RANGE` - no separator, or an empty one
   * @throws RuntimeError `GYRE_ALREADY_READING`; Error of the connection
   * @example
   * const reader = new StreamReader();
   * reader.feedData("key=value;");
   * console.log(String(await reader.readuntil(["=", ";"]))); // => key=
   *
   * Cancel safety: no byte is lost. Python: `StreamReader.readuntil`.
   */
  readuntil(separator: Data | readonly Data[] = "\n"): Promise<Buffer> {
    try {
      const where = "reader.readuntil(separator)";
      const separators = separator === "\n" ? NEWLINE : new Separators(separator, where);
      return this.seek(separators, this.#limit, "readuntil");
    } catch (error) {
      if (error instanceof ArgumentTypeError) throw error;
      return Promise.reject(error);
    }
  }

  /** Whether the end has come and everything before it was read. Python: `StreamReader.at_eof`. */
  atEof(): boolean {
    return this.#eof && this.#queue.length === 0;
  }

  /** The lines of the stream, each with its newline; ends with the stream. */
  [Symbol.asyncIterator](): AsyncIterator<Buffer, undefined> {
    return new LineIterator(this);
  }

  // Feeding

  /**
   * Adds bytes, for whoever has them from somewhere else than a connection. The memory belongs to the reader from now on.
   *
   * @throws TypeError `GYRE_INVALID_ARGUMENT`; RuntimeError `GYRE_STREAM_ENDED` - `feedEof()` was called before
   *
   * Python: `StreamReader.feed_data`.
   */
  feedData(data: Data): void {
    const bytes = toBytes(data, "reader.feedData(data)");
    if (this.#eof)
      throw new RuntimeError("GYRE_STREAM_ENDED", "reader.feedData() was called after reader.feedEof().");
    if (bytes.length === 0) return;
    this.#queue.push(
      bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
    );
    if (this.#wait.waiting) {
      if (this.#queue.length < this.#wait.wanted) return; // it needs more, so this is not too much
      this.#wait.wake();
    }
    if (!this.#paused && this.#queue.length > 2 * this.#limit) this.#pause();
  }

  /** Ends the stream after what was fed. May be called again. Python: `StreamReader.feed_eof`. */
  feedEof(): void {
    this.#eof = true;
    this.#wait.wake();
  }

  /** Makes every read fail from now on, also while there are bytes. Python: `StreamReader.set_exception`. */
  setException(error: unknown): void {
    this.#error = error;
    this.#wait.fail(error);
  }

  /** What `setException` was given, or null. Python: `StreamReader.exception`. */
  exception(): unknown {
    return this.#error;
  }

  /**
   * Names what is to be paused while too much is buffered: once.
   *
   * @throws RuntimeError `GYRE_INVALID_STATE` - there is one already
   *
   * Python: `StreamReader.set_transport`.
   */
  setTransport(transport: ReadTransport): void {
    if (this.#transport !== null)
      throw new RuntimeError(
        "GYRE_INVALID_STATE",
        `${this} has a transport already. Make a reader for each.`,
      );
    this.#transport = transport;
  }

  // Looking at it

  /** A snapshot for monitoring. */
  statistics(): StreamReaderStatistics {
    return {
      buffered: this.#queue.length,
      limit: this.#limit,
      eof: this.#eof,
      waiting: this.#wait.waiting,
      paused: this.#paused,
    };
  }

  toString(): string {
    const { buffered, waiting } = this.statistics();
    const parts = [this.constructor.name];
    if (buffered > 0) parts.push(`${buffered} bytes`);
    if (this.#eof) parts.push("eof");
    if (this.#limit !== DEFAULT_LIMIT) parts.push(`limit=${this.#limit}`);
    if (waiting) parts.push(`waiter=${this.#wait.toString()}`);
    if (this.#error !== null) parts.push(`exception=${brief(this.#error)}`);
    if (this.#transport !== null) parts.push(`transport=${String(this.#transport)}`);
    if (this.#paused) parts.push("paused");
    return `<${parts.join(" ")}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  // For the rest of this folder

  /**
   * `readuntil` with a limit of one's own.
   *
   * @internal
   */
  seek(separators: Separators, limit: number, method: string): Promise<Buffer> {
    return this.#take(separators, limit) ?? this.#seek(separators, limit, method);
  }

  /**
   * Drops a line that is too long: as a whole if its end has come, else as far as it has come. Answers which it was.
   *
   * @internal
   */
  dropOverrun({ consumed }: LimitOverrunError): "all of it" | "its beginning" {
    const ended = this.#queue.hasAt(NEWLINE_BYTES, consumed);
    this.#drop(ended ? consumed + NEWLINE_BYTES.length : this.#queue.length);
    return ended ? "all of it" : "its beginning";
  }

  /**
   * What came and was not read, without a word to the transport, which is about to be replaced.
   *
   * @internal
   */
  takeBack(): Buffer {
    this.#paused = false;
    return this.#consume(Number.POSITIVE_INFINITY);
  }

  /**
   * The connection goes on over another transport, which has a layer more.
   *
   * @internal
   */
  replaceTransport(transport: ReadTransport): void {
    this.#transport = transport;
  }

  /** Waits for `wanted` bytes or the end, and takes `most` of what is there then. */
  async #collect(wanted: number, most: number, method: "read" | "readexactly"): Promise<Buffer> {
    while (this.#queue.length < wanted && !this.#eof) await this.#more(wanted, method);
    if (method === "readexactly" && this.#queue.length < wanted)
      throw new IncompleteReadError(this.#consume(wanted), wanted);
    return this.#consume(most);
  }

  /** The first record, if it is there and short enough: the usual case, without a wait and without an error. */
  #take(separators: Separators, limit: number): Promise<Buffer> | null {
    if (this.#error !== null) return null;
    const match = this.#search(separators);
    return match === null || match.start > limit ? null : Promise.resolve(this.#consume(match.end));
  }

  async #seek(separators: Separators, limit: number, method: string): Promise<Buffer> {
    if (this.#error !== null) throw this.#error;
    for (;;) {
      const match = this.#search(separators);
      const size = match?.start ?? this.#searched;
      if (size > limit) throw overrun(size, limit, match !== null);
      if (match !== null) return this.#consume(match.end);
      if (this.#eof) throw new IncompleteReadError(this.#consume(Number.POSITIVE_INFINITY), null);
      await this.#more(0, method);
    }
  }

  async #readline(): Promise<Buffer> {
    try {
      return await this.#seek(NEWLINE, this.#limit, "readline");
    } catch (error) {
      if (error instanceof IncompleteReadError) return error.partial;
      if (error instanceof LimitOverrunError) this.dropOverrun(error);
      throw error;
    }
  }

  /** Bytes or the end; with fewer than `wanted` bytes it goes on waiting. */
  #more(wanted: number, method: string): Future<void> {
    const future = this.#wait.begin(wanted, method);
    this.#resume(); // after that, because a transport may deliver at once
    return future;
  }

  /** The first separator. If there is none, the next search for it begins where this one ended. */
  #search(separators: Separators): Match | null {
    const from = this.#searchedFor === separators ? this.#searched : 0;
    const match = separators.find(this.#queue, from);
    if (match !== null) return match;
    this.#searchedFor = separators;
    this.#searched = Math.max(0, this.#queue.length + 1 - separators.longest);
    return null;
  }

  #consume(count: number): Buffer {
    this.#searchedFor = null;
    const taken = this.#queue.take(count);
    if (this.#paused && this.#queue.length <= this.#limit) this.#resume();
    return taken;
  }

  #drop(count: number): void {
    this.#searchedFor = null;
    this.#queue.drop(count);
    if (this.#queue.length <= this.#limit) this.#resume();
  }

  #pause(): void {
    if (this.#transport === null) return;
    this.#paused = true;
    this.#transport.pauseReading();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#transport?.resumeReading();
  }
}

const NEWLINE_BYTES = Buffer.from("\n");

function refuseCount(n: unknown, where: string): Promise<never> {
  const message = `${where} expects a whole number of bytes, but got ${describe(n)}.`;
  if (typeof n !== "number") throw new ArgumentTypeError(message);
  return Promise.reject(new ArgumentRangeError(message));
}

function overrun(size: number, limit: number, found: boolean): LimitOverrunError {
  const message =
    `${found ? `The separator came after ${size} bytes` : `No separator came in ${size} bytes`}, and the limit is ${limit}. ` +
    "Raise it with the option limit of openConnection() or startServer(), in bytes.";
  return new LimitOverrunError(message, size);
}
