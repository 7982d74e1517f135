import { RuntimeError } from "../../core/errors.ts";
import type { SocketAddress } from "../../net/addresses.ts";
import type { TransportSocket } from "../../net/transport-socket.ts";
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

  get family(): "IPv4" | "IPv6" | "Unix" {
    const { sockname } = this.#names;
    return typeof sockname === "string" ? "Unix" : sockname.family;
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
    if (this.#holder.setNoDelay === undefined) throw unsupported("setNoDelay");
    this.#holder.setNoDelay(enabled);
  }

  setKeepAlive(enabled: boolean, initialDelay = 0): void {
    if (this.#holder.setKeepAlive === undefined) throw unsupported("setKeepAlive");
    this.#holder.setKeepAlive(enabled, initialDelay);
  }

  toString(): string {
    return `<TransportSocket fd=${this.fileno()} family=${this.family}>`;
  }
}

function unsupported(option: string): RuntimeError {
  return new RuntimeError(
    "GYRE_NOT_SUPPORTED",
    `${option}() works on connections only, and this is a socket of another kind.`,
  );
}
