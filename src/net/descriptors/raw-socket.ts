/** The sockets that the loop's `sock…` methods work on. Those of `gyre/socket` are such; whatever has the same methods will do. */

import { constants } from "node:os";
import { describe } from "../../core/arguments.ts";
import { hasCode } from "../../core/error-codes.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { AddressInput, SocketAddress } from "../addresses.ts";

/** None of these methods waits: they throw an error with code `EAGAIN` where a call would have to. */
export interface RawSocket {
  /** `AF_UNIX` (1), `AF_INET` (2), or another number for IPv6. */
  readonly family: number;
  readonly type: number;
  readonly proto: number;
  fileno(): number;
  /** For the check in debug mode. */
  getBlocking?(): boolean;
  /** Calls back when the socket is about to be closed or given away; returns what withdraws this wish. */
  whenClosing?(callback: () => void): () => void;
}

export interface ReceivingSocket extends RawSocket {
  recv(size: number): Buffer;
  recvInto(buffer: Uint8Array): number;
}

export interface DatagramReceivingSocket extends RawSocket {
  recvfrom(size: number): [data: Buffer, address: SocketAddress | string | null];
  recvfromInto(buffer: Uint8Array, size?: number): [count: number, address: SocketAddress | string | null];
}

export interface SendingSocket extends RawSocket {
  send(data: Uint8Array): number;
  /** Sends a part of a file without reading it; 0 at its end. */
  sendfile?(file: number, offset: number, count: number): number;
}

export interface DatagramSendingSocket extends RawSocket {
  sendto(data: Uint8Array, address: AddressInput | string): number;
}

export interface ConnectingSocket extends RawSocket {
  /** Throws `EINPROGRESS` for what takes time. */
  connect(address: AddressInput | string): void;
  /** Throws the reason why a connection that took time has failed, if it has. */
  finishConnect(): void;
}

export interface AcceptingSocket<C> extends RawSocket {
  accept(): [connection: C, address: SocketAddress | string];
}

export const AF_UNIX = 1;
export const AF_INET = 2;

/** @throws TypeError `GYRE_INVALID_ARGUMENT` for what has not these methods */
export function requireSocket(sock: unknown, methods: readonly string[], where: string): void {
  const missing = ["fileno", ...methods].find((method) => !hasMethod(sock, method));
  if (missing === undefined) return;
  throw new ArgumentTypeError(
    `${where} expects a Socket of gyre/socket, but got ${describe(sock)}, which has no method ${missing}(). ` +
      "Sockets of the host and TLS have transports and streams: see createConnection().",
  );
}

/** Row SOCK-01: looked at in debug mode only, since it takes a call of the system. */
export function requireNonBlocking(loop: EventLoop, sock: RawSocket, where: string): void {
  if (loop.getDebug() && sock.getBlocking?.() === true) {
    throw new ArgumentRangeError(
      `${where}: the socket must be non-blocking, or it would stop the whole loop. A new Socket always is.`,
    );
  }
}

/** Whether a call has to be made again when the socket is ready. */
export function wouldBlock(error: unknown): boolean {
  return hasCode(error, "EAGAIN", "EWOULDBLOCK", "EINTR");
}

/** For a socket that was closed before it was used. */
export function requireOpen(sock: RawSocket, syscall: string): void {
  if (sock.fileno() >= 0) return;
  throw Object.assign(new Error(`${syscall} EBADF: the socket is closed.`), {
    errno: -constants.errno.EBADF,
    code: "EBADF",
    syscall,
  });
}

function hasMethod(value: unknown, method: string): boolean {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, method) === "function";
}
