import type { Duplex } from "node:stream";
import { runInRoot } from "../../core/scope.ts";
import { SHUT_WR, SOCK_STREAM } from "../../native/constants.ts";
import { callError, wouldBlock } from "../../native/errors.ts";
import { READABLE, WRITABLE } from "../../native/readiness.ts";
import { decodeAddress } from "../../native/sockaddr.ts";
import { allocateChunk } from "../../net/connection/chunk-memory.ts";
import { LinkDuplex } from "../../net/connection/link-duplex.ts";
import type { ByteSource, Link, LinkReceiver, LinkTraits } from "../../net/driver.ts";
import { Ending } from "./ending.ts";
import { keepPeer, keptPeer } from "./peer-addresses.ts";
import type { Poller } from "./poller.ts";
import { MOST_ROOM, OWN_ROOM, type Receiving } from "./receive-batch.ts";
import type { Parcel, Sending } from "./send-batch.ts";
import { SendQueue } from "./send-queue.ts";
import { type Address, libc, localAddress, peerAddress } from "./sockets.ts";
import { SelectorTransportSocket, type SocketView } from "./transport-socket.ts";
import { Watched } from "./watch.ts";

const READ_SIZE = 262_144; // bytes, as in asyncio (row TR-14)
const HIGH_WATER_MARK = 65_536; // bytes, as in asyncio
const FIRST_SIZE = 1024; // bytes that are expected before anything came
const ROOM_TO_SPARE = 1088; // bytes; no power of two, which would put all into the same lines of the processor's cache

/** What is known when a link is made; the rest is asked for when somebody wants to know it. */
export interface KnownNames {
  readonly sockname?: Address | undefined;
  readonly peername?: Address | undefined;
  /** The address of the other end in the system's form. */
  readonly peer?: Uint8Array;
}

interface Names {
  sockname?: Address | undefined;
  peername?: Address | null | undefined;
  socket?: SelectorTransportSocket;
  /** Whether somebody was told the descriptor, who may write to it between any two writes of ours. */
  shared?: true;
}

const TRAITS: LinkTraits = { kind: "socket", halfClose: true, highWaterMark: HIGH_WATER_MARK };

/** Where every socket of this thread reads into: a chunk is delivered or copied before the next one is read. */
const scratch = Buffer.allocUnsafeSlow(READ_SIZE);

/**
 * A connected stream socket: reads when there is something, writes at once or within the round, and queues what the system does not
 * take. What most connections never need is made when it is needed; of `private` methods, see `Inbound`.
 */
export class StreamLink extends Watched implements Link, ByteSource, Receiving, Sending, SocketView {
  #receiver: LinkReceiver | null = null;
  #queue: SendQueue | null = null;
  /** What leaves with the writes of others. Then the queue is empty. */
  #parcel: Parcel | null = null;
  /** Bytes that come at once: as many as lately at the most. */
  #expected = FIRST_SIZE;
  /** As far as somebody wanted to know them. */
  #names: Names | null = null;
  #ending: Ending | null = null;

  constructor(poller: Poller, fd: number, known: KnownNames = {}) {
    super(poller, fd);
    keepPeer(fd, known.peer ?? null);
    if (known.sockname === undefined && known.peername === undefined) return;
    this.#names = { sockname: known.sockname, peername: known.peername };
  }

  get traits(): LinkTraits {
    return TRAITS;
  }

  get fd(): number {
    return this.descriptor;
  }

  get sockname(): Address {
    this.#names ??= {};
    if (this.descriptor >= 0) this.#names.sockname ??= localAddress(this.descriptor);
    return this.#names.sockname ?? "";
  }

