import dns from "node:dns";
import { isIP, isIPv6 } from "node:net";
import { constants } from "node:os";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
import { runInRoot } from "../../core/scope.ts";
import { SO_BROADCAST, SOCK_DGRAM, SOL_SOCKET } from "../../native/constants.ts";
import { callError, succeed, wouldBlock } from "../../native/errors.ts";
import { READABLE, WRITABLE } from "../../native/readiness.ts";
import { decodeAddress, encodeAddress, SOCKADDR_SIZE } from "../../native/sockaddr.ts";
import type { AddressInput, SocketAddress } from "../../net/addresses.ts";
import {
  DATAGRAM_OVERHEAD,
  type DatagramLink,
  type DatagramOptions,
  type DatagramReceiver,
} from "../../net/driver.ts";
import { doneAtOnce } from "../../net/host-operation.ts";
import { detailsOf } from "../../sockets/addresses.ts";
import type { Poller } from "./poller.ts";
import {
  type Address,
  bindSocket,
  connectError,
  libc,
  localAddress,
  onlyIPv6,
  openSocket,
  peerAddress,
  setOption,
  sharePort,
} from "./sockets.ts";
import { SelectorTransportSocket, type SocketView } from "./transport-socket.ts";
import type { Watch, Watcher } from "./watch.ts";

const LARGEST = 65_536; // bytes; no datagram has more
const MOST_AT_ONCE = 64; // datagrams that are received before others have their turn

/** Where every datagram is received; then copied, since it belongs to the receiver. */
const scratch = Buffer.allocUnsafeSlow(LARGEST);
const senderMemory = new Uint8Array(SOCKADDR_SIZE);

interface Waiting {
  readonly data: Uint8Array;
  readonly address: AddressInput | null;
}

/** A socket for datagrams: sends at once, and queues what the system does not take. */
export class SocketDatagramLink implements DatagramLink, Watcher, SocketView {
  readonly peer: SocketAddress | null;
  readonly sockname: Address;
  readonly #watch: Watch;
  readonly #socket = new SelectorTransportSocket(this, SOCK_DGRAM);
  #fd: number;
  #receiver: DatagramReceiver | null = null;
  #queue: Waiting[] = [];
  #pending = 0;
  #onFlushed: (() => void) | null = null;
  /** Failures that are still to be reported, since they happened within a call of ours, and names that are looked up. */
  #unfinished = 0;

  constructor(poller: Poller, fd: number) {
    this.#fd = fd;
    const peer = peerAddress(fd);
    this.peer = typeof peer === "string" ? null : peer;
    this.sockname = localAddress(fd);
    this.#watch = poller.add(fd, this);
  }

  get fd(): number {
    return this.#fd;
  }

  get peername(): SocketAddress | null {
    return this.peer;
  }

  get pending(): number {
    return this.#pending;
  }

  attach(receiver: DatagramReceiver): void {
    this.#receiver = receiver;
    this.#watch.want(READABLE);
  }

