/** `loop.createUnixServer`: from a path to a listening Unix socket. */

import { requireFunction, throwWrongTypes } from "../../core/arguments.ts";
import { ArgumentRangeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { requirePath, requirePathOrSock } from "../connecting/unix-connect.ts";
import type { Listener, ListenOptions } from "../driver.ts";
import { claimOr } from "../host-operation.ts";
import type { ProtocolFactory, StreamProtocol } from "../protocols.ts";
import { serverTls, type Tls } from "../tls/options.ts";
import { type ListeningOptions, openServer, requireBacklog } from "./create-server.ts";
import { Server } from "./server.ts";

export interface UnixServerOptions extends ListeningOptions {
  /** A socket that is bound or listens already, instead of the path: a `net.Server`, or a descriptor. */
  readonly sock?: unknown;
  /** Whether `close()` removes the socket's file, unless somebody has replaced it; true by default. */
  readonly cleanupSocket?: boolean;
}

const WHERE = "loop.createUnixServer(protocolFactory, path, options)";

export function createUnixServer(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<StreamProtocol>,
  path: string | null,
  options: UnixServerOptions,
): Promise<Server> {
  return throwWrongTypes(() => {
    requireFunction(protocolFactory, WHERE, "It makes a protocol for each connection.");
    requirePath(path, WHERE);
    requirePathOrSock(path, options.sock, WHERE);
    return serve(loop, protocolFactory, path ?? null, serverTls(options, WHERE), options);
  });
}

async function serve(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<StreamProtocol>,
  path: string | null,
  tls: Tls | null,
  options: UnixServerOptions,
): Promise<Server> {
  const listenOptions: ListenOptions = {
    backlog: requireBacklog(options.backlog, WHERE),
    reusePort: false,
    keepAlive: false,
    cleanupSocket: options.cleanupSocket !== false,
  };
  const listener =
    path === null
      ? adopt(loop, options.sock, listenOptions)
      : await claimOr(loop.network.bind(path, listenOptions), (late) => late.close());
  return openServer(new Server(loop, [listener], protocolFactory, tls), options);
}

function adopt(loop: EventLoop, sock: unknown, options: ListenOptions): Listener {
  const listener = loop.network.adoptListener(sock, options);
  if (typeof listener.address === "string") return listener;
  listener.close();
  throw new ArgumentRangeError(`${WHERE}: sock must be a Unix socket, but it is one of TCP. It was closed.`);
}
