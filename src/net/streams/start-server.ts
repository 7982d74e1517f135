import { requireFunction } from "../../core/arguments.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { currentLoop } from "../../core/loops.ts";
import type { ProtocolFactory } from "../protocols.ts";
import type { ServerOptions } from "../servers/create-server.ts";
import type { Server } from "../servers/server.ts";
import type { UnixServerOptions } from "../servers/unix-server.ts";
import { type LimitOption, withLimit } from "./limit.ts";
import { type ClientConnected, StreamReaderProtocol } from "./stream-reader-protocol.ts";
import { StreamReader } from "./stream-reader.ts";

/**
 * Listens, and calls a function for each connection.
 *
 * @param onClient - is given a reader and a writer. An async function runs as a task of its own: if it fails, that is reported and
 *   the connection closed; if it is cancelled, as at the end of `run()`, the connection is closed. Closing it otherwise is up to it
 * @param host - a name, an address, or several; null or the empty string: all interfaces
 * @param port - a number from 0 to 65,535, or the name of a service; 0: any that is free
 * @param options - those of `loop.createServer` (TLS, backlog, `startServing`), and `limit`
 * @param options.limit - the longest line in bytes, and half of what each reader buffers; 65,536 by default
 * @throws Error with the system's code - `EADDRINUSE`, `EACCES` and their like; then nothing stays bound
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
 * @example
 * const server = await startServer(
 *   async (reader, writer) => {
 *     for await (const line of reader) {
 *       writer.write(line);
 *       await writer.drain();
 *     }
 *     writer.close();
 *   },
 *   "127.0.0.1",
 *   0,
 * );
 * server.close();
 * server.closeClients();
 * await server.waitClosed();
 *
 * Cancel safety: nothing stays bound. Python: `asyncio.start_server`.
 */
export function startServer(
  onClient: ClientConnected,
  host: string | readonly string[] | null = null,
  port: number | string | null = null,
  options: ServerOptions & LimitOption = {},
): Promise<Server> {
  return serve("startServer(onClient, host, port, { limit })", onClient, options, (loop, makeProtocol) =>
    loop.createServer(makeProtocol, host, port, options),
  );
}

/**
 * Listens on a Unix socket, and calls a function for each connection.
 *
 * @param onClient - as in `startServer`
 * @param path - where its file will be, or `"\\0name"` for an abstract socket; null with `options.sock`
 * @param options - those of `loop.createUnixServer` (TLS, backlog, `cleanupSocket`), and `limit`
 * @param options.limit - the longest line in bytes, and half of what each reader buffers; 65,536 by default
 * @throws Error with the system's code - `EADDRINUSE`, `ENOENT`, `EACCES` and their like; then nothing stays bound
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
 * @example
 * await using server = await startUnixServer((reader, writer) => writer.close(), "/run/echo.sock");
 *
 * Cancel safety: nothing stays bound. Python: `asyncio.start_unix_server`.
 */
export function startUnixServer(
  onClient: ClientConnected,
  path: string | null = null,
  options: UnixServerOptions & LimitOption = {},
): Promise<Server> {
  return serve("startUnixServer(onClient, path, { limit })", onClient, options, (loop, makeProtocol) =>
    loop.createUnixServer(makeProtocol, path, options),
  );
}

type Listen = (loop: EventLoop, makeProtocol: ProtocolFactory<StreamReaderProtocol>) => Promise<Server>;

function serve(
  where: string,
  onClient: ClientConnected,
  options: LimitOption,
  listen: Listen,
): Promise<Server> {
  requireFunction(onClient, where, "It is called with a reader and a writer for each connection.");
  return withLimit(options, where, (limit) => {
    const loop = currentLoop();
    return listen(
      loop,
      () => new StreamReaderProtocol(new StreamReader({ limit, loop }), onClient, { loop }),
    );
  });
}
