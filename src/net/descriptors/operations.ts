/** The loop's `sock…` methods but for connecting and sending files: each makes its call at once, and waits if that would block. */

import { describe, throwWrongTypes } from "../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { AddressInput, SocketAddress } from "../addresses.ts";
import { toBytes } from "../data.ts";
import type { Data } from "../transports.ts";
import { AGAIN, inTurn } from "./in-turn.ts";
import {
  type AcceptingSocket,
  type DatagramReceivingSocket,
  type DatagramSendingSocket,
  type ReceivingSocket,
  requireSocket,
  type SendingSocket,
} from "./raw-socket.ts";
import { READABLE, WRITABLE } from "./readiness.ts";

type Origin = SocketAddress | string | null;

export function sockRecv(loop: EventLoop, sock: ReceivingSocket, size: number): Promise<Buffer> {
  return throwWrongTypes(() => {
    const where = "loop.sockRecv(sock, size)";
    requireSocket(sock, ["recv"], where);
    requireSize(size, where);
    return inTurn(loop, sock, { where, direction: READABLE, make: () => sock.recv(size) });
  });
}

export function sockRecvInto(loop: EventLoop, sock: ReceivingSocket, buffer: Uint8Array): Promise<number> {
  return throwWrongTypes(() => {
    const where = "loop.sockRecvInto(sock, buffer)";
    requireSocket(sock, ["recvInto"], where);
    requireBuffer(buffer, where);
    return inTurn(loop, sock, { where, direction: READABLE, make: () => sock.recvInto(buffer) });
  });
}

export function sockRecvfrom(
  loop: EventLoop,
  sock: DatagramReceivingSocket,
  size: number,
): Promise<[data: Buffer, address: Origin]> {
  return throwWrongTypes(() => {
    const where = "loop.sockRecvfrom(sock, size)";
    requireSocket(sock, ["recvfrom"], where);
    requireSize(size, where);
    return inTurn(loop, sock, { where, direction: READABLE, make: () => sock.recvfrom(size) });
  });
}

export function sockRecvfromInto(
  loop: EventLoop,
  sock: DatagramReceivingSocket,
  buffer: Uint8Array,
  size: number,
): Promise<[count: number, address: Origin]> {
  return throwWrongTypes(() => {
    const where = "loop.sockRecvfromInto(sock, buffer, size)";
    requireSocket(sock, ["recvfromInto"], where);
    requireBuffer(buffer, where);
    requireSize(size, where);
    return inTurn(loop, sock, { where, direction: READABLE, make: () => sock.recvfromInto(buffer, size) });
  });
}

export function sockSendall(loop: EventLoop, sock: SendingSocket, data: Data): Promise<void> {
  return throwWrongTypes(() => {
    const where = "loop.sockSendall(sock, data)";
    requireSocket(sock, ["send"], where);
    let rest = toBytes(data, where);
    const make = (): void | typeof AGAIN => {
      if (rest.length > 0) rest = rest.subarray(sock.send(rest));
      return rest.length > 0 ? AGAIN : undefined;
    };
    return inTurn(loop, sock, { where, direction: WRITABLE, make });
  });
}

export function sockSendto(
  loop: EventLoop,
  sock: DatagramSendingSocket,
  data: Data,
  address: AddressInput | string,
): Promise<number> {
  return throwWrongTypes(() => {
    const where = "loop.sockSendto(sock, data, address)";
    requireSocket(sock, ["sendto"], where);
    const bytes = toBytes(data, where);
    return inTurn(loop, sock, { where, direction: WRITABLE, make: () => sock.sendto(bytes, address) });
  });
}

export function sockAccept<C>(
  loop: EventLoop,
  sock: AcceptingSocket<C>,
): Promise<[connection: C, address: SocketAddress | string]> {
  return throwWrongTypes(() => {
    const where = "loop.sockAccept(sock)";
    requireSocket(sock, ["accept"], where);
    return inTurn(loop, sock, { where, direction: READABLE, make: () => sock.accept() });
  });
}

function requireSize(size: unknown, where: string): void {
  if (typeof size !== "number")
    throw new ArgumentTypeError(`${where}: size must be a number of bytes, but it is ${describe(size)}.`);
  if (!Number.isInteger(size) || size < 0)
    throw new ArgumentRangeError(`${where}: size must be an integer of at least 0, but it is ${size}.`);
}

function requireBuffer(buffer: unknown, where: string): void {
  if (!(buffer instanceof Uint8Array))
    throw new ArgumentTypeError(`${where} expects a Buffer or Uint8Array, but got ${describe(buffer)}.`);
}
