/** The ends of pipes: descriptors, FileHandles and Node streams. */

import { closeSync, createReadStream, createWriteStream, fstatSync } from "node:fs";
import net from "node:net";
import { Readable, Writable } from "node:stream";
import tty from "node:tty";
import { describe } from "../../core/arguments.ts";
import { ArgumentRangeError } from "../../core/errors.ts";
import { runInRoot } from "../../core/scope.ts";
import { DuplexLink } from "../../net/connection/duplex-link.ts";
import type { Link, LinkTraits, Pipe } from "../../net/driver.ts";
import { descriptorOf } from "./handles.ts";
import { outletTo } from "./outlet.ts";
import { reopen } from "./reopen.ts";
import { fedSocket } from "./socket-link.ts";

type Direction = "read" | "write";
type Kind = "pipe" | "socket" | "terminal" | "device";

const LAST_STANDARD = 2; // descriptors that the host never closes
const HIGH_WATER_MARK = 65_536; // bytes, as in asyncio

const TRAITS: Readonly<Record<Direction, LinkTraits>> = {
  read: { kind: "read pipe", only: "read", halfClose: false, highWaterMark: HIGH_WATER_MARK },
  write: { kind: "write pipe", only: "write", halfClose: true, highWaterMark: HIGH_WATER_MARK },
};

/** One end of a pipe as a link, which owns it. Where this throws, the pipe is as it was. */
export function openPipe(pipe: Pipe, direction: Direction): Link {
  return runInRoot(() => {
    if (pipe instanceof Readable || pipe instanceof Writable) return ofStream(pipe, direction);
    if (typeof pipe === "number") return ofDescriptor(pipe, kindOf(pipe), direction, pipe);
    const kind = kindOf(pipe.fd);
    const fd = reopen(pipe, direction);
    try {
      return ofDescriptor(fd, kind, direction, pipe, () => void pipe.close().catch(ignore));
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  });
}

function ofStream(stream: Readable | Writable, direction: Direction): DuplexLink {
  if (direction === "read") {
    requireState(stream instanceof Readable && stream.readable, stream, "cannot be read, or no more");
    requireState(!stream.readableObjectMode && stream.readableEncoding === null, stream, "gives no bytes");
    return makeLink(stream, direction, stream);
  }
  requireState(stream instanceof Writable && stream.writable, stream, "cannot be written, or no more");
  requireState(!stream.writableObjectMode, stream, "takes no bytes");
  return makeLink(outletTo(stream), direction, stream);
}

function requireState(fulfilled: boolean, stream: object, problem: string): asserts fulfilled {
  if (!fulfilled)
    throw new ArgumentRangeError(
      `A pipe must be an open stream of bytes, but ${describe(stream)} ${problem}.`,
    );
}

/** @param onClosed - called when the descriptor has been closed */
function ofDescriptor(
  fd: number,
  kind: Kind,
  direction: Direction,
  pipe: Pipe,
  onClosed?: () => void,
): DuplexLink {
  if (direction === "read" && (kind === "pipe" || kind === "socket")) {
    const { socket, feed } = fedSocket({ fd, readable: true, writable: false });
    const link = makeLink(socket, direction, pipe, true);
    feed(link);
    if (onClosed) socket.once("close", onClosed);
    return link;
  }
  const stream = direction === "read" ? openReadable(fd, kind) : openWritable(fd, kind);
  if (onClosed) stream.once("close", onClosed);
  return makeLink(stream, direction, pipe);
}

function openReadable(fd: number, kind: Kind): Readable {
  return kind === "terminal" ? closingToo(fd, new tty.ReadStream(fd)) : createReadStream("", { fd });
}

function openWritable(fd: number, kind: Kind): Writable {
  if (kind === "terminal") return closingToo(fd, new tty.WriteStream(fd));
  if (kind === "device") return createWriteStream("", { fd });
  const socket = new net.Socket({ fd, readable: kind === "socket", writable: true, allowHalfOpen: true });
  // Only a socket tells that its reader has left before something is written; what it sends is nobody's.
  return kind === "socket" ? socket.once("end", () => socket.destroy()).resume() : socket;
}

/** libuv opens a terminal a second time, and closes only that. */
function closingToo<S extends net.Socket>(fd: number, terminal: S): S {
  if (fd > LAST_STANDARD && descriptorOf(terminal) !== fd) terminal.once("close", () => closeSync(fd));
  return terminal;
}

function makeLink(stream: Readable | Writable, direction: Direction, pipe: Pipe, fed = false): DuplexLink {
  const ends = {
    readable: direction === "read" && stream instanceof Readable ? stream : null,
    writable: direction === "write" && stream instanceof Writable ? stream : null,
  };
  const info = (name: string): unknown => (name === "pipe" ? pipe : undefined);
  return new DuplexLink(ends, { traits: TRAITS[direction], info, fed });
}

function kindOf(fd: number): Kind {
  if (!Number.isInteger(fd) || fd < 0)
    throw new ArgumentRangeError(`A pipe's descriptor must be an integer of at least 0, but got ${fd}.`);
  if (tty.isatty(fd)) return "terminal";
  const stats = fstatSync(fd);
  if (stats.isFIFO()) return "pipe";
  if (stats.isSocket()) return "socket";
  if (stats.isCharacterDevice()) return "device";
  throw new ArgumentRangeError(
    `A pipe must be a FIFO, a socket or a character device, but descriptor ${fd} is a ${stats.isDirectory() ? "directory" : "file"}. ` +
      "Read and write files with node:fs/promises.",
  );
}

function ignore(): void {}
