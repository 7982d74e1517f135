/** `loop.connectReadPipe` and `loop.connectWritePipe`: transports over one end of a pipe. */

import type { FileHandle } from "node:fs/promises";
import { Readable, Writable } from "node:stream";
import { describe, requireFunction } from "../../core/arguments.ts";
import { ArgumentTypeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { StreamTransport } from "../connection/stream-transport.ts";
import type { Pipe } from "../driver.ts";
import type { ProtocolFactory, StreamProtocol } from "../protocols.ts";
import type { ReadTransport, WriteTransport } from "../transports.ts";
import { isFileHandle } from "./file-handle.ts";

/** What can be read as a pipe: a descriptor, a FileHandle or a Node stream. */
export type ReadPipe = number | FileHandle | Readable;
/** What can be written as a pipe: a descriptor, a FileHandle or a Node stream. */
export type WritePipe = number | FileHandle | Writable;

export function connectReadPipe<P extends StreamProtocol>(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<P>,
  pipe: ReadPipe,
): Promise<[ReadTransport, P]> {
  const where = "loop.connectReadPipe(protocolFactory, pipe)";
  requireFunction(protocolFactory, where, "It makes a protocol for the pipe.");
  if (pipe instanceof Readable || isDescriptor(pipe)) return connect(loop, protocolFactory, pipe, "read");
  throw wrongPipe(pipe, where, "Readable");
}

export function connectWritePipe<P extends StreamProtocol>(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<P>,
  pipe: WritePipe,
): Promise<[WriteTransport, P]> {
  const where = "loop.connectWritePipe(protocolFactory, pipe)";
  requireFunction(protocolFactory, where, "It makes a protocol for the pipe.");
  if (pipe instanceof Writable || isDescriptor(pipe)) return connect(loop, protocolFactory, pipe, "write");
  throw wrongPipe(pipe, where, "Writable");
}

/** The pipe stays the caller's where the factory or the loop refuses, and is closed where the start is cancelled. */
async function connect<P extends StreamProtocol>(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<P>,
  pipe: Pipe,
  direction: "read" | "write",
): Promise<[StreamTransport, P]> {
  const protocol = protocolFactory();
  const transport = new StreamTransport(loop, loop.network.openPipe(pipe, direction), protocol);
  try {
    await transport.start();
  } catch (error) {
    transport.abort();
    throw error;
  }
  return [transport, protocol];
}

function isDescriptor(pipe: unknown): pipe is number | FileHandle {
  return typeof pipe === "number" || isFileHandle(pipe);
}

function wrongPipe(pipe: unknown, where: string, kind: string): ArgumentTypeError {
  return new ArgumentTypeError(
    `${where} expects a file descriptor, a FileHandle or a Node stream (a ${kind}), but got ${describe(pipe)}.`,
  );
}
