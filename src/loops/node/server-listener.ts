import net from "node:net";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
import { runInRoot } from "../../core/scope.ts";
import { SOCK_STREAM, type SocketAddress } from "../../net/addresses.ts";
import type { Listener, ListenerEvents, ListenOptions } from "../../net/driver.ts";
import { HostOperation } from "../../net/host-operation.ts";
import { canBind, handleOf } from "./handles.ts";
import { adoptSocket, openSocket } from "./socket-link.ts";
import { NodeTransportSocket, type SocketNames } from "./transport-socket.ts";

export interface ServerListenerOptions {
  /** Where the server is bound; empty for a Unix socket whose path is unknown. */
  readonly address: SocketAddress | string;
  /** Begins to listen; nothing for a server that does already, whose connections were dropped until now. */
  readonly listen?: () => void;
  /** Closes the server; what it does besides is for the kinds of sockets to say. */
  readonly close?: () => void;
}

/** A `net.Server` that is bound, and listens once it was told to. */
export class ServerListener implements Listener {
  readonly address: SocketAddress | string;
  readonly #loop: EventLoop;
  readonly #server: net.Server;
  readonly #options: ServerListenerOptions;
  readonly #socket: NodeTransportSocket;
  #events: ListenerEvents | null = null;
  #closed = false;

  constructor(loop: EventLoop, server: net.Server, options: ServerListenerOptions) {
    this.address = options.address;
    this.#loop = loop;
    this.#server = server;
    this.#options = options;
    this.#socket = new NodeTransportSocket(server, SOCK_STREAM, { sockname: this.address, peername: null });
    server.on("connection", this.#onConnection);
  }

  start(events: ListenerEvents): Future<void> {
    this.#events = events;
    return new HostOperation<void>(this.#loop, ({ resolve, reject }) => {
      let failed: (error: Error) => void = reject;
      this.#server.on("error", (error) => failed(error));
      runInRoot(() => this.#options.listen?.());
      if (handleOf(this.#server) !== null) {
        failed = (error) => events.exhausted(error);
        resolve();
      }
      return () => this.close();
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#options.close === undefined) this.#server.close();
    else this.#options.close();
  }

  info(name: string): unknown {
    if (name === "socket") return this.#socket;
    return name === "sockname" ? this.address : undefined;
  }

  readonly #onConnection = (socket: net.Socket): void => {
    if (this.#events === null || this.#closed) socket.destroy();
    else this.#events.accepted(linkOf(socket, this.address));
  };
}

/** A server whose connections are as transports need them. */
export function newServer({ keepAlive }: Pick<ListenOptions, "keepAlive">): net.Server {
  return net.createServer({ ...CONNECTIONS, keepAlive });
}

/** The same for one that somebody else made. */
export function prepareServer(server: net.Server, { keepAlive }: Pick<ListenOptions, "keepAlive">): void {
  Object.assign(server, CONNECTIONS, { keepAlive });
}

const CONNECTIONS = { allowHalfOpen: true, pauseOnConnect: true, noDelay: true };

/** The connection that Node accepted, read in the cheaper way where the host lets us. */
function linkOf(socket: net.Socket, server: SocketAddress | string) {
  const names: SocketNames | undefined =
    typeof server === "string" ? { sockname: server, peername: "" } : undefined;
  const handle = canBind ? handleOf(socket) : null;
  return handle === null ? adoptSocket(socket, names) : openSocket({ handle }).link(names);
}
