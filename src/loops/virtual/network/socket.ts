import { RuntimeError } from "../../../core/errors.ts";
import { SOCK_STREAM, type SocketAddress } from "../../../net/addresses.ts";
import type { TransportSocket } from "../../../net/transport-socket.ts";

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

  get family(): "IPv4" | "IPv6" | "Unix" {
    const { sockname } = this.#names;
    return typeof sockname === "string" ? "Unix" : sockname.family;
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
    return `<TransportSocket fd=${this.fileno()} family=${this.family}>`;
  }

  #requireConnection(option: string): void {
    if (this.type === SOCK_STREAM && this.#names.peername !== null) return;
    throw new RuntimeError(
      "GYRE_NOT_SUPPORTED",
      `${option}() works on connections only, and this is a socket of another kind.`,
    );
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
