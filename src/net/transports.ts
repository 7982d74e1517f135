/** What protocols get to work with. The loops implement these over whatever they run on. */

import type { PeerCertificate, SecureContext, TLSSocket, CipherNameAndProtocol } from "node:tls";
import type { AddressInput, SocketAddress } from "./addresses.ts";
import type { BaseProtocol, DatagramProtocol, StreamProtocol } from "./protocols.ts";
import type { TransportSocket } from "./transport-socket.ts";

/** Bytes on their way out; strings are sent as UTF-8. */
export type Data = Uint8Array | string;

/** What `getExtraInfo` knows, by the kind of transport. */
export interface ExtraInfo {
  readonly peername: SocketAddress | string;
  readonly sockname: SocketAddress | string;
  readonly socket: TransportSocket;
  /** The end of a pipe that `connectReadPipe` or `connectWritePipe` was given. */
  readonly pipe: unknown;
  readonly sslcontext: SecureContext;
  readonly peercert: PeerCertificate;
  readonly cipher: CipherNameAndProtocol;
  /** Always null: the host's TLS never compresses. */
  readonly compression: null;
  readonly sslObject: TLSSocket;
}

/** Python: `asyncio.BaseTransport`. */
export interface BaseTransport {
  /**
   * What is known about the connection.
   *
   * @param name - `peername`, `sockname`, `socket`; with TLS also `sslcontext`, `peercert`, `cipher`, `compression`,
   *   `sslObject`; `pipe` for pipes
   * @returns null, or the fallback, where this transport does not know it
   */
  getExtraInfo<K extends keyof ExtraInfo>(name: K): ExtraInfo[K] | null;
  getExtraInfo<F>(name: string, fallback: F): unknown;
  getExtraInfo(name: string): unknown;
  /** Whether the connection is closed, or about to be. */
  isClosing(): boolean;
  /**
   * Sends what is buffered, receives nothing more, and then calls `connectionLost(null)`, or with an error if not all could be
   * sent. May be called again.
   */
  close(): void;
  /**
   * Hands the connection to another protocol, which gets all further calls, and no `connectionMade`.
   *
   * @throws TypeError `GYRE_INVALID_ARGUMENT`
   */
  setProtocol(protocol: BaseProtocol): void;
  getProtocol(): BaseProtocol;
}

/** Python: `asyncio.ReadTransport`. */
export interface ReadTransport extends BaseTransport {
  setProtocol(protocol: StreamProtocol): void;
  getProtocol(): StreamProtocol;
  /** False while reading is paused, and once the peer or this side has ended it. */
  isReading(): boolean;
  /** No more data is delivered until `resumeReading()`, nor the end of the file. May be called again, and after the end. */
  pauseReading(): void;
  resumeReading(): void;
}

/** Python: `asyncio.WriteTransport`. */
export interface WriteTransport extends BaseTransport {
  setProtocol(protocol: StreamProtocol): void;
  getProtocol(): StreamProtocol;
  /**
   * Sends bytes, at once as far as the system takes them; the rest is buffered. Never waits: mind `pauseWriting`, or use a
   * `StreamWriter` and its `drain()`. The memory belongs to the transport until it is sent. After the end of the connection
   * nothing is sent, and the fifth attempt and those that follow cause the warning `GYRE_TRANSPORT_CLOSED`.
   *
   * @throws TypeError `GYRE_INVALID_ARGUMENT` - neither bytes nor a string
   * @throws RuntimeError `GYRE_EOF_WRITTEN` - after `writeEof()`
   */
  write(data: Data): void;
  /** Sends several pieces as one. Throws as `write` does, and then has sent none of them. */
  writelines(data: Iterable<Data>): void;
  /**
   * Ends this direction after what is buffered; the other stays open. May be called again, and has no effect after `close()`.
   *
   * @throws RuntimeError `GYRE_NOT_SUPPORTED` - where `canWriteEof()` is false
   */
  writeEof(): void;
  canWriteEof(): boolean;
  /** Closes at once: what is buffered is lost. The next turn calls `connectionLost(null)`. */
  abort(): void;
  /** Bytes that wait to be sent. */
  getWriteBufferSize(): number;
  /** In bytes: `[low, high]`. */
  getWriteBufferLimits(): [low: number, high: number];
  /**
   * When `pauseWriting` and `resumeWriting` are called. Lower limits may pause at once; higher ones do not resume by themselves.
   *
   * @param limits.high - bytes; more than that pause the protocol. 65,536 by default, 524,288 with TLS
   * @param limits.low - bytes; so many or fewer resume it. A quarter of `high` by default
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` - not `high >= low >= 0`
   */
  setWriteBufferLimits(limits?: WriteBufferLimits): void;
}

export interface WriteBufferLimits {
  readonly high?: number | null;
  readonly low?: number | null;
}

/** Both directions of a connection. Python: `asyncio.Transport`. */
export interface Transport extends ReadTransport, WriteTransport {}

/** Python: `asyncio.DatagramTransport`. */
export interface DatagramTransport extends BaseTransport {
  setProtocol(protocol: DatagramProtocol): void;
  getProtocol(): DatagramProtocol;
  /**
   * Sends a datagram, at once if the system takes it, else a copy is queued. Failures go to `errorReceived`, on a later turn.
   *
   * @param data - may be empty; strings are sent as UTF-8
   * @param address - where to; may be left out if the endpoint has a remote address. A host name is looked up each time
   * @throws RangeError `GYRE_OUT_OF_RANGE` - another address than the remote one, or no port
   * @throws TypeError `GYRE_INVALID_ARGUMENT` - neither bytes nor a string, no address where one is needed
   */
  sendto(data: Data, address?: AddressInput | null): void;
  /** Closes at once: what is queued is lost. */
  abort(): void;
  /** Bytes that wait to be sent, and 8 for each datagram of them. */
  getWriteBufferSize(): number;
  /** In bytes: `[low, high]`. */
  getWriteBufferLimits(): [low: number, high: number];
  /** As in {@link WriteTransport}. */
  setWriteBufferLimits(limits?: WriteBufferLimits): void;
  statistics(): DatagramStatistics;
}

export interface DatagramStatistics {
  readonly state: "open" | "closing" | "closed";
  /** Whether the protocol was told to pause writing. */
  readonly writingPaused: boolean;
  readonly datagramsReceived: number;
  readonly datagramsSent: number;
  /** Datagrams that came while more than a megabyte waited to be delivered, and were thrown away. */
  readonly datagramsDropped: number;
  readonly writeBufferSize: number;
}
