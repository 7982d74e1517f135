import type { EventLoop } from "../../../core/event-loop.ts";
import type { Future } from "../../../core/future.ts";
import { SOCK_STREAM, type SocketAddress } from "../../../net/addresses.ts";
import type { Listener, ListenerEvents } from "../../../net/driver.ts";
import { doneAtOnce } from "../../../net/host-operation.ts";
import type { SimulatedConnection } from "./connection.ts";
import { infoOf } from "./socket.ts";
import { systemError } from "./system-error.ts";

/** How a listener has its place among the others of its host. */
export interface Lease {
  /** @throws Error with the system's code */
  readonly bind: (owner: SimulatedListener) => SocketAddress | string;
  /** @throws Error with the system's code */
  readonly listen: (owner: SimulatedListener) => void;
  readonly close: (owner: SimulatedListener) => void;
}

/** A port or a path of a simulated host. Its connections are accepted as they come, so that no backlog is ever full. */
export class SimulatedListener implements Listener {
  readonly address: SocketAddress | string;
  readonly info: (name: string) => unknown;
  readonly #loop: EventLoop;
  readonly #lease: Lease;
  #events: ListenerEvents | null = null;
  #closed = false;

  constructor(loop: EventLoop, lease: Lease) {
    const address = lease.bind(this);
    this.address = address;
    this.info = infoOf(SOCK_STREAM, { sockname: address, peername: null });
    this.#loop = loop;
    this.#lease = lease;
  }

  get listening(): boolean {
    return this.#events !== null && !this.#closed;
  }

  start(events: ListenerEvents): Future<void> {
    return doneAtOnce(this.#loop, () => {
      if (this.#closed) throw systemError("EBADF", "listen", this.address);
      this.#lease.listen(this);
      this.#events = events;
    });
  }

  accept({ serverEnd, clientEnd, toClient }: SimulatedConnection): void {
    if (this.#events !== null && !this.#closed) {
      this.#events.accepted(serverEnd);
      return;
    }
    serverEnd.vanish();
    toClient.send(0, () => clientEnd.arriveReset());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#lease.close(this);
  }
}
