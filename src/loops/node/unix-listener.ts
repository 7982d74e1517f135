import { renameSync } from "node:fs";
import type net from "node:net";
import type { EventLoop } from "../../core/event-loop.ts";
import { runInRoot } from "../../core/scope.ts";
import type { Listener, ListenOptions } from "../../net/driver.ts";
import { bind, equip, listen } from "./handles.ts";
import { newServer, ServerListener } from "./server-listener.ts";
import { hasFile, requireFreePath, SocketFile, temporaryPath } from "./unix-path.ts";

/**
 * A Unix socket that is bound, and listens once it was told to. At its end the host removes the name that it was bound to, whoever
 * has taken that in between; so it is bound to another name and then moved, and what is removed is decided here.
 */
export function bindUnix(loop: EventLoop, path: string, options: ListenOptions): Listener {
  const server = newServer(options);
  const start = () => listen(server, path, options.backlog);
  if (!hasFile(path)) {
    equip(
      server,
      runInRoot(() => bind(path, options)),
    );
    return new ServerListener(loop, server, { address: path, listen: start });
  }
  requireFreePath(path);
  const temporary = temporaryPath(path);
  const handle = runInRoot(() => bind(temporary, options, path));
  try {
    renameSync(temporary, path);
  } catch (error) {
    handle.close();
    throw error;
  }
  equip(server, handle);
  const close = closing(loop, () => server.close(), options.cleanupSocket ? new SocketFile(path) : null);
  return new ServerListener(loop, server, { address: path, listen: start, close });
}

/** Row SRV-26: what goes wrong with the file is no reason not to close. */
export function closing(loop: EventLoop, close: () => void, file: SocketFile | null): () => void {
  return () => {
    close();
    attempt(loop, () => file?.remove());
  };
}

/** The same for a server that was bound to its path in the host's own way. */
export function closingByHost(
  loop: EventLoop,
  server: net.Server,
  path: string,
  cleanup: boolean,
): () => void {
  const file = hasFile(path) ? new SocketFile(path) : null;
  return () => {
    const close = (): void => void server.close();
    attempt(loop, () => {
      if (file === null || (cleanup && file.isOurs())) close();
      else file.keepDuring(close);
    });
    if (server.listening) close();
  };
}

function attempt(loop: EventLoop, action: () => void): void {
  try {
    action();
  } catch (exception) {
    loop.callExceptionHandler({
      message: "The file of a listening Unix socket could not be taken care of",
      exception,
    });
  }
}
