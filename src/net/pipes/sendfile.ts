/** `loop.sendfile`: a file through a transport, read piece by piece as fast as the peer takes it. */

import type { FileHandle } from "node:fs/promises";
import { describe } from "../../core/arguments.ts";
import { wrapFuture } from "../../core/ensure-future.ts";
import { ArgumentTypeError, RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { Future } from "../../core/future.ts";
import type { Loan } from "../connection/loan.ts";
import { StreamTransport } from "../connection/stream-transport.ts";
import { ConnectionError, SendfileNotAvailableError } from "../errors.ts";
import { claim } from "../host-operation.ts";
import type { Protocol } from "../protocols.ts";
import type { WriteTransport } from "../transports.ts";
import { isFileHandle } from "./file-handle.ts";
import { openFile } from "./open-file.ts";
import {
  requireFileArguments,
  requireRanges,
  type SendableFile,
  type SendfileOptions,
} from "./sendfile-arguments.ts";

const CHUNK = 131_072; // bytes that are read at once
const WHERE = "loop.sendfile(transport, file, options)";

export function sendfile(
  loop: EventLoop,
  transport: WriteTransport,
  file: SendableFile,
  options: SendfileOptions,
): Promise<number> {
  requireTransport(transport);
  requireFileArguments(file, options, WHERE);
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
  requireRanges(options, WHERE);
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

function requireTransport(transport: unknown): void {
  if (typeof transport !== "object" || transport === null || !("isClosing" in transport))
    throw new ArgumentTypeError(`${WHERE} expects a transport, but got ${describe(transport)}.`);
}
