import type { Socket } from "node:net";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
import { runInRoot } from "../../core/scope.ts";
import type { AddressInfo, AddressInput, SocketAddress } from "../../net/addresses.ts";
import type {
  DatagramLink,
  DatagramOptions,
  Link,
  Listener,
  ListenOptions,
  LookupHints,
  NetworkDriver,
  Pipe,
} from "../../net/driver.ts";
import { doneAtOnce, HostOperation, type Outcome } from "../../net/host-operation.ts";
import { adoptListener, adoptStream } from "./adopt.ts";
import { adoptDatagrams, openDatagrams } from "./datagram-link.ts";
import { listenEarly } from "./early-listener.ts";
import { canBind } from "./handles.ts";
import { lookup, reverseLookup } from "./lookup.ts";
import { openPipe } from "./pipe-link.ts";
import { openSocket } from "./socket-link.ts";
import { bindTcp } from "./tcp-listener.ts";
import { bindUnix } from "./unix-listener.ts";

/** The host's own sockets: `node:net`, `node:dgram` and `node:dns`. */
export class NodeNetwork implements NetworkDriver {
  readonly #loop: EventLoop;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  connect(target: SocketAddress | string, local: SocketAddress | null): Future<Link> {
    const { socket, link } = runInRoot(() => openSocket());
    const names = typeof target === "string" ? { sockname: "", peername: target } : undefined;
    const begin = ({ resolve, reject }: Outcome<Link>) => {
      socket.once("error", reject);
      socket.once("connect", () => resolve(link(names)));
      runInRoot(() => connectSocket(socket, target, local));
      return () => socket.destroy();
    };
    return new HostOperation<Link>(this.#loop, begin, (late) => late.destroy());
  }

  bind(target: SocketAddress | string, options: ListenOptions): Future<Listener> {
    if (!canBind) return listenEarly(this.#loop, target, options);
    const loop = this.#loop;
    return doneAtOnce(loop, () =>
      typeof target === "string" ? bindUnix(loop, target, options) : bindTcp(loop, target, options),
    );
  }

  lookup(host: string | null, port: number | string | null, hints: LookupHints): Future<AddressInfo[]> {
    return lookup(this.#loop, host, port, hints);
  }

  reverseLookup(address: AddressInput, flags: number): Future<[host: string, service: string]> {
    return reverseLookup(this.#loop, address, flags);
  }

  openDatagrams(options: DatagramOptions): Future<DatagramLink> {
    return openDatagrams(this.#loop, options);
  }

  adoptStream(socket: unknown): Link {
    return adoptStream(socket);
  }

  adoptListener(socket: unknown, options: ListenOptions): Listener {
    return adoptListener(this.#loop, socket, options);
  }

  adoptDatagrams(socket: unknown): DatagramLink {
    return adoptDatagrams(socket);
  }

  openPipe(pipe: Pipe, direction: "read" | "write"): Link {
    return openPipe(pipe, direction);
  }
}

function connectSocket(socket: Socket, target: SocketAddress | string, local: SocketAddress | null): void {
  if (typeof target === "string") {
    socket.connect({ path: target });
    return;
  }
  socket.setNoDelay(true); // Node takes an option of this name from connect(), and forgets it
  socket.connect({
    host: target.address,
    port: target.port,
    family: target.family === "IPv6" ? 6 : 4,
    autoSelectFamily: false, // the addresses race above this (RFC 8305)
    ...(local === null ? {} : { localAddress: local.address, localPort: local.port }),
  });
}
