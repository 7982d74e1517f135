import type { Server } from "gyre";

/** Where a server listens, as `127.0.0.1:7007`. */
export function addressOf(server: Server): string {
  const name = server.sockets[0]?.getsockname() ?? "nowhere";
  return typeof name === "string" ? name : `${name.address}:${name.port}`;
}
