/** Connections in memory, under the same transports and streams as any other. */

import { describe } from "../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { currentLoop } from "../core/loops.ts";
import { StreamTransport } from "../net/connection/stream-transport.ts";
import type { StreamProtocol } from "../net/protocols.ts";
import { DEFAULT_LIMIT, type LimitOption, requireLimit } from "../net/streams/limit.ts";
import type { StreamPair } from "../net/streams/open-connection.ts";
import { StreamReaderProtocol } from "../net/streams/stream-reader-protocol.ts";
import { StreamReader } from "../net/streams/stream-reader.ts";
import { StreamWriter } from "../net/streams/stream-writer.ts";
import type { Transport } from "../net/transports.ts";
import { type MemoryLink, memoryLinks } from "./memory-link.ts";

const DEFAULT_CAPACITY = 65_536; // bytes

export interface MemoryTransportOptions {
  /** Bytes that one end takes before it reads them; what is beyond fills the other end's write buffer. 65,536 by default. */
  readonly capacity?: number;
}

export interface MemoryStreamOptions extends MemoryTransportOptions, LimitOption {}

/**
 * Two pairs of streams that are connected in memory: what one writes, the other reads. Half-closing, flow control, `drain()` and
 * errors are those of every connection, on any loop, and without any system call.
 *
 * `close()` is the end of the stream to the other side; `transport.abort()` is `ECONNRESET`, and loses what was under way.
 * There is no TLS on it, and no address.
 *
 * @param options.limit - the longest line in bytes, and half of what each reader buffers; 65,536 by default
 * @param options.capacity - bytes that each end takes before anybody reads them; 65,536 by default
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
 * @example
 * const [[reader, writer], [peerReader, peerWriter]] = memoryStreamPair();
 * peerWriter.write("hello\n");
 * console.log(String(await reader.readline())); // => hello
 * writer.close();
 * peerWriter.close();
 *
 * trio: `trio.testing.memory_stream_pair`.
 */
export function memoryStreamPair(options: MemoryStreamOptions = {}): [StreamPair, StreamPair] {
  const where = "memoryStreamPair({ limit, capacity })";
  const { limit = DEFAULT_LIMIT, capacity = DEFAULT_CAPACITY } = options;
  requireLimit(limit, where);
  requireCapacity(capacity, where);
  const loop = currentLoop();
  const [one, other] = memoryLinks(loop, capacity);
  return [streams(loop, one, limit), streams(loop, other, limit)];
}

/**
 * Connects two protocols in memory. Their `connectionMade` is called soon, the first one's first.
 *
 * @param options.capacity - bytes that each end takes before anybody reads them; 65,536 by default
 * @returns their transports; see {@link memoryStreamPair} for what they do
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
 * @example
 * const [transport, peer] = memoryTransportPair({ dataReceived: (data) => console.log(String(data)) }, {});
 * peer.write("hello"); // the first protocol prints it
 * peer.close();
 */
export function memoryTransportPair(
  protocolA: StreamProtocol,
  protocolB: StreamProtocol,
  options: MemoryTransportOptions = {},
): [Transport, Transport] {
  const where = "memoryTransportPair(protocolA, protocolB, { capacity })";
  requireProtocol(protocolA, "protocolA", where);
  requireProtocol(protocolB, "protocolB", where);
  const { capacity = DEFAULT_CAPACITY } = options;
  requireCapacity(capacity, where);
  const loop = currentLoop();
  const [one, other] = memoryLinks(loop, capacity);
  return [transport(loop, one, protocolA), transport(loop, other, protocolB)];
}

function streams(loop: EventLoop, link: MemoryLink, limit: number): StreamPair {
  const reader = new StreamReader({ limit, loop });
  const protocol = new StreamReaderProtocol(reader, null, { loop });
  return [reader, new StreamWriter(transport(loop, link, protocol), protocol, reader, loop)];
}

function transport(loop: EventLoop, link: MemoryLink, protocol: StreamProtocol): Transport {
  const started = new StreamTransport(loop, link, protocol);
  void started.start();
  return started;
}

function requireProtocol(protocol: unknown, name: string, where: string): void {
  if (typeof protocol === "object" && protocol !== null) return;
  const hint =
    typeof protocol === "function" ? " Pass the protocol itself and no function that makes it." : "";
  throw new ArgumentTypeError(
    `${where}: ${name} has to be a protocol, an object, but it is ${describe(protocol)}.${hint}`,
  );
}

function requireCapacity(capacity: unknown, where: string): void {
  if (typeof capacity === "number" && capacity >= 1) return;
  const problem = `${where}: capacity must be a number of bytes, at least 1, but it is ${describe(capacity)}.`;
  throw typeof capacity === "number" ? new ArgumentRangeError(problem) : new ArgumentTypeError(problem);
}
