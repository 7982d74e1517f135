import { describe } from "../../core/arguments.ts";
import { ArgumentTypeError, RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { inspectSymbol } from "../../core/inspect.ts";
import { currentLoop } from "../../core/loops.ts";
import { checkpoint } from "../../tasks/sleep.ts";
import type { ClientSsl, ServerSsl } from "../tls/ssl.ts";
import type { StartTlsOptions } from "../tls/start-tls.ts";
import type { Data, ExtraInfo, Transport, WriteTransport } from "../transports.ts";
import type { StreamReader } from "./stream-reader.ts";
import { warnIfNotClosed } from "./unclosed-writers.ts";

/** The protocol behind a writer. */
export interface WriterProtocol<T = Transport> {
  /** Waits until the transport wants more. */
  drained(): Promise<void>;
  /** Waits until the connection has ended; rejects with the error that ended it. */
  closed(): Promise<void>;
  /** Puts TLS upon the connection, and returns the transport that takes the place of the one given. */
  startTls?(transport: T, ssl: ClientSsl | ServerSsl, options: StreamTlsOptions): Promise<T>;
}

export type StreamTlsOptions = Omit<StartTlsOptions, "serverSide">;

/**
 * The outgoing half of a stream. `openConnection` and `startServer` give you one.
 *
 * @example
 * await using server = await startServer((reader, writer) => writer.close(), "127.0.0.1", 0);
 * const [, writer] = await openConnection("127.0.0.1", server.sockets[0].getsockname().port);
 * writer.write("hello\n");
 * await writer.drain();
 * writer.close();
 * await writer.waitClosed();
 *
 * Python: `asyncio.StreamWriter`.
 */
export class StreamWriter<T extends WriteTransport = Transport> implements AsyncDisposable {
  #transport: T;
  readonly #protocol: WriterProtocol<T>;
  readonly #reader: StreamReader | null;

  /** Who makes protocols of one's own may make writers for them. Python has the same parameters. */
  constructor(
    transport: T,
    protocol: WriterProtocol<T>,
    reader: StreamReader | null,
    loop: EventLoop = currentLoop(),
  ) {
    this.#transport = transport;
    this.#protocol = protocol;
    this.#reader = reader;
    if (loop.getDebug()) warnIfNotClosed(this, transport);
  }

  /** What the writer writes to. */
  get transport(): T {
    return this.#transport;
  }

  /**
   * Sends bytes, at once as far as the system takes them; the rest is buffered. Await `drain()` after it, so that a slow peer
   * cannot fill the memory. The memory belongs to the transport until it is sent.
   *
   * @param data - strings are sent as UTF-8
   * @throws TypeError `GYRE_INVALID_ARGUMENT`; RuntimeError `GYRE_EOF_WRITTEN` - after `writeEof()`
   *
   * Python: `StreamWriter.write`.
   */
  write(data: Data): void {
    this.#transport.write(data);
  }

  /** Sends several pieces as one. Throws as `write` does. Python: `StreamWriter.writelines`. */
  writelines(data: Iterable<Data>): void {
    this.#transport.writelines(data);
  }

  /**
   * Ends this direction after what is buffered; the other stays open.
   *
   * @throws RuntimeError `GYRE_NOT_SUPPORTED` - see `canWriteEof()`
   *
   * Python: `StreamWriter.write_eof`.
   */
  writeEof(): void {
    this.#transport.writeEof();
  }

  /** Whether one direction can end alone; not with TLS. Python: `StreamWriter.can_write_eof`. */
  canWriteEof(): boolean {
    return this.#transport.canWriteEof();
  }

  /**
   * Waits while more is buffered than the transport's high-water mark; else it costs no turn of the loop. Any number of tasks
   * may wait.
   *
   * @throws ConnectionError `ECONNRESET` - the connection is lost
   * @throws Error of the connection, as reading throws it
   * @throws CancelledError `GYRE_CANCELLED` - the task was cancelled while it waited
   *
   * Cancel safety: nothing is lost; what was written is sent. Python: `StreamWriter.drain`.
   */
  drain(): Promise<void> {
    const error = this.#reader?.exception() ?? null;
    if (error !== null) return Promise.reject(error);
    return this.#transport.isClosing() ? this.#drainClosing() : this.#protocol.drained();
  }

  /** Sends what is buffered and ends the connection. May be called again. Python: `StreamWriter.close`. */
  close(): void {
    this.#transport.close();
  }

  /** Python: `StreamWriter.is_closing`. */
  isClosing(): boolean {
    return this.#transport.isClosing();
  }

  /**
   * Waits until the connection has ended.
   *
   * @throws Error that ended it, with the system's code
   *
   * Cancel safety: the connection goes on ending. Python: `StreamWriter.wait_closed`.
   */
  waitClosed(): Promise<void> {
    return this.#protocol.closed();
  }

  /** Closes the connection and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.waitClosed();
  }

  /**
   * What is known about the connection: see `Transport.getExtraInfo`.
   *
   * @returns null, or the fallback, where it is not known
   *
   * Python: `StreamWriter.get_extra_info`.
   */
  getExtraInfo<K extends keyof ExtraInfo>(name: K): ExtraInfo[K] | null;
  getExtraInfo<F>(name: string, fallback: F): unknown;
  getExtraInfo(name: string): unknown;
  getExtraInfo(name: string, fallback: unknown = null): unknown {
    return this.#transport.getExtraInfo(name, fallback);
  }

  /**
   * Goes on with TLS on the same connection: as its server where `startServer` made it, else as its client. Bytes that came and
   * were not read are taken for a part of the handshake, so that nobody can smuggle in what seems to have come through TLS.
   *
   * @param ssl - options or a context of `node:tls`; `true` for the host's defaults, on the side of the client
   * @param options.serverHostname - what the server's certificate must be for
   * @param options.sslHandshakeTimeout - milliseconds; 60,000 by default
   * @param options.sslShutdownTimeout - milliseconds; 30,000 by default
   * @throws Error of the handshake; the connection is closed then
   *
   * Cancel safety: the connection is closed. Python: `StreamWriter.start_tls`.
   */
  startTls(ssl: ClientSsl | ServerSsl, options: StreamTlsOptions = {}): Promise<void> {
    if (ssl === true || (typeof ssl === "object" && ssl !== null)) return this.#startTls(ssl, options);
    throw new ArgumentTypeError(
      `writer.startTls(ssl) expects options or a context of node:tls, but got ${describe(ssl)}.`,
    );
  }

  toString(): string {
    const reader = this.#reader === null ? "" : ` reader=${String(this.#reader)}`;
    return `<${this.constructor.name} transport=${String(this.#transport)}${reader}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  async #startTls(ssl: ClientSsl | ServerSsl, options: StreamTlsOptions): Promise<void> {
    await this.drain();
    if (this.#protocol.startTls === undefined)
      throw new RuntimeError(
        "GYRE_NOT_SUPPORTED",
        `${this} is not one that can put TLS upon its connection.`,
      );
    this.#transport = await this.#protocol.startTls(this.#transport, ssl, options);
  }

  /** A turn of the loop, so that a loop of write and drain gets to see that the connection is lost. */
  async #drainClosing(): Promise<void> {
    await checkpoint();
    await this.#protocol.drained();
  }
}
