import type { Duplex } from "node:stream";
import type { EventLoop } from "../../../core/event-loop.ts";
import { formatAddress, SOCK_STREAM } from "../../../net/addresses.ts";
import { LinkDuplex } from "../../../net/connection/link-duplex.ts";
import type { Link, LinkReceiver, LinkTraits } from "../../../net/driver.ts";
import { Delivery } from "./delivery.ts";
import type { Flow } from "./flow.ts";
import { Incoming } from "./incoming.ts";
import { Outgoing } from "./outgoing.ts";
import { infoOf, type SocketNames } from "./socket.ts";
import { systemError } from "./system-error.ts";

const HIGH_WATER_MARK = 65_536; // bytes, as in asyncio
const TRAITS: LinkTraits = { kind: "socket", halfClose: true, highWaterMark: HIGH_WATER_MARK };

export interface StreamEndOptions {
  readonly names: SocketNames;
  /** Bytes that the system takes from the program, and has not sent. */
  readonly sendBuffer: number;
  /** Bytes that may be on their way to the peer, or wait there to be read. */
  readonly window: number;
  /** What this end sends goes here. */
  readonly flow: () => Flow;
  readonly peer: () => StreamEnd;
  /** So many bytes leave; none: the end. */
  readonly sending: (bytes: number) => void;
  /** The host works on what it was given, or will give back, which takes turns of its own. */
  readonly stir: () => void;
  /** The program has given it up. */
  readonly onClosed: () => void;
}

/** One end of a connection, as a system keeps it. */
export class StreamEnd implements Link {
  readonly traits = TRAITS;
  readonly info: (name: string) => unknown;
  readonly #loop: EventLoop;
  readonly #options: StreamEndOptions;
  readonly #incoming = new Incoming();
  #outgoing: Outgoing | null = null;
  #receiver: LinkReceiver | null = null;
  #reading = false;
  /** What ended the connection; it is reported when somebody reads or writes. */
  #failure: Error | null = null;
  /** Whether the program has noticed, or is made to notice, that it failed, although it does not read. */
  #noticed = false;
  #over = false;
  #waking = false;
  /** Whether the host has it, for TLS. */
  #released = false;
  /** What `pending` was when the receiver last heard that it has become less. */
  #toldPending = 0;
  #onSent: ((error: Error | null) => void) | null = null;

  constructor(loop: EventLoop, options: StreamEndOptions) {
    this.#loop = loop;
    this.#options = options;
    this.info = infoOf(SOCK_STREAM, options.names);
  }

  // For the program

  attach(receiver: LinkReceiver): void {
    this.#receiver = receiver;
    this.#wake();
  }

  resume(): void {
    this.#touch();
    this.#reading = true;
    this.#wake();
  }

  pause(): void {
    this.#reading = false;
  }

