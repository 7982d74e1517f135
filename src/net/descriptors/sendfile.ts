/** `loop.sockSendfile`: by the system where it can, else piece by piece. */

import type { FileHandle } from "node:fs/promises";
import { describe, throwWrongTypes } from "../../core/arguments.ts";
import { wrapFuture } from "../../core/ensure-future.ts";
import { hasCode } from "../../core/error-codes.ts";
import { ArgumentRangeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { SOCK_STREAM } from "../addresses.ts";
import { ConnectionError, SendfileNotAvailableError } from "../errors.ts";
import { claim } from "../host-operation.ts";
import { isFileHandle } from "../pipes/file-handle.ts";
import { openFile } from "../pipes/open-file.ts";
import {
  requireFileArguments,
  requireRanges,
  type SendableFile,
  type SendfileOptions,
} from "../pipes/sendfile-arguments.ts";
import { AGAIN, inTurn } from "./in-turn.ts";
import { requireNonBlocking, requireOpen, requireSocket, type SendingSocket } from "./raw-socket.ts";
import { WRITABLE } from "./readiness.ts";

const WHERE = "loop.sockSendfile(sock, file, options)";
const PIECE = 262_144; // bytes that are read at once where the system does not send the file by itself, as in asyncio
const LARGEST_PART = 2 ** 30; // bytes that the system is asked for at once, as in asyncio
const UNABLE = ["EINVAL", "ENOSYS", "EOPNOTSUPP", "ENOTSUP", "EOVERFLOW"];

export function sockSendfile(
  loop: EventLoop,
  sock: SendingSocket,
  file: SendableFile,
  options: SendfileOptions,
): Promise<number> {
  return throwWrongTypes(() => {
    requireSocket(sock, ["send"], WHERE);
    requireFileArguments(file, options, WHERE);
    return checkAndSend(loop, sock, file, options);
  });
}

async function checkAndSend(
  loop: EventLoop,
  sock: SendingSocket,
  file: SendableFile,
  options: SendfileOptions,
): Promise<number> {
  requireRanges(options, WHERE);
  requireNonBlocking(loop, sock, WHERE);
  requireOpen(sock, "sendfile");
  if (sock.type !== SOCK_STREAM)
    throw new ArgumentRangeError(`${WHERE} needs a stream socket, but got ${describe(sock)}.`);
  if (isFileHandle(file)) return send(loop, sock, file, options);
  const opened = await claim(openFile(loop, file));
  try {
    return await send(loop, sock, opened.handle, options);
  } finally {
    await opened.handle.close().catch(() => undefined);
  }
}

async function send(
  loop: EventLoop,
  sock: SendingSocket,
  file: FileHandle,
  options: SendfileOptions,
): Promise<number> {
  const transfer = new Transfer(loop, sock, file, options);
  const reason = await transfer.bySystem();
  if (reason === null) return transfer.sent;
  if (options.fallback === false) {
    throw new SendfileNotAvailableError(
      `The system cannot send this file to this socket by itself: ${reason}. Leave out \`fallback: false\`.`,
    );
  }
  await transfer.byHand();
  return transfer.sent;
}

/** A file on its way through a socket. */
class Transfer {
  readonly #loop: EventLoop;
  readonly #sock: SendingSocket;
  readonly #file: FileHandle;
  readonly #offset: number;
  readonly #end: number;
  readonly #onProgress: ((sent: number) => void) | undefined;
  #sent = 0;

  constructor(
    loop: EventLoop,
    sock: SendingSocket,
    file: FileHandle,
    { offset = 0, count = null, onProgress }: SendfileOptions,
  ) {
    this.#loop = loop;
    this.#sock = sock;
    this.#file = file;
    this.#offset = offset;
    this.#end = count ?? Number.POSITIVE_INFINITY;
    this.#onProgress = onProgress;
  }

  get sent(): number {
    return this.#sent;
  }

  /** @returns why the system cannot do it, with nothing sent; null when all is sent */
  async bySystem(): Promise<string | null> {
    if (this.#sock.sendfile === undefined) return "the socket has no method sendfile()";
    if (this.#file.fd < 0) return "the file is closed";
    try {
      await inTurn(this.#loop, this.#sock, {
        where: WHERE,
        direction: WRITABLE,
        make: () => {
          const count = Math.min(this.#end - this.#sent, LARGEST_PART);
          const sent = this.#sock.sendfile?.(this.#file.fd, this.#offset + this.#sent, count) ?? 0;
          if (sent > 0) this.#note(sent);
          return sent > 0 && this.#sent < this.#end ? AGAIN : undefined;
        },
      });
      return null;
    } catch (error) {
      if (hasCode(error, "ENOTCONN") && this.#sent > 0) {
        throw new ConnectionError("ECONNRESET", "The connection was lost while a file was sent through it.", {
          cause: error,
        });
      }
      const code = UNABLE.find((one) => hasCode(error, one));
      if (code === undefined || this.#sent > 0) throw error;
      return code;
    }
  }

  async byHand(): Promise<void> {
    const buffer = Buffer.allocUnsafeSlow(Math.min(PIECE, this.#end));
    while (this.#sent < this.#end) {
      const size = Math.min(buffer.length, this.#end - this.#sent);
      const read = this.#file.read(buffer, 0, size, this.#offset + this.#sent);
      const { bytesRead } = await wrapFuture(read, { loop: this.#loop });
      if (bytesRead === 0) return;
      let rest = buffer.subarray(0, bytesRead);
      await inTurn(this.#loop, this.#sock, {
        where: WHERE,
        direction: WRITABLE,
        make: () => {
          const sent = this.#sock.send(rest);
          rest = rest.subarray(sent);
          this.#note(sent);
          return rest.length > 0 ? AGAIN : undefined;
        },
      });
    }
  }

  #note(sent: number): void {
    this.#sent += sent;
    this.#onProgress?.(this.#sent);
  }
}
