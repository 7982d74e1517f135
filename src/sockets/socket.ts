import { describe } from "../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../core/errors.ts";
import { inspectSymbol } from "../core/inspect.ts";
import { requireDescriptor, requireInt } from "../native/checks.ts";
import {
  AF_INET,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SO_ERROR,
  SO_TYPE,
  SOCK_STREAM,
  SOL_SOCKET,
  SOMAXCONN,
} from "../native/constants.ts";
import { callError, type ErrorDetails, succeed } from "../native/errors.ts";
import { type Libc, libc as load } from "../native/libc.ts";
import { sendfile } from "../native/sendfile.ts";
import { decodeAddress, familyOf, SOCKADDR_SIZE } from "../native/sockaddr.ts";
import { detailsOf, familyName, type SocketAddress, type SocketAddressInput, toSystem } from "./addresses.ts";
import { SO_PROTOCOL } from "./constants.ts";
import { OwnedDescriptor } from "./owned-descriptor.ts";

const INT_SIZE = 4;
const LARGEST_OPTION = 1024; // bytes, as in Python
const LARGEST_FILE = Number.MAX_SAFE_INTEGER;
/** What is received is copied if the memory was this much larger, so that the rest can be collected. */
const WASTE = 4;

type Data = Uint8Array | string;

/**
 * A socket of the system. Its calls never wait: where they would have to, they throw an error with code `EAGAIN`, and the `sock…`
 * methods of a loop, or `addReader` and `addWriter`, wait for it.
 *
 * Errors have the system's codes, and `EBADF` once the socket is closed. Wrong arguments are a TypeError `GYRE_INVALID_ARGUMENT` or
 * a RangeError `GYRE_OUT_OF_RANGE`, and never reach the system.
 *
 * @example
 * using socket = new Socket(AF_INET, SOCK_STREAM);
 * await getRunningLoop().sockConnect(socket, { address: "127.0.0.1", port: 80 });
 *
 * Python: `socket.socket`.
 */
export class Socket implements Disposable {
  /** `AF_INET`, `AF_INET6`, `AF_UNIX`. */
  readonly family: number;
  /** `SOCK_STREAM`, `SOCK_DGRAM`. */
  readonly type: number;
  readonly proto: number;
  readonly #libc: Libc;
  readonly #descriptor: OwnedDescriptor;
  /** What `connect` was asked for, for the error of `finishConnect`. */
  #target: ErrorDetails = {};

  /**
   * @param family - `AF_INET` by default; with `fileno`, -1: found out
   * @param type - `SOCK_STREAM` by default; with `fileno`, -1: found out
   * @param proto - 0 by default: the usual one; with `fileno`, -1: found out
   * @param fileno - a descriptor to take over, which does not block from now on
   * @throws Error with the system's code - `EMFILE`, `EAFNOSUPPORT`, `EPROTONOSUPPORT`, `ENOTSOCK`, `EBADF`
   * @throws RuntimeError `GYRE_NOT_SUPPORTED` - it takes Node on Linux or macOS and the package koffi
   */
  constructor(family = AF_INET, type = SOCK_STREAM, proto = 0, fileno: number | null = null) {
    this.#libc = load("A Socket");
    for (const [value, name] of [
      [family, "family"],
      [type, "type"],
      [proto, "protocol"],
    ] as const)
      requireInt(value, `The ${name} of a socket`);
    const fd = fileno === null ? this.#open(family, type, proto) : this.#take(fileno);
    this.family = family === -1 ? this.#familyOf(fd) : family;
    this.type = type === -1 ? this.#intOption(fd, SOL_SOCKET, SO_TYPE) : type;
    this.proto = proto === -1 ? this.#protocolOf(fd) : proto;
    this.#descriptor = new OwnedDescriptor(this.#libc, fd, this);
  }

  // Connections

