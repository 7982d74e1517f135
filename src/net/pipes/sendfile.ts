/** `loop.sendfile`: a file through a transport, read piece by piece as fast as the peer takes it. */

import { type FileHandle, open } from "node:fs/promises";
import { describe } from "../../core/arguments.ts";
import { wrapFuture } from "../../core/ensure-future.ts";
import { ArgumentRangeError, ArgumentTypeError, RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { Future } from "../../core/future.ts";
import type { Loan } from "../connection/loan.ts";
import { StreamTransport } from "../connection/stream-transport.ts";
import { ConnectionError, SendfileNotAvailableError } from "../errors.ts";
import { claim, HostOperation } from "../host-operation.ts";
import type { Protocol } from "../protocols.ts";
import type { WriteTransport } from "../transports.ts";
import { isFileHandle } from "./file-handle.ts";

const CHUNK = 131_072; // bytes that are read at once
const WHERE = "loop.sendfile(transport, file, options)";

export interface SendfileOptions {
  /** In bytes, where in the file to begin; 0 by default. */
  readonly offset?: number;
  /** How many bytes, if the file has so many; null: all to its end. */
  readonly count?: number | null;
  /** Whether to read the file here where the system cannot send it by itself; true by default. */
  readonly fallback?: boolean;
  /** Called with the number of bytes that the transport has taken so far: also the way to know it after a failure. */
  readonly onProgress?: (sent: number) => void;
}

/** A file to send: open already, or the path of one that is opened and closed here. */
export type SendableFile = FileHandle | string | URL;

export function sendfile(
  loop: EventLoop,
  transport: WriteTransport,
  file: SendableFile,
  options: SendfileOptions,
): Promise<number> {
  requireArguments(transport, file, options);
  return checkAndSend(loop, transport, file, options);
}

async function checkAndSend(
  loop: EventLoop,
  transport: WriteTransport,
  file: SendableFile,
  options: SendfileOptions,
): Promise<number> {
  if (transport.isClosing()) {
    throw new RuntimeError(
      "GYRE_TRANSPORT_CLOSED",
      `${WHERE} needs an open transport, but ${transport} is closing.`,
    );
  }
  if (!(transport instanceof StreamTransport))
    throw new RuntimeError("GYRE_NOT_SUPPORTED", `${WHERE} cannot use ${describe(transport)}.`);
  requireRanges(options);
  if (options.fallback === false) {
    throw new SendfileNotAvailableError(
      "This loop cannot let the system send a file by itself. Leave out `fallback: false`.",
    );
  }
  if (isFileHandle(file)) return sendPart(loop, transport, file, options);
  const opened = await claim(openFile(loop, file));
  try {
    return await sendPart(loop, transport, opened.handle, options);
  } finally {
    opened.destroy();
  }
}

interface OpenedFile {
  readonly handle: FileHandle;
  readonly destroy: () => void;
}

function openFile(loop: EventLoop, path: string | URL): Future<OpenedFile> {
  return new HostOperation<OpenedFile>(
    loop,
    ({ resolve, reject }) => {
      const offer = (handle: FileHandle): void =>
        resolve({ handle, destroy: () => void handle.close().catch(() => undefined) });
      open(path).then(offer, reject);
      return () => undefined;
    },
    (late) => late.destroy(),
  );
}

async function sendPart(
  loop: EventLoop,
  transport: StreamTransport,
  file: FileHandle,
  { offset = 0, count = null, onProgress }: SendfileOptions,
): Promise<number> {
  const gate = new Gate(loop, transport);
  const end = count ?? Number.POSITIVE_INFINITY;
  let sent = 0;
  try {
    while (sent < end) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, end - sent)); // the transport keeps it
      const { bytesRead } = await wrapFuture(file.read(buffer, 0, buffer.length, offset + sent), { loop });
      if (bytesRead === 0) break;
      await gate.opened();
      gate.write(buffer.subarray(0, bytesRead));
      sent += bytesRead;
      onProgress?.(sent);
    }
    return sent;
  } finally {
    gate.giveBack();
  }
}

/** The protocol of a transport while a file goes through it: tells when there is room for more. */
class Gate implements Protocol {
  readonly #loop: EventLoop;
  readonly #transport: StreamTransport;
  readonly #loan: Loan;
  #paused: boolean;
  #lost: Error | null = null;
  #waiter: Future<void> | null = null;

  constructor(loop: EventLoop, transport: StreamTransport) {
    this.#loop = loop;
    this.#transport = transport;
    this.#loan = transport.lend(this);
    this.#paused = this.#loan.paused;
  }

  /** Done when the transport's buffer is below its mark; rejects when the connection is over. */
  async opened(): Promise<void> {
    if (this.#paused && !this.#transport.isClosing()) {
      this.#waiter = new Future<void>({ loop: this.#loop });
      await this.#waiter;
    }
    if (this.#lost !== null) throw this.#lost;
    if (this.#transport.isClosing()) throw closedMeanwhile();
  }

  write(chunk: Uint8Array): void {
    this.#loan.write(chunk);
  }

  giveBack(): void {
    this.#loan.giveBack();
  }

  connectionLost(error: Error | null): void {
    this.#lost = error ?? closedMeanwhile();
    this.resumeWriting();
    this.#loan.protocol.connectionLost?.(error);
  }

  pauseWriting(): void {
    this.#paused = true;
  }

  resumeWriting(): void {
    this.#paused = false;
    const waiter = this.#waiter;
    if (waiter !== null && !waiter.done()) waiter.setResult();
  }
}

function closedMeanwhile(): ConnectionError {
  return new ConnectionError("ECONNABORTED", "The connection was closed while a file was sent through it.");
}

function requireArguments(transport: unknown, file: unknown, options: unknown): void {
  if (typeof transport !== "object" || transport === null || !("isClosing" in transport))
    throw new ArgumentTypeError(`${WHERE} expects a transport, but got ${describe(transport)}.`);
  if (!isFileHandle(file) && typeof file !== "string" && !(file instanceof URL)) {
    throw new ArgumentTypeError(
      `${WHERE} expects a FileHandle of node:fs/promises, a path or a file URL, but got ${describe(file)}.`,
    );
  }
  if (typeof options !== "object" || options === null)
    throw new ArgumentTypeError(`${WHERE} expects options, but got ${describe(options)}.`);
  const { offset = 0, count = null } = options as SendfileOptions;
  requireNumber(offset, "offset");
  if (count !== null) requireNumber(count, "count");
}

function requireNumber(value: unknown, name: string): void {
  if (typeof value === "number") return;
  throw new ArgumentTypeError(`${WHERE}: ${name} must be a number of bytes, but it is ${describe(value)}.`);
}

function requireRanges({ offset = 0, count = null }: SendfileOptions): void {
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new ArgumentRangeError(`${WHERE}: offset must be an integer of at least 0, but it is ${offset}.`);
  }
  if (count !== null && (!Number.isSafeInteger(count) || count < 1)) {
    throw new ArgumentRangeError(
      `${WHERE}: count must be an integer of at least 1, or null for all, but it is ${count}.`,
    );
  }
}
