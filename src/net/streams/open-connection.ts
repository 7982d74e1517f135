import type { EventLoop } from "../../core/event-loop.ts";
import { currentLoop } from "../../core/loops.ts";
import type { ConnectionOptions } from "../connecting/connect.ts";
import type { UnixConnectionOptions } from "../connecting/unix-connect.ts";
import type { ProtocolFactory } from "../protocols.ts";
import type { Transport } from "../transports.ts";
import { type LimitOption, withLimit } from "./limit.ts";
import { StreamReaderProtocol } from "./stream-reader-protocol.ts";
import { StreamReader } from "./stream-reader.ts";
import { StreamWriter } from "./stream-writer.ts";

/** Both halves of a connection. */
export type StreamPair = [reader: StreamReader, writer: StreamWriter];

/**
 * Connects to a host.
 *
 * @param host - a name or an address; null with `options.sock`
 * @param port - a number from 0 to 65,535 or the name of a service
 * @param options - those of `loop.createConnection` (TLS, family, local address, racing), and `limit`
 * @param options.limit - the longest line in bytes, and half of what the reader buffers; 65,536 by default
 * @returns a reader and a writer
 * @throws Error with the system's code - `ECONNREFUSED`, `ENOTFOUND` and their like
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
 * @example
 * const [reader, writer] = await openConnection("example.org", 7);
 * writer.write("hello\n");
 * console.log(String(await reader.readline()));
 * writer.close();
 *
 * Cancel safety: nothing stays open. Python: `asyncio.open_connection`.
 */
export function openConnection(
  host: string | null,
  port: number | string | null,
  options: ConnectionOptions & LimitOption = {},
): Promise<StreamPair> {
  return open("openConnection(host, port, { limit })", options, (loop, makeProtocol) =>
    loop.createConnection(makeProtocol, host, port, options),
  );
}

/**
 * Connects to a Unix socket.
 *
 * @param path - its file, or `"\\0name"` for an abstract socket; null with `options.sock`
 * @param options - those of `loop.createUnixConnection` (TLS, an existing socket), and `limit`
 * @param options.limit - the longest line in bytes, and half of what the reader buffers; 65,536 by default
 * @returns a reader and a writer
 * @throws Error with the system's code - `ENOENT`, `ECONNREFUSED` if nobody listens, `EACCES`
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
 * @example
 * const [reader, writer] = await openUnixConnection("/run/echo.sock");
 *
 * Cancel safety: nothing stays open. Python: `asyncio.open_unix_connection`.
 */
export function openUnixConnection(
  path: string | null = null,
  options: UnixConnectionOptions & LimitOption = {},
): Promise<StreamPair> {
  return open("openUnixConnection(path, { limit })", options, (loop, makeProtocol) =>
    loop.createUnixConnection(makeProtocol, path, options),
  );
}

type Connect = (
  loop: EventLoop,
  makeProtocol: ProtocolFactory<StreamReaderProtocol>,
) => Promise<[Transport, StreamReaderProtocol]>;

/** What is wrong with a type is thrown by `connect` at once, hence outside of any async function. */
function open(where: string, options: LimitOption, connect: Connect): Promise<StreamPair> {
  return withLimit(options, where, (limit) => {
    const loop = currentLoop();
    const reader = new StreamReader({ limit, loop });
    const connecting = connect(loop, () => new StreamReaderProtocol(reader, null, { loop }));
    return finish(loop, reader, connecting);
  });
}

async function finish(
  loop: EventLoop,
  reader: StreamReader,
  connecting: ReturnType<Connect>,
): Promise<StreamPair> {
  const [transport, protocol] = await connecting;
  return [reader, new StreamWriter(transport, protocol, reader, loop)];
}
