import { type SocketAddress } from "../../../net/addresses.ts";
import type { Listener, ListenOptions } from "../../../net/driver.ts";
import { familyOf, isLoopback, normalized } from "./addresses.ts";
import type { SimulatedDatagramLink } from "./datagram-link.ts";
import { SimulatedListener } from "./listener.ts";
import type { NetworkCore } from "./network-core.ts";
import { isWildcard, Sockets } from "./sockets.ts";
import { systemError } from "./system-error.ts";

const LONGEST_PATH = 107; // bytes, as on Linux

export type Found =
  | { readonly listener: SimulatedListener }
  | { readonly listener: null; readonly code: "ECONNREFUSED" | "ENOENT" };

const REFUSED: Found = { listener: null, code: "ECONNREFUSED" };

/** The addresses, ports and paths of one host, and who has them. */
export class Ports {
  readonly udp = new Sockets<SimulatedDatagramLink>("udp");
  readonly #tcp = new Sockets<object>("tcp");
  /** Null: a file that its listener has left behind. */
  readonly #paths = new Map<string, SimulatedListener | null>();
  readonly #network: NetworkCore;
  readonly #addresses: readonly string[];

  constructor(network: NetworkCore, addresses: readonly string[]) {
    this.#network = network;
    this.#addresses = addresses;
  }

  owns(address: string): boolean {
    return isLoopback(address) || this.#addresses.includes(address);
  }

  /** Where that leads, from here: the wildcard addresses lead to the host itself. */
  destination({ address, port, family }: SocketAddress): SocketAddress {
    if (isWildcard(address)) return { address: family === "IPv6" ? "::1" : "127.0.0.1", port, family };
    return { address: normalized(address), port, family };
  }

  /** Where something comes from that goes there. @throws Error `ENETUNREACH`, `EADDRNOTAVAIL` */
  source(target: SocketAddress, local: SocketAddress | null, syscall: string): SocketAddress {
    if (local !== null && !isWildcard(local.address)) return this.requireOwn(local);
    const { family } = target;
    const address = isLoopback(target.address)
      ? this.destination({ address: family === "IPv6" ? "::" : "0.0.0.0", port: 0, family }).address
      : this.#addresses.find((own) => familyOf(own) === family);
    if (address === undefined)
      throw systemError("ENETUNREACH", syscall, target, `this host has no address of ${family}`);
    return { address, port: local?.port ?? 0, family };
  }

  /** @throws Error `EADDRNOTAVAIL` */
  requireOwn(local: SocketAddress): SocketAddress {
    const address = normalized(local.address);
    if (!isWildcard(address) && !this.owns(address)) throw systemError("EADDRNOTAVAIL", "bind", local);
    return { address, port: local.port, family: local.family };
  }

  /** Takes a port for the end of a connection; paths need none. */
  occupy(owner: object, local: SocketAddress | string): SocketAddress | string {
    return typeof local === "string" ? local : this.#tcp.bind(owner, local);
  }

  vacate(owner: object): void {
    this.#tcp.release(owner);
  }

  /** @throws Error `EADDRINUSE`, `EADDRNOTAVAIL`, `ENAMETOOLONG` */
  listen(target: SocketAddress | string, options: ListenOptions): Listener {
    const { loop } = this.#network;
    if (typeof target === "string") return this.#listenOnPath(target, options);
    const { reusePort } = options;
    const wanted = this.requireOwn(target);
    return new SimulatedListener(loop, {
      bind: (owner) => this.#tcp.bind(owner, wanted, { reusePort, minds: listens }),
      listen: (owner) => this.#tcp.requireFree(owner, "listen", listens),
      close: (owner) => this.#tcp.release(owner),
    });
  }

  listenerAt(target: SocketAddress | string): Found {
    if (typeof target === "string") {
      const found = this.#paths.get(target);
      if (found === undefined)
        return { listener: null, code: target.startsWith("\0") ? "ECONNREFUSED" : "ENOENT" };
      return found?.listening ? { listener: found } : REFUSED;
    }
    const found = this.#tcp.find(target, listens);
    return found instanceof SimulatedListener ? { listener: found } : REFUSED;
  }

  /** Closes all that listens or receives. */
  closeAll(): void {
    for (const owner of this.#tcp.owners()) if (owner instanceof SimulatedListener) owner.close();
    for (const listener of this.#paths.values()) listener?.close();
    for (const link of this.udp.owners()) link.sever();
  }

  #listenOnPath(path: string, { cleanupSocket }: ListenOptions): Listener {
    if (Buffer.byteLength(path) > LONGEST_PATH) throw systemError("ENAMETOOLONG", "bind", path);
    const abstract = path.startsWith("\0");
    if (abstract && this.#paths.has(path)) throw systemError("EADDRINUSE", "bind", path);
    return new SimulatedListener(this.#network.loop, {
      bind: (listener) => {
        this.#paths.set(path, listener);
        return path;
      },
      listen: () => undefined,
      close: (listener) => {
        if (this.#paths.get(path) !== listener) return; // somebody has replaced it
        if (cleanupSocket || abstract) this.#paths.delete(path);
        else this.#paths.set(path, null);
      },
    });
  }
}

function listens(owner: object): boolean {
  return owner instanceof SimulatedListener && owner.listening;
}