  /**
   * Takes an address.
   *
   * @param address - port 0: any that is free
   * @throws Error with the system's code - `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`
   */
  bind(address: SocketAddressInput): void {
    const fd = this.#descriptor.require("bind");
    const target = toSystem(this.#libc, this.family, address, "socket.bind(address)");
    succeed(this.#libc.bind(fd, target), "bind", detailsOf(address));
  }

  /** Lets others connect. @param backlog - how many connections wait until they are accepted */
  listen(backlog = SOMAXCONN): void {
    const fd = this.#descriptor.require("listen");
    succeed(this.#libc.listen(fd, Math.max(0, requireInt(backlog, "A backlog"))), "listen");
  }

  /**
   * Takes a connection that waits.
   *
   * @returns it, and the address of its other end
   * @throws Error with the system's code - `EAGAIN`: there is none; `EMFILE`, `ECONNABORTED`
   */
  accept(): [connection: Socket, address: SocketAddress] {
    const accepted = this.#libc.accept(this.#descriptor.require("accept"), new Uint8Array(SOCKADDR_SIZE));
    const fd = succeed(accepted.fd, "accept");
    const address = decodeAddress(this.#libc, accepted.from);
    return [new Socket(this.family, this.type, this.proto, fd), address];
  }

  /**
   * Begins to connect; a socket for datagrams is then connected.
   *
   * @param address - no names: these are looked up by `loop.sockConnect`, or before
   * @throws Error with the system's code - `EINPROGRESS`: it takes time, and the socket can be written to when it is over; then
   *   `finishConnect` says how it went. `EAGAIN`: the backlog of a Unix server is full. `ECONNREFUSED` and its like
   */
  connect(address: SocketAddressInput): void {
    const result = this.#connect(address);
    if (result < 0) throw callError(result, "connect", this.#target);
  }

  /** The same, with the system's error number in place of an error, and 0 for success. */
  connectEx(address: SocketAddressInput): number {
    return -this.#connect(address);
  }

  /** Throws the reason why a connection that took time has failed, if it has. */
  finishConnect(): void {
    const errno = this.getsockopt(SOL_SOCKET, SO_ERROR);
    if (errno !== 0) throw callError(-errno, "connect", this.#target);
  }

  /**
   * Ends one direction or both.
   *
   * @param how - `SHUT_RD`, `SHUT_WR`, `SHUT_RDWR`
   * @throws Error with the system's code - `ENOTCONN`
   */
  shutdown(how: number): void {
    const fd = this.#descriptor.require("shutdown");
    if (requireInt(how, "How to shut down") !== SHUT_RD && how !== SHUT_WR && how !== SHUT_RDWR)
      throw new ArgumentRangeError(`How to shut down is SHUT_RD, SHUT_WR or SHUT_RDWR, but it is ${how}.`);
    succeed(this.#libc.shutdown(fd, how), "shutdown");
  }

  // Receiving

  /**
   * Receives what is there.
   *
   * @param size - bytes at most
   * @param flags - `MSG_PEEK` and its like
   * @returns no bytes at the end of the stream
   * @throws Error with the system's code - `EAGAIN`: there is nothing; `ECONNRESET`, `ENOTCONN`
   */
  recv(size: number, flags = 0): Buffer {
    const buffer = Buffer.allocUnsafe(requireSize(size));
    return trim(buffer, this.recvInto(buffer, 0, flags));
  }

  /** The same into memory of the caller. @param size - bytes at most; 0: as many as it has. @returns how many bytes */
  recvInto(buffer: Uint8Array, size = 0, flags = 0): number {
    const fd = this.#descriptor.require("recv");
    const part = partOf(buffer, size);
    requireInt(flags, "Flags");
    if (part.length === 0) return 0; // as in Python; the system would wait for data
    return succeed(this.#libc.recv(fd, part, flags), "recv");
  }

  /** Receives a datagram, cut off after `size` bytes, and its sender's address; null if there is none. */
  recvfrom(size: number, flags = 0): [data: Buffer, address: SocketAddress | null] {
    const buffer = Buffer.allocUnsafe(requireSize(size));
    const [count, address] = this.recvfromInto(buffer, 0, flags);
    return [trim(buffer, count), address];
  }

  /** The same into memory of the caller. @param size - bytes at most; 0: as many as it has */
  recvfromInto(buffer: Uint8Array, size = 0, flags = 0): [count: number, address: SocketAddress | null] {
    const fd = this.#descriptor.require("recvfrom");
    const part = partOf(buffer, size);
    const memory = new Uint8Array(SOCKADDR_SIZE);
    const { count, from } = this.#libc.recvfrom(fd, part, memory, requireInt(flags, "Flags"));
    succeed(count, "recvfrom");
    return [count, from.length === 0 ? null : decodeAddress(this.#libc, from)];
  }

  // Sending

  /**
   * Sends as much as the system takes at once.
   *
   * @param data - bytes, or a string as UTF-8
   * @returns how many bytes
   * @throws Error with the system's code - `EAGAIN`: none; `EPIPE`, `ECONNRESET`, `ENOTCONN`, `ENOBUFS`, `EMSGSIZE`
   */
  send(data: Data, flags = 0): number {
    const fd = this.#descriptor.require("send");
    return succeed(this.#libc.send(fd, bytesOf(data), requireInt(flags, "Flags")), "send");
  }

  /** Sends a datagram. @returns how many bytes it has */
  sendto(data: Data, address: SocketAddressInput, flags = 0): number {
    const fd = this.#descriptor.require("sendto");
    const target = toSystem(this.#libc, this.family, address, "socket.sendto(data, address)");
    const sent = this.#libc.sendto(fd, bytesOf(data), target, requireInt(flags, "Flags"));
    return succeed(sent, "sendto", detailsOf(address));
  }

  /**
   * Sends a part of a file as far as the system takes it at once, by sendfile(2). `loop.sockSendfile` sends all of it.
   *
   * @param file - a descriptor, whose position neither counts nor changes
   * @param offset - bytes; where to begin
   * @param count - bytes at most
   * @returns how many bytes; 0 at the end of the file
   * @throws Error with the system's code - `EAGAIN`: none; `EINVAL`: the system cannot, with this file or socket
   */
  sendfile(file: number, offset = 0, count = LARGEST_FILE): number {
    return succeed(sendfile(this.#descriptor.require("sendfile"), file, offset, count), "sendfile");
  }

  // Options and names

  /**
   * Asks for an option.
   *
   * @param level - `SOL_SOCKET`, `IPPROTO_TCP`, …
   * @param size - the bytes of an option that is no number, at most 1024
   * @throws Error with the system's code - `ENOPROTOOPT`
   */
  getsockopt(level: number, option: number): number;
  getsockopt(level: number, option: number, size: number): Buffer;
  getsockopt(level: number, option: number, size?: number): number | Buffer {
    const fd = this.#descriptor.require("getsockopt");
    if (size === undefined) return this.#intOption(fd, level, option);
    if (requireSize(size) > LARGEST_OPTION)
      throw new ArgumentRangeError(`An option has up to ${LARGEST_OPTION} bytes, but got ${size}.`);
    const value = Buffer.alloc(size);
    return value.subarray(0, succeed(this.#libc.getsockopt(fd, level, option, value), "getsockopt"));
  }

  /** Sets an option. @param value - a number, or the bytes of what is none. @throws as `getsockopt`, and `EINVAL` */
  setsockopt(level: number, option: number, value: number | boolean | Uint8Array): void {
    const fd = this.#descriptor.require("setsockopt");
    const bytes =
      value instanceof Uint8Array
        ? value
        : new Uint8Array(new Int32Array([requireInt(numberOf(value), "The value of an option")]).buffer);
    succeed(this.#libc.setsockopt(fd, level, option, bytes), "setsockopt");
  }

  /** The socket's own address. */
  getsockname(): SocketAddress {
    const fd = this.#descriptor.require("getsockname");
    return this.#name("getsockname", this.#libc.getsockname(fd, new Uint8Array(SOCKADDR_SIZE)));
  }

  /** The address of the other end. @throws Error with code `ENOTCONN` */
  getpeername(): SocketAddress {
    const fd = this.#descriptor.require("getpeername");
    return this.#name("getpeername", this.#libc.getpeername(fd, new Uint8Array(SOCKADDR_SIZE)));
  }

  /** Whether calls wait: never, unless somebody else has changed the descriptor. */
  getBlocking(): boolean {
    return !this.#libc.isNonBlocking(this.#descriptor.require("fcntl"));
  }

  // The descriptor

  /** The descriptor; -1 once the socket is closed. */
  fileno(): number {
    return this.#descriptor.fd;
  }

  /** A second socket that is the same to the system. @throws Error with code `EMFILE` */
  dup(): Socket {
    const fd = succeed(this.#libc.duplicate(this.#descriptor.require("dup")), "dup");
    return new Socket(this.family, this.type, this.proto, fd);
  }

  /** Gives the descriptor away, which nobody closes then; this socket is as good as closed. @returns the descriptor */
  detach(): number {
    return this.#descriptor.detach();
  }

  /** Closes the socket. Readers and writers of loops are removed, and who waits for it gets `EBADF`. May be called again. */
  close(): void {
    this.#descriptor.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Calls back when the socket is about to be closed or given away; for loops. @returns what withdraws this wish */
  whenClosing(callback: () => void): () => void {
    return this.#descriptor.whenClosing(callback);
  }

  toString(): string {
    const fd = this.fileno();
    const family = familyName(this.family) ?? this.family;
    const state = fd < 0 ? "[closed]" : `fd=${fd}`;
    return `<Socket ${state} family=${family} type=${this.type} proto=${this.proto}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  #open(family: number, type: number, proto: number): number {
    return succeed(this.#libc.socket(family, type, proto), "socket");
  }

  #take(fd: number): number {
    succeed(
      this.#libc.getsockopt(requireDescriptor(fd), SOL_SOCKET, SO_TYPE, new Uint8Array(INT_SIZE)),
      "socket",
    );
    succeed(this.#libc.setNonBlocking(fd), "fcntl");
    return fd;
  }

  #connect(address: SocketAddressInput): number {
    const fd = this.#descriptor.require("connect");
    const target = toSystem(this.#libc, this.family, address, "socket.connect(address)");
    this.#target = detailsOf(address);
    return this.#libc.connect(fd, target);
  }

  #name(syscall: string, found: Uint8Array | number): SocketAddress {
    if (typeof found === "number") throw callError(found, syscall);
    return decodeAddress(this.#libc, found);
  }

  #intOption(fd: number, level: number, option: number): number {
    const value = new Int32Array(1);
    succeed(this.#libc.getsockopt(fd, level, option, new Uint8Array(value.buffer)), "getsockopt");
    return value[0] ?? 0;
  }

  #familyOf(fd: number): number {
    const found = this.#libc.getsockname(fd, new Uint8Array(SOCKADDR_SIZE));
    if (typeof found === "number") throw callError(found, "getsockname");
    return familyOf(found);
  }

  #protocolOf(fd: number): number {
    return SO_PROTOCOL < 0 ? 0 : this.#intOption(fd, SOL_SOCKET, SO_PROTOCOL);
  }
}

function bytesOf(data: Data): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  if (data instanceof Uint8Array) return data;
  throw new ArgumentTypeError(
    `What to send is bytes (a Buffer or Uint8Array) or a string, but got ${describe(data)}.`,
  );
}

function partOf(buffer: Uint8Array, size: number): Uint8Array {
  if (!(buffer instanceof Uint8Array)) {
    throw new ArgumentTypeError(
      `What to receive into is a Buffer or Uint8Array, but got ${describe(buffer)}.`,
    );
  }
  if (requireSize(size) > buffer.length)
    throw new ArgumentRangeError(`The memory has ${buffer.length} bytes, and not the ${size} to receive.`);
  return size === 0 ? buffer : buffer.subarray(0, size);
}

function requireSize(size: number): number {
  if (requireInt(size, "A number of bytes") >= 0) return size;
  throw new ArgumentRangeError(`A number of bytes is at least 0, but got ${size}.`);
}

function numberOf(value: number | boolean): number {
  return typeof value === "boolean" ? Number(value) : value;
}

function trim(buffer: Buffer, count: number): Buffer {
  const part = buffer.subarray(0, count);
  return count * WASTE < buffer.length ? Buffer.from(part) : part;
}
