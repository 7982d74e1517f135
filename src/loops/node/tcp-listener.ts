import { constants } from "node:os";
import type { EventLoop } from "../../core/event-loop.ts";
import { runInRoot } from "../../core/scope.ts";
import type { SocketAddress } from "../../net/addresses.ts";
import type { Listener, ListenOptions } from "../../net/driver.ts";
import { bind, boundAddress, equip, listen, systemError } from "./handles.ts";
import { newServer, ServerListener } from "./server-listener.ts";

/** A TCP socket that is bound, and listens once it was told to. Throws what the system says, in the shape of Node's errors. */
export function bindTcp(loop: EventLoop, target: SocketAddress, options: ListenOptions): Listener {
  const handle = runInRoot(() => bind(target, options));
  const address = boundAddress(handle);
  if (address === null) {
    handle.close();
    throw systemError(-constants.errno.EADDRINUSE, "bind", target);
  }
  const server = newServer(options);
  equip(server, handle);
  return new ServerListener(loop, server, {
    address,
    listen: () => listen(server, address, options.backlog),
  });
}
