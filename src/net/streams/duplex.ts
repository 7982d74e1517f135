/** Between gyre's streams and those of `node:stream`. */

import { Duplex, finished } from "node:stream";
import { describe } from "../../core/arguments.ts";
import { CallbackContext } from "../../core/callback-context.ts";
import { ArgumentTypeError } from "../../core/errors.ts";
import { currentLoop } from "../../core/loops.ts";
import { DuplexLink } from "../connection/duplex-link.ts";
import { StreamTransport } from "../connection/stream-transport.ts";
import { DuplexBridge } from "./duplex-bridge.ts";
import { type LimitOption, requireLimit, DEFAULT_LIMIT } from "./limit.ts";
import type { StreamPair } from "./open-connection.ts";
import { StreamReaderProtocol } from "./stream-reader-protocol.ts";
import { StreamReader } from "./stream-reader.ts";
import { StreamWriter } from "./stream-writer.ts";

const HIGH_WATER_MARK = 65_536; // bytes

/**
 * A Node stream over a connection, for libraries that want one. It owns the connection from then on: its end in both directions
 * closes it, and `destroy()` aborts it.
 *
 * @example
 * const [reader, writer] = await openConnection("example.org", 80);
 * pipeline(source, toDuplex(reader, writer), sink, (error) => console.log(error ?? "done"));
 */
export function toDuplex(reader: StreamReader, writer: StreamWriter): Duplex {
  return new DuplexBridge(reader, writer, new CallbackContext(currentLoop()));
}

/**
 * A reader and a writer over a Node stream: a TLS socket, an SSH channel, a compressor, one end of `duplexPair()`.
 *
 * @param duplex - is owned by the reader and the writer from then on
 * @param options.limit - as in `openConnection`
 * @throws TypeError `GYRE_INVALID_ARGUMENT` - no duplex stream, or one of objects or strings; RangeError `GYRE_OUT_OF_RANGE`
 * @example
 * const [reader, writer] = fromDuplex(createGzip());
 * writer.write("squeeze me");
 * writer.writeEof();
 * const squeezed = await reader.read();
 */
export function fromDuplex(duplex: Duplex, options: LimitOption = {}): StreamPair {
  const where = "fromDuplex(duplex, { limit })";
  requireBytes(duplex, where);
  const limit = requireLimit(options.limit ?? DEFAULT_LIMIT, where);
  const loop = currentLoop();
  const reader = new StreamReader({ limit, loop });
  const protocol = new StreamReaderProtocol(reader, null, { loop });
  const transport = new StreamTransport(loop, new OrderlyLink(duplex), protocol);
  void transport.start();
  return [reader, new StreamWriter(transport, protocol, reader, loop)];
}

/** A link whose `close` ends the outgoing direction first, since not every duplex stream does so when it is destroyed. */
class OrderlyLink extends DuplexLink {
  readonly #duplex: Duplex;

  constructor(duplex: Duplex) {
    const traits = { kind: "duplex", halfClose: duplex.allowHalfOpen, highWaterMark: HIGH_WATER_MARK };
    super({ readable: duplex, writable: duplex }, { traits, info: () => undefined });
    this.#duplex = duplex;
  }

  override close(onClosed: (error: Error | null) => void): void {
    finished(this.#duplex, { readable: false }, (error) => {
      this.destroy();
      onClosed(error ?? null);
    });
    this.#duplex.end();
  }
}

function requireBytes(duplex: unknown, where: string): asserts duplex is Duplex {
  if (!(duplex instanceof Duplex))
    throw new ArgumentTypeError(`${where} expects a Duplex of node:stream, but got ${describe(duplex)}.`);
  const problem =
    duplex.readableObjectMode || duplex.writableObjectMode ? "objects" : duplex.readableEncoding;
  if (problem !== null)
    throw new ArgumentTypeError(`${where} expects a stream of bytes, but got one of ${problem}.`);
}
