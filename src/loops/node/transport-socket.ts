import type { SocketAddress } from "../../net/addresses.ts";
import {
  familyOf,
  forConnectionsOnly,
  showSocket,
  type TransportSocket,
} from "../../net/transport-socket.ts";
import { descriptorOf } from "./handles.ts";

export interface SocketNames {
  readonly sockname: SocketAddress | string;
  readonly peername: SocketAddress | string | null;
}

/** The methods of Node's sockets that set options, where a kind of socket has them. */
interface Options {
  setNoDelay?(enabled: boolean): unknown;
  setKeepAlive?(enabled: boolean, initialDelay?: number): unknown;
}

/** A socket of the host's, to look at. */
export class NodeTransportSocket implements TransportSocket {
  readonly type: number;
  readonly #holder: object & Options;
  readonly #names: SocketNames;

  /** @param holder - a `net.Socket`, `net.Server` or `dgram.Socket` */
  constructor(holder: object & Options, type: number, names: SocketNames) {
    this.#holder = holder;
    this.type = type;
    this.#names = names;
  }

  get family(): TransportSocket["family"] {
    return familyOf(this.#names.sockname);
  }

  fileno(): number {
    return descriptorOf(this.#holder);
  }

  getsockname(): SocketAddress | string {
    return this.#names.sockname;
  }

  getpeername(): SocketAddress | string | null {
    return this.#names.peername;
  }

  setNoDelay(enabled: boolean): void {
    if (this.#holder.setNoDelay === undefined) throw forConnectionsOnly("setNoDelay");
    this.#holder.setNoDelay(enabled);
  }

  setKeepAlive(enabled: boolean, initialDelay = 0): void {
    if (this.#holder.setKeepAlive === undefined) throw forConnectionsOnly("setKeepAlive");
    this.#holder.setKeepAlive(enabled, initialDelay);
  }

  toString(): string {
    return showSocket(this);
  }
}
