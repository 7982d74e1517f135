import type { Duplex } from "node:stream";
import { runInRoot } from "../../core/scope.ts";
import { SHUT_WR, SOCK_STREAM } from "../../native/constants.ts";
import { callError, wouldBlock } from "../../native/errors.ts";
import type { Libc } from "../../native/libc.ts";
import { READABLE, WRITABLE } from "../../native/readiness.ts";
import { allocateChunk } from "../../net/connection/chunk-memory.ts";
import { LinkDuplex } from "../../net/connection/link-duplex.ts";
import type { ByteSource, Link, LinkReceiver, LinkTraits } from "../../net/driver.ts";
import type { Poller, Watch, Watcher } from "./poller.ts";
import { MOST_ROOM, type Receiving } from "./receive-batch.ts";
import type { Parcel, Sending } from "./send-batch.ts";
import { SendQueue } from "./send-queue.ts";
import { type Address, libc, localAddress, peerAddress } from "./sockets.ts";
import { SelectorTransportSocket, type SocketView } from "./transport-socket.ts";

const READ_SIZE = 262_144; // bytes, as in asyncio (row TR-14)
const HIGH_WATER_MARK = 65_536; // bytes, as in asyncio
const SMALL = 4096; // bytes that are better received with others, even if they are then copied once more
const FIRST_SIZE = 1024; // bytes that are expected before anything came
const ROOM_TO_SPARE = 1088; // bytes; no power of two, which would put all into the same lines of the processor's cache

const TRAITS: LinkTraits = { kind: "socket", halfClose: true, highWaterMark: HIGH_WATER_MARK };

/** Where every socket of this thread reads into: a chunk is delivered or copied before the next one is read. */
const scratch = Buffer.allocUnsafeSlow(READ_SIZE);

/** A connected stream socket: reads when there is something, writes at once or within the round, and queues what the system does not take. */
export class StreamLink implements Link, ByteSource, Watcher, Receiving, Sending, SocketView {
  readonly traits = TRAITS;
  readonly #libc: Libc = libc();
  readonly #poller: Poller;
  readonly #watch: Watch;
  #fd: number;
  #receiver: LinkReceiver | null = null;
  #queue: SendQueue | null = null;
  /** What leaves with the writes of others. Then the queue is empty. */
  #parcel: Parcel | null = null;
  /** Bytes that came at once the last time. */
  #lastSize = FIRST_SIZE;
  #sockname: Address | null = null;
  #peername: Address | null | undefined;
  #socket: SelectorTransportSocket | null = null;
  /** Whether the peer has said all. */
  #ended = false;
  /** The end of the outgoing direction: wanted once everything is sent. */
  #ending = false;
  #onDrained: (() => void) | null = null;
  /** What went wrong within a call of ours, until it is reported. */
  #failure: Error | null = null;

  /** @param peername - where it is known; else it is asked for when somebody wants to know */
  constructor(poller: Poller, fd: number, names: { sockname?: Address; peername?: Address } = {}) {
    this.#poller = poller;
    this.#fd = fd;
    this.#sockname = names.sockname ?? null;
    this.#peername = names.peername;
    this.#watch = poller.add(fd, this);
  }

  /** For others, who may write to it too. */
  get fd(): number {
    this.flush();
    return this.#fd;
  }

  get descriptor(): number {
    return this.#fd;
  }

