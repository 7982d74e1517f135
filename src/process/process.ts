import { hasCode } from "../core/error-codes.ts";
import { isCancelled, RuntimeError } from "../core/errors.ts";
import { inspectSymbol } from "../core/inspect.ts";
import { toBytes } from "../net/data.ts";
import { ConnectionError } from "../net/errors.ts";
import type { StreamReader } from "../net/streams/stream-reader.ts";
import type { StreamWriter } from "../net/streams/stream-writer.ts";
import type { Data } from "../net/transports.ts";
import type { ChildTransport } from "./child-transport.ts";
import { ProcessError } from "./errors.ts";
import type { Signal } from "./signals.ts";
import type { SubprocessStreamProtocol } from "./stream-protocol.ts";

export interface ProcessStatistics {
  readonly pid: number;
  readonly returncode: number | null;
  /** Whether gyre is ending it, or has ended it: at a cancellation, a timeout, or because it was disposed of. */
  readonly endedByGyre: boolean;
}

/**
 * A child process. `createSubprocessExec` and `createSubprocessShell` give you one.
 *
 * It belongs to the task that made it: when that ends cancelled, or a `timeout` passes that it was made in, the child and all its
 * descendants get SIGTERM, and after `graceMs` SIGKILL. `await using` ends them with the block.
 *
 * @example
 * await using child = await createSubprocessExec("sort", [], { stdin: PIPE, stdout: PIPE });
 * const [sorted] = await child.communicate("b\na\n");
 * console.log(String(sorted)); // => a
 * //                              => b
 *
 * Python: `asyncio.subprocess.Process`.
 */
export class Process implements AsyncDisposable {
  readonly pid: number;
  /** Where to write; null unless `stdin` is PIPE. */
  readonly stdin: StreamWriter | null;
  /** What the child writes; null unless `stdout` is PIPE. */
  readonly stdout: StreamReader | null;
  /** The same for `stderr`. */
  readonly stderr: StreamReader | null;
  readonly #transport: ChildTransport;
  readonly #protocol: SubprocessStreamProtocol;
  readonly #checked: boolean;

  /** @internal */
  constructor(transport: ChildTransport, protocol: SubprocessStreamProtocol, checked: boolean) {
    this.pid = transport.getPid();
    this.stdin = protocol.stdin;
    this.stdout = protocol.stdout;
    this.stderr = protocol.stderr;
    this.#transport = transport;
    this.#protocol = protocol;
    this.#checked = checked;
  }

  /** The exit code; -N if signal N ended the child; null while it runs. Python: `Process.returncode`. */
  get returncode(): number | null {
    return this.#transport.getReturncode();
  }

  /**
   * Waits for the end of the child, whoever holds its pipes. Any number of tasks may wait. A child that writes more than a pipe
   * holds does not end before somebody reads: use `communicate()`.
   *
   * @returns the exit code, or -N if signal N ended it
   *
   * Cancel safety: the child runs on, unless the task that made it ends by the cancellation. Python: `Process.wait`.
   */
  wait(): Promise<number> {
    return this.#transport.exited();
  }

  /**
   * Writes `input` to stdin, closes it, reads stdout and stderr to their ends, all at once, and waits for the end of the child.
   *
   * @param input - strings as UTF-8; ignored if stdin is no pipe. That the child does not want to read all of it is no error
   * @returns what came from stdout and stderr, null for what is no pipe; all of it is kept in memory
   * @throws ProcessError `GYRE_PROCESS_FAILED` - with the option `check`, unless the exit code is 0
   * @throws RuntimeError `GYRE_ALREADY_READING`; TypeError `GYRE_INVALID_ARGUMENT`
   * @example
   * const child = await createSubprocessShell("tr a-z A-Z", { stdin: PIPE, stdout: PIPE });
   * const [shout] = await child.communicate("hello");
   * console.log(String(shout)); // => HELLO
   *
   * Cancel safety: the child and its descendants are ended, which takes `graceMs` at most; whoever is cancelled a second time
   * has them killed at once. What came until then can still be read. Python: `Process.communicate`, which leaves the child alone.
   */
  communicate(input: Data | null = null): Promise<[stdout: Buffer | null, stderr: Buffer | null]> {
    const bytes = input === null ? null : toBytes(input, "process.communicate(input)");
    return this.#communicate(bytes);
  }

