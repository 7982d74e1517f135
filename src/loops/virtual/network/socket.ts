import { SOCK_STREAM, type SocketAddress } from "../../../net/addresses.ts";
import {
  familyOf,
  forConnectionsOnly,
  showSocket,
  type TransportSocket,
} from "../../../net/transport-socket.ts";

export interface SocketNames {
  readonly sockname: SocketAddress | string;
  readonly peername: SocketAddress | string | null;
}

/** A socket of the simulated network, to look at. It has no descriptor. */
export class SimulatedSocket implements TransportSocket {
  readonly type: number;
  readonly #names: SocketNames;

  constructor(type: number, names: SocketNames) {
    this.type = type;
    this.#names = names;
  }

  get family(): TransportSocket["family"] {
    return familyOf(this.#names.sockname);
  }

  fileno(): number {
    return -1;
  }

  getsockname(): SocketAddress | string {
    return this.#names.sockname;
  }

  getpeername(): SocketAddress | string | null {
    return this.#names.peername;
  }

  /** Here small writes are always sent at once. */
  setNoDelay(_enabled: boolean): void {
    this.#requireConnection("setNoDelay");
  }

  /** Has no effect here: see `retransmissionTimeout` of the network. */
  setKeepAlive(_enabled: boolean, _initialDelay = 0): void {
    this.#requireConnection("setKeepAlive");
  }

  toString(): string {
    return showSocket(this);
  }

  #requireConnection(option: string): void {
    if (this.type === SOCK_STREAM && this.#names.peername !== null) return;
    throw forConnectionsOnly(option);
  }
}

/** For `link.info(name)`. */
export function infoOf(type: number, names: SocketNames): (name: string) => unknown {
  const info = new Map<string, unknown>([
    ["sockname", names.sockname],
    ["peername", names.peername ?? undefined],
    ["socket", new SimulatedSocket(type, names)],
  ]);
  return (name) => info.get(name);
}
