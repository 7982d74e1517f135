import { Socket as DatagramSocket } from "node:dgram";
import { Server, Socket } from "node:net";
import { describe } from "../../../core/arguments.ts";
import { ArgumentTypeError, RuntimeError } from "../../../core/errors.ts";
import type { Future } from "../../../core/future.ts";
import type { AddressInfo, AddressInput, SocketAddress } from "../../../net/addresses.ts";
import type {
  DatagramLink,
  DatagramOptions,
  Link,
  Listener,
  ListenOptions,
  LookupHints,
  NetworkDriver,
} from "../../../net/driver.ts";
import { doneAtOnce } from "../../../net/host-operation.ts";
import { connect } from "./connecting.ts";
import { openDatagrams } from "./datagram-link.ts";
import { currentHost, type SimulatedHost } from "./host.ts";
import { lookup, reverseLookup } from "./names.ts";
import type { SimulatedNetwork } from "./network.ts";
import type { World } from "./world.ts";

/** What the virtual loop brings for the network: everything happens on the host whose code calls. */
export class SimulatedDriver implements NetworkDriver {
  readonly owner: SimulatedNetwork;
  readonly #world: World;

  constructor(world: World, owner: SimulatedNetwork) {
    this.#world = world;
    this.owner = owner;
  }

  lookup(host: string | null, port: number | string | null, hints: LookupHints): Future<AddressInfo[]> {
    const { loop, names, limits } = this.#world;
    return lookup(loop, names, limits.lookupLatency, { host, port, hints });
  }

  reverseLookup(address: AddressInput, flags: number): Future<[host: string, service: string]> {
    const { loop, names, limits } = this.#world;
    return reverseLookup(loop, names, limits.lookupLatency, { address, flags });
  }

  connect(target: SocketAddress | string, local: SocketAddress | null): Future<Link> {
    return connect(this.#world, this.#host, target, local);
  }

  bind(target: SocketAddress | string, options: ListenOptions): Future<Listener> {
    return doneAtOnce(this.#world.loop, () => {
      const host = this.#host;
      host.requireUp("bind", target);
      return host.ports.listen(target, options);
    });
  }

  openDatagrams(options: DatagramOptions): Future<DatagramLink> {
    return openDatagrams(this.#world, this.#host, options);
  }

  adoptStream(socket: unknown): Link {
    throw refusal(socket, "a connected net.Socket, its descriptor, or an object with fileno()");
  }

  adoptListener(socket: unknown): Listener {
    throw refusal(socket, "a net.Server that listens, its descriptor, or an object with fileno()");
  }

  adoptDatagrams(socket: unknown): DatagramLink {
    throw refusal(socket, "a dgram.Socket of node:dgram");
  }

  openPipe(): Link {
    throw new RuntimeError(
      "GYRE_NOT_SUPPORTED",
      'The virtual loop has no pipes, because those of the host know nothing of its clock. Use a connection to a Unix path, or the loop "node".',
    );
  }

  get #host(): SimulatedHost {
    const host = currentHost.get();
    return host !== null && host.network === this.#world ? host : this.owner.main;
  }
}

function refusal(socket: unknown, expected: string): Error {
  const real =
    typeof socket === "number" ||
    socket instanceof Socket ||
    socket instanceof Server ||
    socket instanceof DatagramSocket ||
    (typeof socket === "object" && socket !== null && "fileno" in socket);
  if (!real)
    return new ArgumentTypeError(`The option sock must be ${expected}, but it is ${describe(socket)}.`);
  return new RuntimeError(
    "GYRE_NOT_SUPPORTED",
    'The virtual loop cannot adopt a socket of the host, which knows nothing of its clock. Connect by address, or use the loop "node".',
  );
}