  get sockname(): Address {
    if (this.#fd >= 0) this.#sockname ??= localAddress(this.#fd);
    return this.#sockname ?? "";
  }

  get peername(): Address | null {
    if (this.#peername === undefined) this.#peername = this.#fd < 0 ? null : peerAddress(this.#fd);
    return this.#peername;
  }

  get pending(): number {
    return this.#parcel?.length ?? this.#queue?.size ?? 0;
  }

  attach(receiver: LinkReceiver): void {
    this.#receiver = receiver;
  }

  resume(): void {
    if (this.#fd < 0 || this.#ended) return;
    const failure = this.#watch.want(READABLE);
    if (failure < 0) this.#failSoon(callError(failure, "epoll_ctl"));
  }

  pause(): void {
    this.#watch.unwant(READABLE);
  }

  write(chunk: Uint8Array): void {
    if (this.#fd < 0) return;
    if (this.#parcel !== null) {
      if (this.#parcel.append(chunk)) return;
      this.flush();
    }
    if (this.pending > 0) this.#queue?.push(chunk);
    else {
      this.#parcel = this.#poller.takeWrite(this, chunk);
      if (this.#parcel === null) this.#noteSent(this.#libc.send(this.#fd, chunk), chunk);
    }
  }

  writev(chunks: readonly Uint8Array[]): void {
    if (this.#fd < 0) return;
    this.flush();
    const wasEmpty = this.pending === 0;
    this.#queue ??= new SendQueue();
    for (const chunk of chunks) this.#queue.push(chunk);
    if (wasEmpty) this.#sendPending();
    if (this.pending > 0) this.#wantToWrite();
  }

  flush(): void {
    const bytes = this.#parcel?.withdraw();
    this.#parcel = null;
    if (bytes !== undefined) this.#noteParcel(this.#libc.send(this.#fd, bytes), bytes);
  }

  end(): void {
    this.#ending = true;
    this.flush();
    if (this.pending === 0) this.#shutdown();
  }

  close(onClosed: (error: Error | null) => void): void {
    const finish = (): void => {
      this.destroy();
      onClosed(null);
    };
    this.pause();
    this.flush();
    if (this.pending === 0 || this.#fd < 0) finish();
    else this.#onDrained = finish;
  }

  destroy(): void {
    if (this.#fd < 0) return;
    this.flush();
    this.#sockname ??= localAddress(this.#fd); // may be asked for afterwards
    if (this.#peername === undefined) this.#peername = peerAddress(this.#fd);
    this.#receiver = null;
    this.#onDrained = null;
    this.#queue = null;
    this.#watch.close();
    this.#libc.close(this.#fd);
    this.#fd = -1;
  }

  info(name: string): unknown {
    if (name === "socket") return (this.#socket ??= new SelectorTransportSocket(this, SOCK_STREAM));
    if (name === "sockname") return this.sockname;
    return name === "peername" ? this.peername : undefined;
  }

  release(): Duplex {
    this.#receiver = null;
    return new LinkDuplex(this);
  }

  // What the poller reports

  onReadable(): void {
    if (this.#lastSize < SMALL && this.#poller.takesReceive(this)) return;
    if (this.#receiver?.pull?.(this) === true) return;
    if (this.#lastSize < MOST_ROOM && this.#poller.takesReceive(this)) return;
    const expected = this.#lastSize < MOST_ROOM ? 0 : this.#libc.available(this.#fd);
    if (expected < MOST_ROOM) this.received(this.#libc.recv(this.#fd, scratch), scratch, 0);
    else this.#receiveLarge(Math.min(expected, READ_SIZE));
  }

  /** What is large is not copied. */
  #receiveLarge(size: number): void {
    const chunk = allocateChunk(size);
    const count = this.read(chunk);
    if (count > 0) this.#receiver?.received(chunk.subarray(0, count), false);
  }

  read(into: Uint8Array): number {
    if (this.#fd < 0) return 0;
    const count = this.#libc.recv(this.#fd, into);
    if (count <= 0) this.received(count, scratch, 0);
    else this.#lastSize = count;
    return Math.max(count, 0);
  }

  onWritable(): void {
    const before = this.pending;
    this.#sendPending();
    if (this.#failure !== null) return;
    if (this.pending === 0) {
      this.#watch.unwant(WRITABLE);
      if (this.#ending) this.#shutdown();
    }
    if (this.pending < before) this.#receiver?.flushed();
    if (this.pending === 0) this.#onDrained?.();
  }

  // What is received and sent together with others

  get room(): number {
    return Math.min(ROOM_TO_SPARE + 2 * this.#lastSize, MOST_ROOM);
  }

  received(result: number, memory: Buffer, offset: number): void {
    if (result > 0) {
      this.#lastSize = result;
      this.#receiver?.received(memory.subarray(offset, offset + result), true);
    } else if (result === 0) {
      this.#ended = true;
      this.pause();
      this.#receiver?.ended();
    } else if (!wouldBlock(result)) this.#fail(callError(result, "read"));
  }

  settled(result: number): void {
    const parcel = this.#parcel;
    this.#parcel = null;
    if (parcel !== null) this.#noteParcel(result, parcel.bytes);
  }

  flushed(): void {
    this.#receiver?.flushed();
  }

  /** @param bytes - in memory that others use afterwards */
  #noteParcel(sent: number, bytes: Uint8Array): void {
    if (sent !== bytes.length) this.#noteSent(sent, Buffer.from(bytes));
  }

  #noteSent(sent: number, chunk: Uint8Array): void {
    if (sent === chunk.length) return;
    if (sent >= 0) this.#keep(chunk.subarray(sent));
    else if (wouldBlock(sent)) this.#keep(chunk);
    else this.#failSoon(callError(sent, "write"));
  }

  #keep(chunk: Uint8Array): void {
    this.#queue ??= new SendQueue();
    this.#queue.push(chunk);
    this.#wantToWrite();
  }

  #wantToWrite(): void {
    const failure = this.#watch.want(WRITABLE);
    if (failure < 0) this.#failSoon(callError(failure, "epoll_ctl"));
  }

  #sendPending(): void {
    const result = this.#queue?.sendTo(this.#libc, this.#fd) ?? 0;
    if (result < 0) this.#failSoon(callError(result, "write"));
  }

  #shutdown(): void {
    if (this.#fd >= 0) this.#libc.shutdown(this.#fd, SHUT_WR); // a peer that is gone will be noticed by reading
  }

  /** Not from within the call that failed. */
  #failSoon(error: Error): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.#watch.unwant(READABLE | WRITABLE);
    runInRoot(() => setImmediate(() => this.#fail(error)));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#watch.unwant(READABLE | WRITABLE);
    this.#receiver?.failed(error);
  }
}
