import { type CallbackContext, CallbackContexts } from "../../core/callback-context.ts";
import { isCancelled, RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { Future } from "../../core/future.ts";
import { inspectSymbol } from "../../core/inspect.ts";
import { Resource } from "../../core/resources.ts";
import type { Task } from "../../core/task.ts";
import { shield } from "../../tasks/shield.ts";
import type { Connection, ConnectionOwner } from "../connection/connection-owner.ts";
import { StreamTransport } from "../connection/stream-transport.ts";
import type { Link, Listener } from "../driver.ts";
import type { ProtocolFactory, StreamProtocol } from "../protocols.ts";
import { Handshake, secure } from "../tls/handshake.ts";
import type { Tls } from "../tls/options.ts";
import type { TransportSocket } from "../transport-socket.ts";

export interface ServerStatistics {
  readonly serving: boolean;
  readonly closed: boolean;
  /** Connections that are open now. */
  readonly connections: number;
  /** Connections that are in the middle of their TLS handshake. */
  readonly handshakes: number;
  /** Connections since the beginning. */
  readonly accepted: number;
}

/**
 * Listening sockets and the connections that came through them. Made by `loop.createServer`, `startServer` and the like.
 *
 * @example
 * const server = await startServer(async (reader, writer) => {
 *   for await (const line of reader) writer.write(line);
 *   writer.close();
 * }, "127.0.0.1", 0);
 * server.close(); // no new connections
 * server.closeClients(); // the open ones end in order
 * await server.waitClosed(); // and have ended
 *
 * Python: `asyncio.Server`.
 */
export class Server extends Resource implements AsyncDisposable {
  readonly #loop: EventLoop;
  readonly #listeners: readonly Listener[];
  readonly #connections: Connections;
  #state: "bound" | "serving" | "closed" = "bound";
  #forever: Future<never> | null = null;

  /** @internal */
  constructor(
    loop: EventLoop,
    listeners: readonly Listener[],
    protocolFactory: ProtocolFactory<StreamProtocol>,
    tls: Tls | null,
  ) {
    super();
    this.#loop = loop;
    this.#listeners = listeners;
    this.#connections = new Connections(loop, protocolFactory, tls, this);
    loop.resources.add(this);
  }

  getLoop(): EventLoop {
    return this.#loop;
  }

  /** The listening sockets; none when the server is closed. */
  get sockets(): readonly TransportSocket[] {
    if (this.#state === "closed") return [];
    return this.#listeners.map((listener) => listener.info("socket") as TransportSocket); // what listeners promise
  }

  /** The port of the first socket, for a server that took any that was free; null for a Unix socket, and when it is closed. */
  get port(): number | null {
    const name = this.sockets[0]?.getsockname();
    return typeof name === "object" ? name.port : null;
  }

  isServing(): boolean {
    return this.#state === "serving";
  }

  /**
   * Begins to accept connections. May be called again.
   *
   * @throws RuntimeError `GYRE_SERVER_CLOSED`
   * @throws Error with the system's code - `EADDRINUSE`, if another server took the address since; this one is closed then
   *
   * Cancel safety: the server is closed. Python: `Server.start_serving`.
   */
  async startServing(): Promise<void> {
    this.#requireOpen();
    if (this.#state === "serving") return;
    this.#state = "serving";
    const events = {
      accepted: (link: Link) => this.#connections.accept(link),
      exhausted: (exception: Error) =>
        this.#loop.callExceptionHandler({
          message: "The server cannot accept connections for now",
          exception,
        }),
    };
    try {
      for (const listener of this.#listeners) await listener.start(events);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Serves until it is cancelled, or until somebody closes the server. Being cancelled, it closes the server and waits for its
   * connections to end.
   *
   * @throws RuntimeError `GYRE_SERVER_CLOSED`, `GYRE_SERVER_RUNNING` - somebody else serves for ever already
   * @throws CancelledError `GYRE_CANCELLED` - always, in the end
   */
  async serveForever(): Promise<never> {
    if (this.#forever !== null)
      throw new RuntimeError("GYRE_SERVER_RUNNING", `${this} is served for ever by another task already.`);
    this.#requireOpen();
    const forever = new Future<never>({ loop: this.#loop });
    this.#forever = forever;
    try {
      await this.startServing();
      return await forever;
    } catch (error) {
      this.close();
      await this.waitClosed();
      throw error;
    } finally {
      this.#forever = null;
    }
  }

  /** Stops listening. Connections that are open go on; see `closeClients`. May be called again. */
  close(): void {
    if (this.#state === "closed") return;
    this.#stopListening();
    this.#loop.resources.delete(this);
    this.#forever?.cancel();
    this.#connections.noteClosed();
  }

  /** Waits until the server is closed and its last connection has ended, in whichever order. */
  waitClosed(): Promise<void> {
    return this.#connections.waitEnded();
  }

  /** Closes every open connection in order: what is buffered is sent. Handshakes are broken off. */
  closeClients(): void {
    this.#connections.end((transport) => transport.close());
  }

  /** Ends every open connection at once. */
  abortClients(): void {
    this.#connections.end((transport) => transport.abort());
  }

  /** Closes the server and waits for its connections to end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.waitClosed();
  }

  statistics(): ServerStatistics {
    const { open: connections, handshakes, accepted } = this.#connections;
    return { serving: this.isServing(), closed: this.isClosing(), connections, handshakes, accepted };
  }

  override toString(): string {
    return `<Server sockets=[${this.sockets.join(", ")}] ${this.#state} connections=${this.#connections.open}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  /** @internal */
  isClosing(): boolean {
    return this.#state === "closed";
  }

  /** @internal */
  abandon(): void {
    this.#stopListening();
    this.#connections.dropArriving();
  }

  #stopListening(): void {
    this.#state = "closed";
    for (const listener of this.#listeners) listener.close();
  }

  #requireOpen(): void {
    if (this.#state === "closed")
      throw new RuntimeError("GYRE_SERVER_CLOSED", "This server is closed. Make a new one.");
  }
}

/** What came through a server's sockets, from the handshake to the end. */
class Connections implements ConnectionOwner {
  readonly #loop: EventLoop;
  readonly #protocolFactory: ProtocolFactory<StreamProtocol>;
  readonly #tls: Tls | null;
  /** The server's connections see the variables of where it was made, and share what that costs. */
  readonly #contexts: CallbackContexts;
  readonly #context: CallbackContext;
  readonly #server: Resource;
  #open = 0;
  /** What was accepted, and waits for its turn. */
  readonly #arriving = new Set<Link>();
  readonly #handshakes = new Set<Task<void>>();
  readonly #ended: Future<void>;
  accepted = 0;

  constructor(
    loop: EventLoop,
    protocolFactory: ProtocolFactory<StreamProtocol>,
    tls: Tls | null,
    server: Resource,
  ) {
    this.#loop = loop;
    this.#protocolFactory = protocolFactory;
    this.#tls = tls;
    this.#server = server;
    this.#contexts = new CallbackContexts(loop);
    this.#context = this.#contexts.make();
    this.#ended = new Future({ loop });
  }

  get open(): number {
    return this.#open;
  }

  get handshakes(): number {
    return this.#handshakes.size;
  }

  accept(link: Link): void {
    this.accepted++;
    this.#arriving.add(link);
    this.#context.dispatch(() => this.#welcome(link), undefined);
  }

  attach(): void {
    this.#open++;
  }

  detach(): void {
    this.#open--;
    this.noteClosed();
  }

  end(how: (connection: Connection) => void): void {
    for (const handshake of this.#handshakes) handshake.cancel();
    for (const resource of this.#loop.resources)
      if (isConnection(resource) && resource.owner === this) how(resource);
  }

  /** Everything has ended when the server is closed and nothing is open. */
  noteClosed(): void {
    if (!this.#server.isClosing() || this.open > 0 || this.handshakes > 0) return;
    if (!this.#ended.done()) this.#ended.setResult();
  }

  async waitEnded(): Promise<void> {
    if (!this.#ended.done()) await shield(this.#ended);
  }

  /** The loop has ended, and nothing gets its turn any more. */
  dropArriving(): void {
    for (const link of this.#arriving) link.destroy();
  }

  #welcome(link: Link): void {
    this.#arriving.delete(link);
    if (this.#server.isClosing()) {
      link.destroy();
      return;
    }
    const context = this.#contexts.make();
    context.run(() => this.#setUp(link, context), undefined);
  }

  #setUp(link: Link, context: CallbackContext): void {
    try {
      const protocol = this.#protocolFactory();
      if (this.#tls === null) this.#connect(link, protocol, context);
      else this.#shakeHands(link, protocol, context, this.#tls);
    } catch (error) {
      this.#refuse(link, error);
    }
  }

  #shakeHands(link: Link, protocol: StreamProtocol, context: CallbackContext, tls: Tls): void {
    const task = this.#loop.createTask(async () => {
      try {
        this.#connect(await secure(this.#loop, link, tls), protocol, context);
      } catch (error) {
        this.#refuse(link, error);
      }
    });
    this.#handshakes.add(task);
    task.addDoneCallback(() => {
      if (task.cancelled()) link.destroy(); // before it began
      this.#handshakes.delete(task);
      this.noteClosed();
    });
  }

  #connect(link: Link, protocol: StreamProtocol, context: CallbackContext): void {
    void new StreamTransport(this.#loop, link, protocol, { owner: this, context }).start();
  }

  /** One client's failure is not the server's: the connection is dropped, and debug mode says why (row SRV-13). */
  #refuse(link: Link, exception: unknown): void {
    link.destroy();
    if (!this.#loop.getDebug() || isCancelled(exception)) return;
    this.#loop.callExceptionHandler({ message: "An incoming connection could not be set up", exception });
  }
}

function isConnection(resource: Resource): resource is StreamTransport | Handshake {
  return resource instanceof StreamTransport || resource instanceof Handshake;
}
