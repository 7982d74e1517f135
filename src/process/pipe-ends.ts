/** Our ends of a child's pipes: the shared transports and links over the host's streams. */

import type { Readable, Writable } from "node:stream";
import type { EventLoop } from "../core/event-loop.ts";
import { DuplexLink } from "../net/connection/duplex-link.ts";
import { StreamTransport } from "../net/connection/stream-transport.ts";
import type { LinkTraits } from "../net/driver.ts";
import type { Protocol } from "../net/protocols.ts";
import type { Spawned } from "./spawn.ts";

const HIGH_WATER_MARK = 65_536; // bytes, as in asyncio

const READ: LinkTraits = {
  kind: "read pipe",
  only: "read",
  halfClose: false,
  highWaterMark: HIGH_WATER_MARK,
};
const WRITE: LinkTraits = {
  kind: "write pipe",
  only: "write",
  halfClose: true,
  highWaterMark: HIGH_WATER_MARK,
};

/** What the pipes report. */
export interface PipeEvents {
  data(fd: number, data: Buffer): void;
  lost(fd: number, error: Error | null): void;
  pauseWriting(): void;
  resumeWriting(): void;
}

export type PipeEnds = ReadonlyMap<number, StreamTransport>;

export function pipeEnds(loop: EventLoop, { stdin, stdout, stderr }: Spawned, events: PipeEvents): PipeEnds {
  const ends = new Map<number, StreamTransport>();
  if (stdin !== null) ends.set(0, transportOf(loop, stdin, null, new PipeProtocol(0, events)));
  if (stdout !== null) ends.set(1, transportOf(loop, null, stdout, new PipeProtocol(1, events)));
  if (stderr !== null) ends.set(2, transportOf(loop, null, stderr, new PipeProtocol(2, events)));
  return ends;
}

function transportOf(
  loop: EventLoop,
  writable: Writable | null,
  readable: Readable | null,
  protocol: Protocol,
): StreamTransport {
  const info = (name: string): unknown => (name === "pipe" ? (writable ?? readable) : undefined);
  const traits = writable === null ? READ : WRITE;
  return new StreamTransport(loop, new DuplexLink({ readable, writable }, { traits, info }), protocol);
}

class PipeProtocol implements Protocol {
  readonly #fd: number;
  readonly #events: PipeEvents;

  constructor(fd: number, events: PipeEvents) {
    this.#fd = fd;
    this.#events = events;
  }

  dataReceived(data: Buffer): void {
    this.#events.data(this.#fd, data);
  }

  connectionLost(error: Error | null): void {
    this.#events.lost(this.#fd, error);
  }

  pauseWriting(): void {
    this.#events.pauseWriting();
  }

  resumeWriting(): void {
    this.#events.resumeWriting();
  }
}
