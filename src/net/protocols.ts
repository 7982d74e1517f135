/** What a transport calls. Every method may be left out, except those that make a protocol what it is. */

import type { SocketAddress } from "./addresses.ts";
import type { BaseTransport, DatagramTransport, Transport } from "./transports.ts";

/**
 * Common to all protocols. The order is fixed: `connectionMade` once, then everything else, then `connectionLost` once.
 *
 * Python: `asyncio.BaseProtocol`.
 */
export interface BaseProtocol {
  /** The connection is there. What this throws is reported, and the connection lives on. */
  connectionMade?(transport: BaseTransport): void;
  /**
   * It is over: null after an end of file, `close()` or `abort()`, else the error that ended it. Never called from within those,
   * but on a later turn.
   */
  connectionLost?(error: Error | null): void;
  /** More bytes wait to be sent than the high-water mark. Called from within `write`, `writelines` or `setWriteBufferLimits`. */
  pauseWriting?(): void;
  /** They have fallen to the low-water mark, or below. Called once for each `pauseWriting`. */
  resumeWriting?(): void;
}

/**
 * Receives a stream of bytes: `dataReceived` any number of times, `eofReceived` at most once. What these throw is reported, and
 * closes the connection with that error.
 *
 * @example
 * class Echo implements Protocol {
 *   #transport: WriteTransport | null = null;
 *   connectionMade(transport: WriteTransport) {
 *     this.#transport = transport;
 *   }
 *   dataReceived(data: Buffer) {
 *     this.#transport?.write(data);
 *   }
 * }
 *
 * Python: `asyncio.Protocol`.
 */
export interface Protocol extends BaseProtocol {
  connectionMade?(transport: Transport): void;
  /** `data` is the protocol's own from now on. */
  dataReceived?(data: Buffer): void;
  /**
   * The peer will send no more. Return true to keep the other direction open; else the transport closes, as it does in any case
   * where it cannot end one direction alone (TLS).
   */
  eofReceived?(): boolean | void;
}

/**
 * Receives a stream of bytes in memory of its own, which saves the allocation of each chunk. A transport can be handed from a
 * protocol of this kind to one of the other, and back, with `setProtocol`.
 *
 * Python: `asyncio.BufferedProtocol`.
 */
export interface BufferedProtocol extends BaseProtocol {
  connectionMade?(transport: Transport): void;
  /**
   * Where the next bytes go; at least one byte long.
   *
   * @param sizehint - how many are there, or -1 if that is not known; the buffer may be shorter or longer
   */
  getBuffer(sizehint: number): Uint8Array;
  /**
   * `count` bytes were written to the start of the buffer. If this pauses reading, or sets another protocol, the rest of what has
   * come waits, or goes to that one.
   */
  bufferUpdated(count: number): void;
  eofReceived?(): boolean | void;
}

/** Python: `asyncio.DatagramProtocol`. */
export interface DatagramProtocol extends BaseProtocol {
  connectionMade?(transport: DatagramTransport): void;
  datagramReceived?(data: Buffer, address: SocketAddress): void;
  /** A datagram could not be sent or received; the endpoint goes on. */
  errorReceived?(error: Error): void;
}

export type StreamProtocol = Protocol | BufferedProtocol;
export type ProtocolFactory<P> = () => P;

export function isBuffered(protocol: object): protocol is BufferedProtocol {
  return "getBuffer" in protocol && typeof protocol.getBuffer === "function";
}
