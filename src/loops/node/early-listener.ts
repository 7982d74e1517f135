/** Where the host cannot bind without listening (Bun): the server listens at once, and drops connections until it is to serve. */

import { renameSync } from "node:fs";
import type net from "node:net";
import { RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
import { runInRoot } from "../../core/scope.ts";
import type { SocketAddress } from "../../net/addresses.ts";
import type { Listener, ListenOptions } from "../../net/driver.ts";
import { HostOperation } from "../../net/host-operation.ts";
import { newServer, ServerListener } from "./server-listener.ts";
import { closing } from "./unix-listener.ts";
import { hasFile, requireFreePath, SocketFile, temporaryPath } from "./unix-path.ts";

export function listenEarly(
  loop: EventLoop,
  target: SocketAddress | string,
  options: ListenOptions,
): Future<Listener> {
  const server = newServer(options);
  const begin =
    typeof target === "string" ? unix(loop, server, target, options) : tcp(loop, server, target, options);
  return new HostOperation<Listener>(
    loop,
    ({ resolve, reject }) => {
      const listening = (): void => {
        try {
          resolve(begin.listener());
        } catch (error) {
          server.close();
          reject(error);
        }
      };
      server.once("error", reject);
      try {
        runInRoot(() =>
          server.listen({ ...begin.options, backlog: Math.max(1, options.backlog) }, listening),
        );
      } catch (error) {
        reject(error);
      }
      return () => server.close();
    },
    (late) => late.close(),
  );
}

interface Beginning {
  readonly options: net.ListenOptions;
  readonly listener: () => Listener;
}

function tcp(
  loop: EventLoop,
  server: net.Server,
  { address, port, family }: SocketAddress,
  { reusePort }: ListenOptions,
): Beginning {
  if (reusePort) {
    throw new RuntimeError(
      "GYRE_NOT_SUPPORTED",
      "The option reusePort does not work on this host. Use Node 22.12 or newer.",
    );
  }
  const bound = (): SocketAddress => {
    const found = server.address();
    return { address, family, port: typeof found === "object" && found !== null ? found.port : port };
  };
  return {
    options: { host: address, port, ipv6Only: family === "IPv6", exclusive: true },
    listener: () => new ServerListener(loop, server, { address: bound() }),
  };
}

function unix(loop: EventLoop, server: net.Server, path: string, options: ListenOptions): Beginning {
  if (!hasFile(path))
    return { options: { path }, listener: () => new ServerListener(loop, server, { address: path }) };
  requireFreePath(path);
  const temporary = temporaryPath(path);
  const listener = (): Listener => {
    renameSync(temporary, path);
    const file = options.cleanupSocket ? new SocketFile(path) : null;
    return new ServerListener(loop, server, {
      address: path,
      close: closing(loop, () => server.close(), file),
    });
  };
  return { options: { path: temporary }, listener };
}
