import dgram from "node:dgram";
import net from "node:net";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
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
import { doneAtOnce } from "../../net/host-operation.ts";
import { NodeNetwork } from "../node/network.ts";
import { adoptDatagrams, adoptListener, adoptStream } from "./adopt.ts";
import { connect } from "./connect.ts";
import { openDatagrams } from "./datagram-link.ts";
import { bindListener } from "./listener.ts";
import type { Poller } from "./poller.ts";

/** Raw sockets of the system. What belongs to the host, such as pipes and sockets of its own, stays with the host's network. */
export class SelectorNetwork implements NetworkDriver {
  readonly #loop: EventLoop;
  readonly #poller: Poller;
  readonly #host: NodeNetwork;

  constructor(loop: EventLoop, poller: Poller) {
    this.#loop = loop;
    this.#poller = poller;
    this.#host = new NodeNetwork(loop);
  }

  connect(target: SocketAddress | string, local: SocketAddress | null): Future<Link> {
    return connect(this.#loop, this.#poller, target, local);
  }

  bind(target: SocketAddress | string, options: ListenOptions): Future<Listener> {
    return doneAtOnce(this.#loop, () => bindListener(this.#loop, this.#poller, target, options));
  }

  lookup(host: string | null, port: number | string | null, hints: LookupHints): Future<AddressInfo[]> {
    return this.#host.lookup(host, port, hints);
  }

  reverseLookup(address: AddressInput, flags: number): Future<[host: string, service: string]> {
    return this.#host.reverseLookup(address, flags);
  }

  openDatagrams(options: DatagramOptions): Future<DatagramLink> {
    return openDatagrams(this.#loop, this.#poller, options);
  }

  adoptStream(socket: unknown): Link {
    return socket instanceof net.Socket ? this.#host.adoptStream(socket) : adoptStream(this.#poller, socket);
  }

  adoptListener(socket: unknown, options: ListenOptions): Listener {
    return socket instanceof net.Server
      ? this.#host.adoptListener(socket, options)
      : adoptListener(this.#loop, this.#poller, socket, options);
  }

  adoptDatagrams(socket: unknown): DatagramLink {
    return socket instanceof dgram.Socket
      ? this.#host.adoptDatagrams(socket)
      : adoptDatagrams(this.#poller, socket);
  }

  openPipe(pipe: Pipe, direction: "read" | "write"): Link {
    return this.#host.openPipe(pipe, direction);
  }
}
