/** What the scenarios with sockets have in common. */
import { type EventLoop, sleep } from "gyre";
import { AF_INET, AF_UNIX, createServer, Socket, SOCK_DGRAM, SOCK_STREAM, socketpair } from "gyre/socket";
import { obstacle } from "../support/descriptors.ts";
import { scenario as define } from "../support/parity.ts";
import { nameOf } from "./outcomes.ts";

export const HERE = { address: "127.0.0.1", port: 0 };

/** None where the host has no sockets of ours. */
export const scenario: typeof define = obstacle === null ? define : () => undefined;

/** The system's code of an error, or the name of the error. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^E[A-Z]+$/.test(code) ? code : nameOf(error);
}

export function attempt<T>(call: () => T): T | string {
  try {
    return call();
  } catch (error) {
    return codeOf(error);
  }
}

export async function outcome<T>(awaitable: PromiseLike<T> | (() => PromiseLike<T>)): Promise<T | string> {
  try {
    return await (typeof awaitable === "function" ? awaitable() : awaitable);
  } catch (error) {
    return codeOf(error);
  }
}

/** Lets everything happen that is about to. */
export async function settle(): Promise<void> {
  for (let count = 0; count < 12; count++) await sleep(1);
}

export async function pair(
  body: (left: Socket, right: Socket) => Promise<void>,
  type = SOCK_STREAM,
): Promise<void> {
  const [left, right] = socketpair(AF_UNIX, type);
  try {
    await body(left, right);
  } finally {
    left.close();
    right.close();
  }
}

export function listener(): Socket {
  return createServer(HERE);
}

export function datagrams(): Socket {
  const socket = new Socket(AF_INET, SOCK_DGRAM);
  socket.bind(HERE);
  return socket;
}

/** Sends until the system takes no more. */
export function fill(socket: Socket): void {
  const chunk = Buffer.alloc(65_536, "x");
  while (attempt(() => socket.send(chunk)) !== "EAGAIN");
}

export async function receive(loop: EventLoop, socket: Socket, size: number): Promise<Buffer> {
  let data = Buffer.alloc(0);
  while (data.length < size) {
    const chunk = await loop.sockRecv(socket, 262_144);
    if (chunk.length === 0) break;
    data = Buffer.concat([data, chunk]);
  }
  return data;
}