  write(chunk: Uint8Array): void {
    this.#touch();
    if (!this.#mayWrite()) return;
    this.#out.write(chunk);
    this.#toldPending = this.pending;
  }

  writev(chunks: readonly Uint8Array[]): void {
    this.write(Buffer.concat(chunks));
  }

  get pending(): number {
    return this.#over ? 0 : (this.#outgoing?.pending ?? 0);
  }

  end(): void {
    this.#touch();
    if (!this.#over) this.#out.end();
  }

  close(onClosed: (error: Error | null) => void): void {
    const finish = (error: Error | null): void => {
      this.destroy();
      onClosed(error);
    };
    if (this.pending === 0) finish(null);
    else this.#onSent = finish;
  }

  destroy(): void {
    if (this.#over) return;
    this.#touch();
    this.#over = true;
    this.#receiver = null;
    this.#onSent = null;
    if (this.#failure === null) this.#sayGoodbye();
    this.#incoming.drop();
    this.#options.onClosed();
  }

  release(): Duplex {
    this.#released = true;
    return new LinkDuplex(this);
  }

  toString(): string {
    const { sockname, peername } = this.#options.names;
    return `<connection of ${formatAddress(sockname || peername || "a Unix socket")}>`;
  }

  // For the network

  get over(): boolean {
    return this.#over;
  }

  arrive(chunk: Buffer): void {
    if (this.#over || this.#failure !== null) this.#refuse();
    else this.#incoming.add(chunk);
  }

  arriveEnd(): void {
    this.#incoming.end();
  }

  arriveReset(): void {
    const code = this.#incoming.ended && !this.#incoming.ready ? "EPIPE" : "ECONNRESET";
    this.fail(systemError(code, code === "EPIPE" ? "write" : "read"));
  }

  /** The connection is over, as soon as somebody reads or writes. */
  fail(error: Error): void {
    if (this.#over || this.#failure !== null) return;
    this.#failure = error;
    this.#noticed = this.pending > 0;
    this.#outgoing?.drop();
    this.#options.flow().drop();
    this.#wake();
  }

  /** The same, though nobody reads or writes. */
  sever(error: Error): void {
    this.fail(error);
    this.#incoming.drop();
    this.#noticed = true;
  }

  /** It never came to be: the program is told nothing, and neither is the peer. */
  vanish(): void {
    this.fail(systemError("ECONNABORTED", "accept"));
    this.destroy();
  }

  /** The peer has read so many bytes. */
  makeRoom(bytes: number): void {
    if (this.#failure !== null) return;
    this.#out.makeRoom(bytes);
    if (this.pending < this.#toldPending) this.#wake();
  }

  /** Tells the receiver what there is to tell: one thing that came, and whether there is room. */
  readonly settle = (): void => {
    const receiver = this.#receiver;
    if (receiver === null) return;
    this.#touch();
    if (this.#reading && this.#incoming.ready) this.#deliver(receiver);
    else if (this.#failure !== null && (this.#noticed || this.#reads)) {
      receiver.failed(this.#failure);
      return;
    }
    if (this.pending < this.#toldPending) this.#tellRoom();
    if (this.#reads && (this.#incoming.ready || this.#failure !== null)) this.#wake();
  };

  /** Whether somebody waits for what comes next; nobody does after the end. */
  get #reads(): boolean {
    return this.#reading && !this.#incoming.finished;
  }

  get #out(): Outgoing {
    this.#outgoing ??= this.#makeOutgoing();
    return this.#outgoing;
  }

  #makeOutgoing(): Outgoing {
    const { flow, peer, sending, sendBuffer: buffer, window } = this.#options;
    const other = peer();
    return new Outgoing({
      flow: flow(),
      buffer,
      window,
      sending,
      arrived: (chunk) => other.arrive(chunk),
      ended: () => other.arriveEnd(),
    });
  }

  #deliver(receiver: LinkReceiver): void {
    const arrived = this.#incoming.read();
    if (arrived.kind === "data") {
      receiver.received(arrived.chunk, false);
      this.#options.peer().makeRoom(arrived.chunk.length);
    } else if (arrived.kind === "end") receiver.ended();
  }

  #tellRoom(): void {
    this.#toldPending = this.pending;
    this.#receiver?.flushed();
    if (this.pending === 0) this.#onSent?.(null);
  }

  #touch(): void {
    if (this.#released) this.#options.stir();
  }

  #mayWrite(): boolean {
    if (this.#over) return false;
    if (this.#failure === null) return true;
    this.#noticed = true;
    this.#wake();
    return false;
  }

  /** What was taken is still sent; but if something was not read, the peer is told that it got lost. */
  #sayGoodbye(): void {
    if (this.#incoming.bytes > 0) {
      this.#outgoing?.drop();
      this.#refuse();
    } else {
      this.#out.cut();
      this.#out.end();
    }
  }

  #refuse(): void {
    const { flow, peer } = this.#options;
    flow().send(0, () => peer().arriveReset());
  }

  #wake(): void {
    if (this.#waking || this.#receiver === null) return;
    this.#waking = true;
    Delivery.schedule(this.#loop, this, this.#loop.time(), () => {
      this.#waking = false;
      this.settle();
    });
  }
}
