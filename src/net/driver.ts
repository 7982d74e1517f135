/**
 * The seam between the network of this folder and the sockets of a loop. Everything above it (transports, flow control,
 * connection racing, servers, TLS, streams) is the same on every loop; a loop brings what is declared here.
 */

import type { FileHandle } from "node:fs/promises";
import type { Duplex, Readable, Writable } from "node:stream";
import type { Future } from "../core/future.ts";
import type { AddressFamily, AddressInfo, AddressInput, SocketAddress } from "./addresses.ts";

/**
 * One end of a byte stream, below a transport. It knows neither protocols nor limits: it moves bytes and says what happened.
 * Nothing is reported before `attach`, nothing is read before `resume`, and nothing is reported from within a call of these methods,
 * but for a failure that `attach` finds, and the end of a `close` that has nothing to wait for.
 */
export interface Link {
  readonly traits: LinkTraits;
  attach(receiver: LinkReceiver): void;
  /** Starts reading, or goes on with it. */
  resume(): void;
  /** Stops reading; a chunk that the host has taken already may still be reported. */
  pause(): void;
  /** Takes bytes that the caller will not change any more. */
  write(chunk: Uint8Array): void;
  /** The same for several at once. */
  writev(chunks: readonly Uint8Array[]): void;
  /** Bytes that were written and have not reached the system. */
  readonly pending: number;
  /** Tries to send what `write` took, where that does not do so at once. What is pending afterwards is what the system does not take. */
  flush?(): void;
  /** Ends the outgoing direction after what is pending. */
  end(): void;
  /**
   * Ends the connection in an orderly way after what is pending, and calls back once, with the reason if that failed. Until then
   * the link may still report what it receives.
   */
  close(onClosed: (error: Error | null) => void): void;
  /** Ends the connection now. Nothing is reported afterwards. May be called again. */
  destroy(): void;
  /** A name of `ExtraInfo`; undefined where this link does not know it. */
  info(name: string): unknown;
  /**
   * Gives the connection away, as a Node stream, for node:tls to be put upon. The link is of no use afterwards. Where the stream is a socket of
   * the host, others may get no data from it: the host has been told to read into memory of ours.
   */
  release(): Duplex;
}

export interface LinkTraits {
  /** For error messages: "socket", "TLS", "read pipe". */
  readonly kind: string;
  /** The direction, where there is only one. */
  readonly only?: "read" | "write";
  /** Whether one direction can end while the other goes on. */
  readonly halfClose: boolean;
  /** The default high-water mark in bytes. */
  readonly highWaterMark: number;
}

/** What a link reports. */
export interface LinkReceiver {
  /**
   * Bytes came.
   *
   * @param borrowed - the memory is the link's, and will be used for the next chunk after this call
   */
  received(chunk: Buffer, borrowed: boolean): void;
  /**
   * Bytes can be read, which a receiver with memory of its own reads by itself.
   *
   * @returns whether it did; else they are to be read for it, and given to `received`
   */
  pull?(source: ByteSource): boolean;
  /** The peer will send no more. */
  ended(): void;
  /** `pending` has become less. */
  flushed(): void;
  /** The connection is gone: by an error, or null if it was closed from elsewhere. */
  failed(error: Error | null): void;
}

/** What can be read from at the moment. */
export interface ByteSource {
  /** Reads once. @returns how many bytes; 0 if there are none, whatever the reason, which is reported as ever */
  read(into: Uint8Array): number;
}

/** Bound to an address, and listening once it was told to. */
export interface Listener {
  readonly address: SocketAddress | string;
  /** Begins to listen, and reports each connection. */
  start(events: ListenerEvents): Future<void>;
  /** Stops listening and gives the address back. May be called again. */
  close(): void;
  info(name: string): unknown;
}

export interface ListenerEvents {
  accepted(link: Link): void;
  /** Connections cannot be accepted for now, for want of descriptors or memory; the listener tries again by itself. */
  exhausted(error: Error): void;
}

export interface ListenOptions {
  /** Connections that the system keeps before they are accepted. */
  readonly backlog: number;
  readonly reusePort: boolean;
  readonly keepAlive: boolean;
  /** Whether the file of a Unix socket is removed at the end, if it is still the same. */
  readonly cleanupSocket: boolean;
}

/** A socket for datagrams, below its transport. It is bound; what comes before `attach` is kept. */
export interface DatagramLink {
  /** Whom it is connected to: then it sends to nobody else and receives from nobody else. */
  readonly peer: SocketAddress | null;
  /** Begins to report. */
  attach(receiver: DatagramReceiver): void;
  /** Sends, or queues a copy; failures are reported, and later. @param address - null: to the peer */
  send(data: Uint8Array, address: AddressInput | null): void;
  /** Bytes that wait to be sent, and `DATAGRAM_OVERHEAD` for each datagram of them. */
  readonly pending: number;
  /** Calls back once what was sent has reached the system, and its failures were reported. It goes on receiving until `destroy`. */
  flush(onFlushed: () => void): void;
  /** Closes the socket now. Nothing is reported afterwards. May be called again. */
  destroy(): void;
  /** A name of `ExtraInfo`; undefined where this link does not know it. */
  info(name: string): unknown;
}

/** Bytes, as asyncio counts them, so that even empty datagrams fill a buffer. */
export const DATAGRAM_OVERHEAD = 8;

export interface DatagramReceiver {
  /** `data` is the receiver's own. */
  received(data: Buffer, address: SocketAddress): void;
  /** `pending` has become less. */
  flushed(): void;
  /** A datagram could not be sent or received. */
  troubled(error: Error): void;
  /** The socket is gone, by nobody's wish. */
  failed(error: Error | null): void;
}

export interface DatagramOptions {
  /** Null: any address and port that is free. */
  readonly local: SocketAddress | null;
  /** Whom to connect to. */
  readonly peer: SocketAddress | null;
  readonly family: 4 | 6;
  readonly reusePort: boolean;
  readonly allowBroadcast: boolean;
}

/** One end of a pipe: a descriptor, a FileHandle or a Node stream. */
export type Pipe = number | FileHandle | Readable | Writable;

export interface LookupHints {
  readonly family: AddressFamily;
  /** 0: every type. */
  readonly type: number;
  readonly proto: number;
  readonly flags: number;
}

/** What a loop brings. Cancelling a future that it returns gives up, and leaves nothing open. */
export interface NetworkDriver {
  /** In the system's order of preference. */
  lookup(host: string | null, port: number | string | null, hints: LookupHints): Future<AddressInfo[]>;
  /** A host's name and a service's. */
  reverseLookup(address: AddressInput, flags: number): Future<[host: string, service: string]>;
  /** @param target - an address, or the path of a Unix socket; @param local - where to connect from */
  connect(target: SocketAddress | string, local: SocketAddress | null): Future<Link>;
  /** Binds, so that the address is known, and does not listen yet. */
  bind(target: SocketAddress | string, options: ListenOptions): Future<Listener>;
  openDatagrams(options: DatagramOptions): Future<DatagramLink>;
  /** A connection that was made elsewhere. Throws a TypeError for what is none. */
  adoptStream(socket: unknown): Link;
  adoptListener(socket: unknown, options: ListenOptions): Listener;
  adoptDatagrams(socket: unknown): DatagramLink;
  /** One end of a pipe, which then belongs to the link, unless this throws. */
  openPipe(pipe: Pipe, direction: "read" | "write"): Link;
}
