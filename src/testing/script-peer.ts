import { RuntimeError } from "../core/errors.ts";
import { toBytes } from "../net/data.ts";
import type { StreamReader } from "../net/streams/stream-reader.ts";
import type { StreamWriter } from "../net/streams/stream-writer.ts";
import type { Data } from "../net/transports.ts";
import { currentTask } from "../tasks/current.ts";
import { commonLength, deviation, difference, escaped, type ScriptError, shown } from "./script-error.ts";

const CHUNK = 65_536; // bytes

/** One connection of a scripted peer, as its script sees it. */
export class ScriptPeer {
  readonly #reader: StreamReader;
  readonly #writer: StreamWriter;
  readonly #steps: string[] = [];
  /** What came and was not expected yet. */
  #unread: Buffer = Buffer.alloc(0);
  #ended = false;
  #paused = false;
  #waiting = false;

  /** @internal */
  constructor(reader: StreamReader, writer: StreamWriter) {
    this.#reader = reader;
    this.#writer = writer;
  }

  /**
   * Waits for these bytes, in however many pieces they come, and for no others: the first byte that differs fails the script.
   *
   * @param data - strings are UTF-8
   * @throws ScriptError `GYRE_SCRIPT` - other bytes came, or the end
   * @throws TypeError `GYRE_INVALID_ARGUMENT`
   */
  expect(data: Data): Promise<void> {
    const bytes = Buffer.from(toBytes(data, "peer.expect(data)"));
    return this.#step(`expect(${shown(bytes)})`, async () => {
      while (this.#unread.length < bytes.length) {
        if (commonLength(bytes, this.#unread) < this.#unread.length) break;
        if (!(await this.#readMore())) throw this.#deviation(this.#endedInstead(bytes));
      }
      const got = this.#unread.subarray(0, bytes.length);
      if (commonLength(bytes, got) < bytes.length) throw this.#deviation(difference(bytes, this.#unread));
      this.#unread = this.#unread.subarray(bytes.length);
    });
  }

  /**
   * Waits for a line, whatever it says.
   *
   * @returns it, without its `\n` or `\r\n`
   * @throws ScriptError `GYRE_SCRIPT` - the end came before
   */
  expectLine(): Promise<string> {
    return this.#step("expectLine()", async () => {
      let end = this.#unread.indexOf("\n");
      for (; end < 0; end = this.#unread.indexOf("\n"))
        if (!(await this.#readMore()))
          throw this.#deviation(`the stream ended after ${shown(this.#unread)}, which is no line`);
      const line = this.#unread.subarray(0, end).toString();
      this.#unread = this.#unread.subarray(end + 1);
      return line.endsWith("\r") ? line.slice(0, -1) : line;
    });
  }

  /**
   * Waits for the end of what the code under test sends.
   *
   * @throws ScriptError `GYRE_SCRIPT` - bytes came instead
   */
  expectEof(): Promise<void> {
    return this.#step("expectEof()", async () => {
      if (this.#unread.length > 0 || (await this.#readMore()))
        throw this.#deviation(`${shown(this.#unread)} came instead of the end`);
    });
  }

  /** Sends bytes. They need not fit anywhere: a script has as much buffer as it wants. */
  send(data: Data): void {
    const bytes = Buffer.from(toBytes(data, "peer.send(data)"));
    this.#steps.push(`send(${shown(bytes)})`);
    this.#writer.write(bytes);
  }

  /** Ends the outgoing direction; the script may go on expecting. */
  sendEof(): void {
    this.#steps.push("sendEof()");
    this.#writer.writeEof();
  }

  /** Reads nothing until `resume()` or the next `expect…()`, so that the code under test fills its buffers. */
  pause(): void {
    this.#steps.push("pause()");
    this.#paused = true;
    this.#writer.transport.pauseReading();
  }

  resume(): void {
    this.#steps.push("resume()");
    this.#resume();
  }

  /** Ends the connection in an orderly way; so does the end of the script. */
  close(): void {
    this.#steps.push("close()");
    this.#writer.close();
  }

  /** Ends the connection at once: `ECONNRESET` in memory; on a real socket whatever the system makes of it. */
  reset(): void {
    this.#steps.push("reset()");
    this.#writer.transport.abort();
  }

  /**
   * What has come and was expected by nobody, as an error; null if all is well.
   *
   * @internal
   */
  leftover(): ScriptError | null {
    const rest = Buffer.concat([this.#unread, this.#reader.takeBack()]);
    if (rest.length === 0) return null;
    this.#steps.push("the end of the script");
    return this.#deviation(`${shown(rest)} came, and nothing expects it`);
  }

  async #step<T>(step: string, wait: () => Promise<T>): Promise<T> {
    if (this.#waiting)
      throw new RuntimeError(
        "GYRE_ALREADY_READING",
        `peer.${step} was called while an earlier step waits. Await each step of a script.`,
      );
    this.#steps.push(step);
    const task = currentTask();
    const name = task?.name;
    if (task !== null) task.name = `scripted peer at step ${this.#steps.length}, ${step}`; // for the report on a deadlock
    this.#waiting = true;
    try {
      return await wait();
    } finally {
      this.#waiting = false;
      if (task !== null && name !== undefined) task.name = name;
    }
  }

  /** False at the end. */
  async #readMore(): Promise<boolean> {
    if (this.#ended) return false;
    this.#resume();
    const chunk = await this.#read();
    this.#ended = chunk.length === 0;
    this.#unread = Buffer.concat([this.#unread, chunk]);
    return !this.#ended;
  }

  #resume(): void {
    if (this.#paused) this.#writer.transport.resumeReading(); // else it may be the reader who paused it
    this.#paused = false;
  }

  async #read(): Promise<Buffer> {
    try {
      return await this.#reader.read(CHUNK);
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
      throw this.#deviation(`the connection was lost: ${String(error)}`, error);
    }
  }

  #endedInstead(expected: Buffer): string {
    return this.#unread.length === 0
      ? `the stream ended instead`
      : `the stream ended early\n  expected "${escaped(expected)}"\n  got      "${escaped(this.#unread)}"`;
  }

  #deviation(problem: string, cause?: unknown): ScriptError {
    return deviation(this.#steps, problem, cause);
  }
}

function isConnectionLoss(error: unknown): boolean {
  return error instanceof Error && "code" in error && "errno" in error;
}
