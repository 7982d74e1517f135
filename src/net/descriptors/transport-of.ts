import type { EventLoop } from "../../core/event-loop.ts";
import { StreamTransport } from "../connection/stream-transport.ts";
import { LinkedDatagramTransport } from "../datagrams/datagram-transport.ts";
import { Server } from "../servers/server.ts";

/** The open transport or server of a loop that has this descriptor; null if none has. */
export function transportOf(loop: EventLoop, fd: number): object | null {
  for (const resource of loop.resources)
    if (!resource.isClosing() && descriptorsOf(resource).includes(fd)) return resource;
  return null;
}

function descriptorsOf(resource: object): readonly number[] {
  if (resource instanceof Server) return resource.sockets.map((socket) => socket.fileno());
  if (!(resource instanceof StreamTransport) && !(resource instanceof LinkedDatagramTransport)) return [];
  const socket = resource.getExtraInfo("socket");
  return socket === null ? [] : [socket.fileno()];
}