  get peername(): Address | null {
    this.#names ??= {};
    if (this.#names.peername === undefined)
      this.#names.peername = this.descriptor < 0 ? null : peernameOf(this.descriptor);
    return this.#names.peername;
  }

  get pending(): number {
    return this.#parcel?.length ?? this.#queue?.size ?? 0;
  }

  attach(receiver: LinkReceiver): void {
    this.#receiver = receiver;
  }

  resume(): void {
    if (this.descriptor < 0 || this.#ending?.ofPeer) return;
    const failure = this.want(READABLE);
    if (failure < 0) this.failSoon(callError(failure, "epoll_ctl"));
  }

  pause(): void {
    this.unwant(READABLE);
  }

  write(chunk: Uint8Array): void {
    if (this.descriptor < 0) return;
    if (this.#parcel !== null) {
      if (this.#parcel.append(chunk)) return;
      this.flush();
    }
    if (this.pending > 0) this.#queue?.push(chunk);
    else {
      this.#parcel = this.#names?.shared === true ? null : this.poller.takeWrite(this, chunk);
      if (this.#parcel === null) this.noteSent(libc().send(this.descriptor, chunk), chunk);
    }
  }

  writev(chunks: readonly Uint8Array[]): void {
    if (this.descriptor < 0) return;
    this.flush();
    const wasEmpty = this.pending === 0;
    this.#queue ??= new SendQueue();
    for (const chunk of chunks) this.#queue.push(chunk);
    if (wasEmpty) this.sendPending();
    if (this.pending > 0) this.wantToWrite();
  }

  flush(): void {
    const bytes = this.#parcel?.withdraw();
    this.#parcel = null;
    if (bytes !== undefined) this.noteParcel(libc().send(this.descriptor, bytes), bytes);
  }

  end(): void {
    this.comingToEnd().wanted = true;
    this.flush();
    if (this.pending === 0) this.shutdown();
  }

  close(onClosed: (error: Error | null) => void): void {
    const finish = (): void => {
      this.destroy();
      onClosed(null);
    };
    this.pause();
    this.flush();
    if (this.pending === 0 || this.descriptor < 0) finish();
    else this.comingToEnd().onDrained = finish;
  }

  destroy(): void {
    if (this.descriptor < 0) return;
    this.flush();
    this.remember();
    this.#receiver = null;
    this.#ending = null;
    this.#queue = null;
    this.unwatch();
    libc().close(this.descriptor);
    this.descriptor = -1;
  }

  info(name: string): unknown {
    if (name === "socket") return this.socket();
    if (name === "sockname") return this.sockname;
    return name === "peername" ? this.peername : undefined;
  }

  share(): void {
    this.#names ??= {};
    this.#names.shared = true;
    this.flush();
  }

  release(): Duplex {
    this.#receiver = null;
    return new LinkDuplex(this);
  }

  // What the poller reports

  onReadable(): void {
    const mayWait = this.#queue === null || this.#queue.size === 0; // else a send of the same event would fail before
    if (mayWait && this.#expected < OWN_ROOM && this.poller.takesReceive(this)) return;
    if (this.#receiver?.pull?.(this) === true) return;
    if (mayWait && this.#expected < MOST_ROOM && this.poller.takesReceive(this)) return;
    const expected = this.#expected < MOST_ROOM ? 0 : libc().available(this.descriptor);
    if (expected < MOST_ROOM) this.received(libc().recv(this.descriptor, scratch), scratch, 0, true);
    else this.receiveLarge(Math.min(expected, READ_SIZE));
  }

  /** What is large is not copied. */
  private receiveLarge(size: number): void {
    const chunk = allocateChunk(size);
    const count = this.read(chunk);
    if (count > 0) this.#receiver?.received(chunk.subarray(0, count), false);
  }

  read(into: Uint8Array): number {
    if (this.descriptor < 0) return 0;
    const count = libc().recv(this.descriptor, into);
    if (count <= 0) this.received(count, scratch, 0, true);
    else this.expect(count);
    return Math.max(count, 0);
  }

  onWritable(): void {
    const before = this.pending;
    this.sendPending();
    if (this.#ending?.failure) return;
    if (this.pending === 0) {
      this.unwant(WRITABLE);
      if (this.#ending?.wanted) this.shutdown();
    }
    if (this.pending < before) this.#receiver?.flushed();
    if (this.pending === 0) this.#ending?.onDrained?.();
  }

  // What is received and sent together with others

  get room(): number {
    const expected = this.#expected;
    if (expected < OWN_ROOM) return Math.min(ROOM_TO_SPARE + 2 * expected, OWN_ROOM - 1);
    return Math.min(ROOM_TO_SPARE + expected, MOST_ROOM);
  }

  received(result: number, memory: Buffer, offset: number, borrowed: boolean): void {
    if (this.#ending?.failure) return; // others have written to it meanwhile
    if (result > 0) {
      const chunk = memory.subarray(offset, offset + result);
      this.expect(result === this.room ? 2 * result : result);
      this.#receiver?.received(chunk, borrowed || result < OWN_ROOM); // what is small shall not keep a large piece
    } else if (result === 0) {
      this.comingToEnd().ofPeer = true;
      this.pause();
      this.#receiver?.ended();
    } else if (!wouldBlock(result)) this.fail(callError(result, "read"));
  }

  settled(result: number): void {
    const parcel = this.#parcel;
    this.#parcel = null;
    if (parcel !== null) this.noteParcel(result, parcel.bytes);
  }

  flushed(): void {
    this.#receiver?.flushed();
  }

  /** A message that came in pieces, and small ones between large ones, do not make it forget those at once. */
  private expect(size: number): void {
    const less = this.#expected - size;
    this.#expected = less > 0 ? this.#expected - Math.ceil(less / 4) : size;
  }

  /** @param bytes - in memory that others use afterwards */
  private noteParcel(sent: number, bytes: Uint8Array): void {
    if (sent !== bytes.length) this.noteSent(sent, Buffer.from(bytes));
  }

  private noteSent(sent: number, chunk: Uint8Array): void {
    if (sent === chunk.length) return;
    if (sent >= 0) this.keep(chunk.subarray(sent));
    else if (wouldBlock(sent)) this.keep(chunk);
    else this.failSoon(callError(sent, "write"));
  }

  private comingToEnd(): Ending {
    return (this.#ending ??= new Ending());
  }

  private socket(): SelectorTransportSocket {
    this.#names ??= {};
    return (this.#names.socket ??= new SelectorTransportSocket(this, SOCK_STREAM));
  }

  /** The names may be asked for when the system has forgotten them. */
  private remember(): void {
    void this.sockname;
    void this.peername;
  }

  private keep(chunk: Uint8Array): void {
    this.#queue ??= new SendQueue();
    this.#queue.push(chunk);
    this.wantToWrite();
  }

  private wantToWrite(): void {
    const failure = this.want(WRITABLE);
    if (failure < 0) this.failSoon(callError(failure, "epoll_ctl"));
  }

  private sendPending(): void {
    const result = this.#queue?.sendTo(libc(), this.descriptor) ?? 0;
    if (result < 0) this.failSoon(callError(result, "write"));
  }

  private shutdown(): void {
    if (this.descriptor >= 0) libc().shutdown(this.descriptor, SHUT_WR); // a peer that is gone will be noticed by reading
  }

  /** Not from within the call that failed. */
  private failSoon(error: Error): void {
    const ending = this.comingToEnd();
    if (ending.failure !== null) return;
    ending.failure = error;
    this.unwant(READABLE | WRITABLE);
    runInRoot(() => setImmediate(() => this.fail(error)));
  }

  private fail(error: Error): void {
    this.comingToEnd().failure ??= error;
    this.unwant(READABLE | WRITABLE);
    this.#receiver?.failed(error);
  }
}

function peernameOf(fd: number): Address | null {
  const kept = keptPeer(fd);
  return kept === null ? peerAddress(fd) : decodeAddress(libc(), kept);
}
