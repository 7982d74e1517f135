import { unlinkSync } from "node:fs";
import { constants } from "node:os";
import { hasCode } from "../../core/error-codes.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
import type { TimerHandle } from "../../core/handle.ts";
import { SO_KEEPALIVE, SOCK_STREAM, SOL_SOCKET } from "../../native/constants.ts";
import { callError, succeed, wouldBlock } from "../../native/errors.ts";
import { READABLE } from "../../native/readiness.ts";
import { decodeAddress, SOCKADDR_SIZE } from "../../native/sockaddr.ts";
import type { SocketAddress } from "../../net/addresses.ts";
import type { Listener, ListenerEvents, ListenOptions } from "../../net/driver.ts";
import { doneAtOnce } from "../../net/host-operation.ts";
import { detailsOf } from "../../sockets/addresses.ts";
import { closing } from "../node/unix-listener.ts";
import { hasFile, requireFreePath, SocketFile } from "../node/unix-path.ts";
import type { Poller } from "./poller.ts";
import {
  type Address,
  bindSocket,
  libc,
  localAddress,
  onlyIPv6,
  openSocket,
  reuseAddress,
  sendAtOnce,
  setOption,
  sharePort,
} from "./sockets.ts";
import { type KnownNames, StreamLink } from "./stream-link.ts";
import { SelectorTransportSocket, type SocketView } from "./transport-socket.ts";
import type { Watch, Watcher } from "./watch.ts";

const MOST_AT_ONCE = 64; // connections that are accepted before others have their turn
const RETRY_DELAY = 1000; // ms, as in asyncio (row SRV-27)

const { EMFILE, ENFILE, ENOBUFS, ENOMEM, ECONNABORTED } = constants.errno;
const EXHAUSTED = new Set([EMFILE, ENFILE, ENOBUFS, ENOMEM]);

export interface SocketListenerOptions extends Pick<ListenOptions, "backlog" | "keepAlive"> {
  /** What is to be done besides closing the socket, such as to remove its file. */
  readonly close?: (close: () => void) => () => void;
}

/** A bound socket that listens once it was told to. */
export class SocketListener implements Listener, Watcher, SocketView {
  readonly address: Address;
  readonly peername = null;
  readonly #loop: EventLoop;
  readonly #poller: Poller;
  readonly #watch: Watch;
  readonly #options: SocketListenerOptions;
  readonly #peer = new Uint8Array(SOCKADDR_SIZE);
  readonly #socket = new SelectorTransportSocket(this, SOCK_STREAM);
  #fd: number;
  #events: ListenerEvents | null = null;
  #retry: TimerHandle | null = null;

  constructor(loop: EventLoop, poller: Poller, fd: number, options: SocketListenerOptions) {
    this.#loop = loop;
    this.#poller = poller;
    this.#fd = fd;
    this.#options = options;
    this.address = localAddress(fd);
    this.#watch = poller.add(fd, this);
  }

  get fd(): number {
    return this.#fd;
  }

  get sockname(): Address {
    return this.address;
  }

  start(events: ListenerEvents): Future<void> {
    return doneAtOnce(this.#loop, () => {
      succeed(libc().listen(this.#fd, this.#options.backlog), "listen", detailsOf(this.address));
      this.#events = events;
      this.#watch.want(READABLE);
    });
  }

  close(): void {
    if (this.#fd < 0) return;
    this.#retry?.cancel();
    this.#watch.close();
    const fd = this.#fd;
    this.#fd = -1;
    const close = (): void => void libc().close(fd);
    (this.#options.close?.(close) ?? close)();
  }

  info(name: string): unknown {
    if (name === "socket") return this.#socket;
    return name === "sockname" ? this.address : undefined;
  }

  onReadable(): void {
    for (let count = 0; count < MOST_AT_ONCE && this.#fd >= 0; count++) {
      const { fd, from } = libc().accept(this.#fd, this.#peer);
      if (fd >= 0) this.#accept(fd, from);
      else if (wouldBlock(fd)) return;
      else if (fd !== -ECONNABORTED) {
        this.#pause(fd);
        return;
      }
    }
  }

  onWritable(): void {}

  #accept(fd: number, from: Uint8Array): void {
    if (typeof this.address !== "string") sendAtOnce(fd);
    if (this.#options.keepAlive) setOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    this.#events?.accepted(new StreamLink(this.#poller, fd, this.#namesOf(from)));
  }

  #namesOf(from: Uint8Array): KnownNames {
    if (typeof this.address !== "string") return { peer: from };
    return { sockname: this.address, peername: decodeAddress(libc(), from) };
  }

  /** Nothing can be accepted for now; a connection that waits would be reported again and again. */
  #pause(result: number): void {
    this.#watch.unwant(READABLE);
    this.#retry = this.#loop.callLater(RETRY_DELAY, () => this.#watch.want(READABLE));
    const error = callError(result, "accept", detailsOf(this.address));
    if (EXHAUSTED.has(-result)) this.#events?.exhausted(error);
    else
      this.#loop.callExceptionHandler({
        message: "A server could not accept a connection",
        exception: error,
      });
  }
}

/** Throws what the system says, and then leaves nothing open. */
export function bindListener(
  loop: EventLoop,
  poller: Poller,
  target: Address,
  options: ListenOptions,
): SocketListener {
  if (typeof target === "string") return bindUnix(loop, poller, target, options);
  return openListener(target, (fd) => {
    reuseAddress(fd);
    if (options.reusePort) sharePort(fd);
    if (target.family === "IPv6") onlyIPv6(fd);
    bindSocket(fd, target);
    return new SocketListener(loop, poller, fd, options);
  });
}

function bindUnix(loop: EventLoop, poller: Poller, path: string, options: ListenOptions): SocketListener {
  if (hasFile(path)) requireFreePath(path);
  return openListener(path, (fd) => {
    if (hasFile(path)) removeOld(path);
    bindSocket(fd, path);
    const file = hasFile(path) && options.cleanupSocket ? new SocketFile(path) : null;
    return new SocketListener(loop, poller, fd, { ...options, close: (close) => closing(loop, close, file) });
  });
}

function openListener<T>(target: SocketAddress | string, prepare: (fd: number) => T): T {
  const fd = openSocket(target, SOCK_STREAM);
  try {
    return prepare(fd);
  } catch (error) {
    libc().close(fd);
    throw error;
  }
}

/** A socket of the same name, whose server has gone. */
function removeOld(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}
