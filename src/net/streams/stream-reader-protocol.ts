import type { EventLoop } from "../../core/event-loop.ts";
import { inspectSymbol } from "../../core/inspect.ts";
import { currentLoop } from "../../core/loops.ts";
import type { Awaitable, Task } from "../../core/task.ts";
import { StreamTransport } from "../connection/stream-transport.ts";
import type { Protocol } from "../protocols.ts";
import type { ClientSsl, ServerSsl } from "../tls/ssl.ts";
import type { Transport } from "../transports.ts";
import { DrainControl } from "./drain-control.ts";
import type { StreamReader } from "./stream-reader.ts";
import { type StreamTlsOptions, StreamWriter, type WriterProtocol } from "./stream-writer.ts";
import { Waiting } from "./waiting.ts";

/** What a server does with a connection: an async function, which runs as a task of its own, or a plain one. */
export type ClientConnected = (reader: StreamReader, writer: StreamWriter) => Awaitable<unknown>;

/**
 * The bridge between a transport and streams: what comes goes to a reader, and a writer waits for its flow control.
 *
 * @param reader - is fed
 * @param onClient - for servers: is called with the reader and a writer once the connection is there
 * @example
 * const reader = new StreamReader();
 * const [transport, protocol] = await getRunningLoop().createConnection(
 *   () => new StreamReaderProtocol(reader),
 *   "example.org",
 *   80,
 * );
 * const writer = new StreamWriter(transport, protocol, reader);
 *
 * Python: `asyncio.StreamReaderProtocol`.
 */
export class StreamReaderProtocol implements Protocol, WriterProtocol {
  readonly #loop: EventLoop;
  readonly #reader: StreamReader;
  readonly #onClient: ClientConnected | null;
  readonly #drains: DrainControl;
  #transport: Transport | null = null;
  /** The end of the connection, and those who wait for it. */
  #end: { readonly error: Error | null } | null = null;
  #waitingForEnd: Waiting | null = null;

  constructor(
    reader: StreamReader,
    onClient: ClientConnected | null = null,
    options: { readonly loop?: EventLoop } = {},
  ) {
    this.#loop = options.loop ?? currentLoop();
    this.#reader = reader;
    this.#onClient = onClient;
    this.#drains = new DrainControl(this.#loop);
  }

  connectionMade(transport: Transport): void {
    this.#transport = transport;
    this.#reader.setTransport(transport);
    if (this.#onClient !== null) this.#serve(transport, this.#onClient);
  }

  dataReceived(data: Buffer): void {
    this.#reader.feedData(data);
  }

  /** TLS cannot end one direction alone, so the transport closes there. */
  eofReceived(): boolean {
    this.#reader.feedEof();
    return this.#transport?.canWriteEof() ?? true;
  }

  connectionLost(error: Error | null): void {
    if (error === null) this.#reader.feedEof();
    else this.#reader.setException(error);
    this.#end = { error };
    this.#waitingForEnd?.wake(error);
    this.#drains.connectionLost(error);
    this.#transport = null;
  }

  pauseWriting(): void {
    this.#drains.pauseWriting();
  }

  resumeWriting(): void {
    this.#drains.resumeWriting();
  }

  /** For writers: see `StreamWriter.drain`. */
  drained(): Promise<void> {
    return this.#drains.drain();
  }

  /** For writers: see `StreamWriter.waitClosed`. */
  closed(): Promise<void> {
    if (this.#end !== null)
      return this.#end.error === null ? Promise.resolve() : Promise.reject(this.#end.error);
    this.#waitingForEnd ??= new Waiting(this.#loop);
    return this.#waitingForEnd.wait();
  }

  /** For writers: see `StreamWriter.startTls`. What the reader has got already is for the handshake. */
  async startTls(
    transport: Transport,
    ssl: ClientSsl | ServerSsl,
    options: StreamTlsOptions,
  ): Promise<Transport> {
    const serverSide = this.#onClient !== null;
    if (transport instanceof StreamTransport && !transport.isClosing())
      transport.giveBack(this.#reader.takeBack());
    try {
      const secured = await this.#loop.startTls(transport, this, ssl, { ...options, serverSide });
      this.#transport = secured;
      this.#reader.replaceTransport(secured);
      return secured;
    } catch (error) {
      transport.resumeReading(); // refused before anything was done; else nothing is left to resume
      throw error;
    }
  }

  toString(): string {
    return `<${this.constructor.name} reader=${String(this.#reader)}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  /** Begins at once, so that a plain function sees the connection before its first byte, as it does in asyncio. */
  #serve(transport: Transport, onClient: ClientConnected): void {
    const writer = new StreamWriter(transport, this, this.#reader, this.#loop);
    const task = this.#loop.createTask(() => onClient(this.#reader, writer), { eagerStart: true });
    if (task.done()) this.#served(task);
    else task.addDoneCallback((done) => this.#served(done));
  }

  /** A connection that its callback leaves open stays open, as in asyncio. */
  #served(task: Task<unknown>): void {
    const exception = task.cancelled() ? null : task.exception();
    if (exception !== null) {
      this.#loop.callExceptionHandler({
        message: "Unhandled exception in the client callback",
        exception,
        transport: this.#transport,
        protocol: this,
      });
    }
    if (task.cancelled() || exception !== null) this.#transport?.close();
  }
}
