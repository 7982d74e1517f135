import { IPPROTO_TCP, SO_KEEPALIVE, SOL_SOCKET, TCP_KEEPIDLE, TCP_NODELAY } from "../../native/constants.ts";
import { succeed } from "../../native/errors.ts";
import {
  familyOf,
  forConnectionsOnly,
  showSocket,
  type TransportSocket,
} from "../../net/transport-socket.ts";
import { type Address, setOption } from "./sockets.ts";

const MS_PER_SECOND = 1000;

/** What a socket of this loop knows of itself. */
export interface SocketView {
  /** -1 once it is closed. */
  readonly fd: number;
  readonly sockname: Address;
  readonly peername: Address | null;
  /** Somebody is told the descriptor, and may write to it from now on. */
  share?(): void;
}

/** A socket of a transport or a server, to look at. */
export class SelectorTransportSocket implements TransportSocket {
  readonly type: number;
  readonly #view: SocketView;

  constructor(view: SocketView, type: number) {
    this.#view = view;
    this.type = type;
  }

  get family(): TransportSocket["family"] {
    return familyOf(this.#view.sockname);
  }

  fileno(): number {
    this.#view.share?.();
    return this.#view.fd;
  }

  getsockname(): Address {
    return this.#view.sockname;
  }

  getpeername(): Address | null {
    return this.#view.peername;
  }

  setNoDelay(enabled: boolean): void {
    this.#set("setNoDelay", IPPROTO_TCP, TCP_NODELAY, Number(enabled));
  }

  setKeepAlive(enabled: boolean, initialDelay = 0): void {
    this.#set("setKeepAlive", SOL_SOCKET, SO_KEEPALIVE, Number(enabled));
    const seconds = Math.floor(initialDelay / MS_PER_SECOND);
    if (enabled && seconds > 0) this.#set("setKeepAlive", IPPROTO_TCP, TCP_KEEPIDLE, seconds);
  }

  toString(): string {
    return showSocket(this);
  }

  #set(method: string, level: number, option: number, value: number): void {
    if (this.family === "Unix" || this.#view.peername === null) {
      throw forConnectionsOnly(method);
    }
    if (this.#view.fd < 0) return; // closed: there is nothing left to set
    succeed(setOption(this.#view.fd, level, option, value), "setsockopt");
  }
}
