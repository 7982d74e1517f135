/** `Bun.listen`, with what its `write` leaves over sent when there is room again. */
import { announce, identity } from "./server.ts";

interface BunSocket {
  data: Buffer[];
  /** How many bytes were taken; fewer than it got when the system's buffer is full. */
  write(data: Buffer): number;
}

interface BunHost {
  listen(options: {
    hostname: string;
    port: number;
    tls?: { cert: string; key: string };
    socket: {
      open(socket: BunSocket): void;
      data(socket: BunSocket, data: Buffer): void;
      drain(socket: BunSocket): void;
    };
  }): { readonly port: number };
  gc(synchronously: boolean): void;
}

declare const Bun: BunHost;

function send(socket: BunSocket, data: Buffer): void {
  const count = Math.max(socket.write(data), 0);
  if (count < data.length) socket.data.unshift(data.subarray(count));
}

const server = Bun.listen({
  hostname: "127.0.0.1",
  port: 0,
  ...(identity === null ? {} : { tls: identity }),
  socket: {
    open(socket) {
      socket.data = [];
    },
    data(socket, data) {
      if (socket.data.length > 0) socket.data.push(data);
      else send(socket, data);
    },
    drain(socket) {
      const waiting = socket.data;
      socket.data = [];
      for (const data of waiting) {
        if (socket.data.length > 0) socket.data.push(data);
        else send(socket, data);
      }
    },
  },
});
announce(server.port, () => Bun.gc(true));
