import { constants } from "node:os";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
import { SOCK_STREAM } from "../../native/constants.ts";
import { WRITABLE } from "../../native/readiness.ts";
import { encodeAddress } from "../../native/sockaddr.ts";
import type { Link } from "../../net/driver.ts";
import { HostOperation, type Outcome } from "../../net/host-operation.ts";
import type { Poller } from "./poller.ts";
import {
  type Address,
  bindSocket,
  connectError,
  libc,
  openSocket,
  sendAtOnce,
  takeError,
} from "./sockets.ts";
import { StreamLink } from "./stream-link.ts";

const RETRY_DELAY = 5; // ms until a Unix server whose backlog was full is asked again
const { EINPROGRESS, EAGAIN, EINTR, EISCONN } = constants.errno;

/** Begins a connection; cancelling gives it up. */
export function connect(
  loop: EventLoop,
  poller: Poller,
  target: Address,
  local: Address | null,
): Future<Link> {
  return new HostOperation<Link>(
    loop,
    (outcome) => {
      try {
        return new Attempt(loop, poller, target, local, outcome).giveUp;
      } catch (error) {
        outcome.reject(error);
        return () => undefined;
      }
    },
    (late) => late.destroy(),
  );
}

class Attempt {
  readonly #loop: EventLoop;
  readonly #poller: Poller;
  readonly #target: Address;
  readonly #outcome: Outcome<Link>;
  readonly #fd: number;
  #stop: () => void = () => undefined;
  #over = false;

  constructor(
    loop: EventLoop,
    poller: Poller,
    target: Address,
    local: Address | null,
    outcome: Outcome<Link>,
  ) {
    this.#loop = loop;
    this.#poller = poller;
    this.#target = target;
    this.#outcome = outcome;
    this.#fd = openSocket(target, SOCK_STREAM);
    try {
      if (local !== null) bindSocket(this.#fd, local);
      this.#begin(encodeAddress(libc(), target));
    } catch (error) {
      libc().close(this.#fd);
      throw error;
    }
  }

  readonly giveUp = (): void => {
    if (this.#over) return;
    this.#over = true;
    this.#stop();
    libc().close(this.#fd);
  };

  #begin(address: Uint8Array): void {
    const result = libc().connect(this.#fd, address);
    if (result === 0 || result === -EISCONN) this.#succeed();
    else if (result === -EINPROGRESS || result === -EINTR) this.#wait();
    else if (result === -EAGAIN) {
      // unix(7): the backlog of the server is full, and nothing will tell when it is not
      const retry = this.#loop.callLater(RETRY_DELAY, () => this.#begin(address));
      this.#stop = () => retry.cancel();
    } else this.#fail(result);
  }

  #wait(): void {
    const watch = this.#poller.add(this.#fd, {
      onReadable: () => undefined,
      onWritable: () => {
        watch.close();
        const result = takeError(this.#fd);
        if (result < 0) this.#fail(result);
        else this.#succeed();
      },
    });
    this.#stop = () => watch.close();
    watch.want(WRITABLE);
  }

  #succeed(): void {
    this.#over = true;
    const isUnix = typeof this.#target === "string";
    if (!isUnix) sendAtOnce(this.#fd);
    const names = isUnix ? { sockname: "", peername: this.#target } : {};
    this.#outcome.resolve(new StreamLink(this.#poller, this.#fd, names));
  }

  #fail(result: number): void {
    this.giveUp();
    this.#outcome.reject(connectError(result, this.#target));
  }
}