  send(data: Uint8Array, address: AddressInput | null): void {
    if (this.#fd < 0) return;
    if (address !== null && isIP(address.address) === 0) this.#sendByName(Uint8Array.from(data), address);
    else if (this.#queue.length > 0 || !this.#try(data, address)) this.#keep(Uint8Array.from(data), address);
  }

  flush(onFlushed: () => void): void {
    this.#onFlushed = onFlushed;
    this.#lookFlushed();
  }

  destroy(): void {
    if (this.#fd < 0) return;
    this.#receiver = null;
    this.#onFlushed = null;
    this.#queue = [];
    this.#pending = 0;
    this.#watch.close();
    libc().close(this.#fd);
    this.#fd = -1;
  }

  info(name: string): unknown {
    if (name === "socket") return this.#socket;
    if (name === "sockname") return this.sockname;
    return name === "peername" ? this.peer : undefined;
  }

  onReadable(): void {
    for (let count = 0; count < MOST_AT_ONCE && this.#fd >= 0; count++) {
      const { count: size, from } = libc().recvfrom(this.#fd, scratch, senderMemory);
      if (size < 0) {
        if (!wouldBlock(size)) this.#receiver?.troubled(callError(size, "recvfrom"));
        return;
      }
      const sender = decodeAddress(libc(), from);
      if (typeof sender !== "string")
        this.#receiver?.received(Buffer.from(scratch.subarray(0, size)), sender);
    }
  }

  onWritable(): void {
    let sent = 0;
    for (const { data, address } of this.#queue) {
      if (!this.#try(data, address)) break;
      sent++;
      this.#pending -= data.length + DATAGRAM_OVERHEAD;
    }
    this.#queue.splice(0, sent);
    if (this.#queue.length === 0) this.#watch.unwant(WRITABLE);
    if (sent > 0) this.#receiver?.flushed();
    this.#lookFlushed();
  }

  #sendByName(data: Uint8Array, { address: name, port }: AddressInput): void {
    const family = typeof this.sockname !== "string" && this.sockname.family === "IPv6" ? 6 : 4;
    this.#later((finish) =>
      dns.lookup(name, { family }, (error, address) =>
        finish(() => {
          if (error !== null) this.#receiver?.troubled(error);
          else this.send(data, { address, port });
        }),
      ),
    );
  }

  #keep(data: Uint8Array, address: AddressInput | null): void {
    this.#queue.push({ data, address });
    this.#pending += data.length + DATAGRAM_OVERHEAD;
    this.#watch.want(WRITABLE);
  }

  /** Whether it is done with, be it that it failed. */
  #try(data: Uint8Array, address: AddressInput | null): boolean {
    let result: number;
    try {
      result = this.#sendNow(data, address);
    } catch (error) {
      this.#reportSoon(
        error instanceof Error ? error : new Error("A datagram was refused", { cause: error }),
      );
      return true;
    }
    if (wouldBlock(result)) return false;
    if (result < 0)
      this.#reportSoon(callError(result, "send", address === null ? {} : detailsOf(complete(address))));
    return true;
  }

  #sendNow(data: Uint8Array, address: AddressInput | null): number {
    if (address === null) return libc().send(this.#fd, data);
    if (address.port === 0) return -constants.errno.EINVAL;
    return libc().sendto(this.#fd, data, encodeAddress(libc(), complete(address)));
  }

  #reportSoon(error: Error): void {
    this.#later((finish) => setImmediate(() => finish(() => this.#receiver?.troubled(error))));
  }

  /** Begins something that is not over when it returns, and that a flush waits for. */
  #later(begin: (finish: (end: () => void) => void) => unknown): void {
    this.#unfinished++;
    runInRoot(() =>
      begin((end) => {
        this.#unfinished--;
        end();
        this.#lookFlushed();
      }),
    );
  }

  #lookFlushed(): void {
    if (this.#queue.length > 0 || this.#unfinished > 0) return;
    const onFlushed = this.#onFlushed;
    this.#onFlushed = null;
    onFlushed?.();
  }
}

export function openDatagrams(
  loop: EventLoop,
  poller: Poller,
  options: DatagramOptions,
): Future<DatagramLink> {
  const open = (): DatagramLink => {
    const any: SocketAddress =
      options.family === 6
        ? { address: "::", port: 0, family: "IPv6" }
        : { address: "0.0.0.0", port: 0, family: "IPv4" };
    const fd = openSocket(any, SOCK_DGRAM);
    try {
      prepare(fd, options, any);
      return new SocketDatagramLink(poller, fd);
    } catch (error) {
      libc().close(fd);
      throw error;
    }
  };
  return doneAtOnce(loop, open);
}

function prepare(
  fd: number,
  { local, peer, family, reusePort, allowBroadcast }: DatagramOptions,
  any: SocketAddress,
): void {
  if (reusePort) sharePort(fd);
  if (family === 6) onlyIPv6(fd);
  bindSocket(fd, local ?? any);
  if (allowBroadcast) succeed(setOption(fd, SOL_SOCKET, SO_BROADCAST, 1), "setsockopt");
  if (peer === null) return;
  const result = libc().connect(fd, encodeAddress(libc(), peer));
  if (result < 0) throw connectError(result, peer);
}

function complete({ address, port }: AddressInput): SocketAddress {
  return { address, port, family: isIPv6(address) ? "IPv6" : "IPv4" };
}