  /**
   * Waits for the end of the child, and fails unless its exit code is 0.
   *
   * @throws ProcessError `GYRE_PROCESS_FAILED` - with the command, how it ended, and the end of its stderr
   *
   * Cancel safety: as `wait`. Python: `subprocess.run(check=True)`.
   */
  async check(): Promise<void> {
    this.#requireSuccess(await this.wait(), null);
  }

  /**
   * Sends a signal to the child alone.
   *
   * @param signal - by name or number
   * @throws ProcessLookupError `ESRCH` - it has ended, and its pipes are closed; Error `EPERM`
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` - no signal of this system
   *
   * Python: `Process.send_signal`.
   */
  sendSignal(signal: Signal): void {
    this.#transport.sendSignal(signal);
  }

  /**
   * Sends SIGTERM to the child and its descendants; with `killTree: false` to the child alone.
   *
   * @throws ProcessLookupError `ESRCH` - it has ended, and its pipes are closed. Not if gyre has ended it
   *
   * Python: `Process.terminate`, which reaches the child alone.
   */
  terminate(): void {
    this.#transport.terminate();
  }

  /** The same with SIGKILL, which nobody can ignore. Python: `Process.kill`, which reaches the child alone. */
  kill(): void {
    this.#transport.kill();
  }

  /**
   * Ends the child and its descendants as a cancellation does: SIGTERM, after `graceMs` SIGKILL. Its pipes are closed then,
   * whoever holds their other ends. Does nothing where nothing is left.
   *
   * Cancel safety: whoever is cancelled while waiting has them killed at once.
   */
  async end(): Promise<void> {
    await this.#transport.end().wait();
    await this.#transport.exited();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }

  statistics(): ProcessStatistics {
    const { pid, returncode } = this;
    return { pid, returncode, endedByGyre: this.#transport.ended };
  }

  toString(): string {
    return `<Process ${this.pid}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  async #communicate(input: Uint8Array | null): Promise<[Buffer | null, Buffer | null]> {
    try {
      const [stdout, stderr] = await Promise.all([
        this.#read(1, this.stdout),
        this.#read(2, this.stderr),
        this.#feed(input),
      ]);
      const returncode = await this.wait();
      if (this.#checked) this.#requireSuccess(returncode, stdout);
      return [stdout, stderr];
    } catch (error) {
      if (isCancelled(error)) await this.end();
      throw error;
    }
  }

  async #feed(input: Uint8Array | null): Promise<void> {
    const { stdin } = this;
    if (stdin === null) return;
    try {
      if (input !== null) stdin.write(input);
      await stdin.drain();
    } catch (error) {
      if (!isBrokenPipe(error)) throw error;
    }
    stdin.close();
  }

  async #read(fd: number, reader: StreamReader | null): Promise<Buffer | null> {
    if (reader === null) return null;
    const output = await reader.read();
    this.#transport.getPipeTransport(fd)?.close();
    return output;
  }

  #requireSuccess(returncode: number, stdout: Buffer | null): void {
    if (returncode === 0) return;
    const { command } = this.#transport;
    const stderr = this.#protocol.stderrTail;
    throw new ProcessError({ command, pid: this.pid, returncode, stdout, stderr });
  }
}

/** The child has closed its stdin, or ended: it does not want what is left. */
function isBrokenPipe(error: unknown): boolean {
  if (error instanceof RuntimeError) return error.code === "GYRE_EOF_WRITTEN";
  if (error instanceof ConnectionError) return true;
  return hasCode(error, "EPIPE", "ECONNRESET");
}
