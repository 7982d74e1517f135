import net from "node:net";
import { constants } from "node:os";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
import { runInRoot } from "../../core/scope.ts";
import { SOCK_STREAM, type SocketAddress } from "../../net/addresses.ts";
import type { Listener, ListenerEvents, ListenOptions } from "../../net/driver.ts";
import { HostOperation } from "../../net/host-operation.ts";
import { bind, boundAddress, handleOf, type ServerHandle, systemError } from "./handles.ts";
import { adoptSocket, openSocket } from "./socket-link.ts";
import { NodeTransportSocket } from "./transport-socket.ts";

/** A TCP socket that is bound, and listens once it was told to. */
export class TcpListener implements Listener {
  readonly address: SocketAddress;
  readonly #loop: EventLoop;
  readonly #server: net.Server;
  readonly #handle: ServerHandle;
  readonly #backlog: number;
  readonly #socket: NodeTransportSocket;
  #listening = false;

  /** Throws what the system says, in the shape of Node's errors. */
  constructor(loop: EventLoop, target: SocketAddress, options: ListenOptions) {
    this.#loop = loop;
    this.#backlog = options.backlog;
    const handle = bind(target, options);
    const address = boundAddress(handle);
    if (address === null) {
      handle.close();
      throw systemError(-constants.errno.EADDRINUSE, "bind", target);
    }
    this.#handle = handle;
    this.address = address;
    this.#server = net.createServer({
      allowHalfOpen: true,
      pauseOnConnect: true,
      noDelay: true,
      keepAlive: options.keepAlive,
    });
    this.#socket = new NodeTransportSocket(this.#server, SOCK_STREAM, { sockname: address, peername: null });
  }

  start(events: ListenerEvents): Future<void> {
    this.#server.on("connection", (socket) => events.accepted(linkOf(socket)));
    return new HostOperation<void>(this.#loop, ({ resolve, reject }) => {
      this.#server.once("error", reject);
      runInRoot(() => this.#server.listen(this.#handle, this.#backlog, resolve));
      this.#listening = true;
      return () => this.close();
    });
  }

  close(): void {
    if (this.#listening) this.#server.close();
    else this.#handle.close();
  }

  info(name: string): unknown {
    if (name === "socket") return this.#socket;
    return name === "sockname" ? this.address : undefined;
  }
}

/** The connection that Node accepted, read in the cheaper way where the host lets us. */
export function linkOf(socket: net.Socket) {
  const handle = handleOf(socket);
  return handle === null ? adoptSocket(socket) : openSocket({ handle }).link();
}
