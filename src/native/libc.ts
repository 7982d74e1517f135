/**
 * The calls of the C library that sockets need. Each returns what the kernel would: a result of at least 0, or `-errno`. Nothing
 * unchecked gets through: descriptors, integers and memory are looked at here, in one place.
 */

import { type Koffi, loadKoffi } from "./availability.ts";
import { requireBytes, requireDescriptor, requireInt } from "./checks.ts";
import { isDarwin, MSG_NOSIGNAL, O_NONBLOCK, SOCK_CLOEXEC, SOCK_NONBLOCK } from "./constants.ts";

const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;
const FD_CLOEXEC = 1;
const FIONREAD = isDarwin ? 0x4004_667f : 0x541b;
const F_DUPFD_CLOEXEC = isDarwin ? 67 : 1030;
const EMPTY = new Uint8Array(0);

type Argument = number | Uint8Array | Int32Array | null;
type Foreign<A extends readonly Argument[]> = (...args: A) => number;

export interface Accepted {
  /** The descriptor of the connection, or `-errno`. */
  readonly fd: number;
  /** The address of the other end in the system's form. */
  readonly from: Uint8Array;
}

export interface Received {
  /** Bytes, or `-errno`. */
  readonly count: number;
  /** The address in the system's form; empty if there is none. */
  readonly from: Uint8Array;
}

export class Libc {
  readonly #koffi: Koffi;
  readonly #socket: Foreign<[number, number, number]>;
  readonly #socketpair: Foreign<[number, number, number, Int32Array]>;
  readonly #bind: Foreign<[number, Uint8Array, number]>;
  readonly #connect: Foreign<[number, Uint8Array, number]>;
  readonly #listen: Foreign<[number, number]>;
  readonly #accept: Foreign<[number, Uint8Array, Int32Array, number]>;
  readonly #recv: Foreign<[number, Uint8Array, number, number]>;
  readonly #send: Foreign<[number, Uint8Array, number, number]>;
  readonly #recvfrom: Foreign<[number, Uint8Array, number, number, Uint8Array, Int32Array]>;
  readonly #sendto: Foreign<[number, Uint8Array, number, number, Uint8Array, number]>;
  readonly #shutdown: Foreign<[number, number]>;
  readonly #close: Foreign<[number]>;
  readonly #getsockname: Foreign<[number, Uint8Array, Int32Array]>;
  readonly #getpeername: Foreign<[number, Uint8Array, Int32Array]>;
  readonly #getsockopt: Foreign<[number, number, number, Uint8Array, Int32Array]>;
  readonly #setsockopt: Foreign<[number, number, number, Uint8Array, number]>;
  readonly #fcntl: (fd: number, command: number, type: "int", argument: number) => number;
  readonly #inetPton: (family: number, text: string, out: Uint8Array) => number;
  readonly #inetNtop: (family: number, bytes: Uint8Array, out: Uint8Array, size: number) => string | null;
  readonly #nameToIndex: (name: string) => number;
  readonly #ioctl: Foreign<[number, number, Int32Array]>;
  /** Where the system writes the length of an address to. */
  readonly #length = new Int32Array(1);

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
    const library = koffi.load(null);
    const bind = (declaration: string) => library.func(declaration);
    this.#socket = bind("int socket(int, int, int)");
    this.#socketpair = bind("int socketpair(int, int, int, void *)");
    this.#bind = bind("int bind(int, void *, uint32_t)");
    this.#connect = bind("int connect(int, void *, uint32_t)");
    this.#listen = bind("int listen(int, int)");
    this.#accept = isDarwin
      ? bind("int accept(int, void *, void *)")
      : bind("int accept4(int, void *, void *, int)");
    this.#recv = bind("long recv(int, void *, size_t, int)");
    this.#send = bind("long send(int, void *, size_t, int)");
    this.#recvfrom = bind("long recvfrom(int, void *, size_t, int, void *, void *)");
    this.#sendto = bind("long sendto(int, void *, size_t, int, void *, uint32_t)");
    this.#shutdown = bind("int shutdown(int, int)");
    this.#close = bind("int close(int)");
    this.#getsockname = bind("int getsockname(int, void *, void *)");
    this.#getpeername = bind("int getpeername(int, void *, void *)");
    this.#getsockopt = bind("int getsockopt(int, int, int, void *, void *)");
    this.#setsockopt = bind("int setsockopt(int, int, int, void *, uint32_t)");
    this.#fcntl = bind("int fcntl(int, int, ...)");
    this.#inetPton = bind("int inet_pton(int, str, void *)");
    this.#inetNtop = bind("str inet_ntop(int, void *, void *, uint32_t)");
    this.#ioctl = bind("int ioctl(int, unsigned long, void *)");
    this.#nameToIndex = bind("uint32_t if_nametoindex(str)");
  }

  // Making and ending

  /** A socket that does not block and is not inherited by children. */
  socket(domain: number, type: number, protocol: number): number {
    const flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
    const kind = requireInt(type, "The type of a socket") | flags;
    const fd = this.#result(
      this.#socket(requireInt(domain, "The family of a socket"), kind, requireInt(protocol, "A protocol")),
    );
    return flags === 0 ? this.#prepare(fd) : fd;
  }

  /** Two sockets that are connected to each other. */
  socketpair(domain: number, type: number, protocol: number): readonly [number, number] | number {
    const pair = new Int32Array(2);
    const kind = requireInt(type, "The type of a socket") | SOCK_NONBLOCK | SOCK_CLOEXEC;
    const result = this.#result(
      this.#socketpair(
        requireInt(domain, "The family of a socket"),
        kind,
        requireInt(protocol, "A protocol"),
        pair,
      ),
    );
    if (result < 0) return result;
    const [first = -1, second = -1] = pair;
    if (SOCK_NONBLOCK === 0) {
      this.#prepare(first);
      this.#prepare(second);
    }
    return [first, second];
  }

  close(fd: number): number {
    return this.#result(this.#close(requireDescriptor(fd)));
  }

  /** The same open socket under another number. */
  duplicate(fd: number): number {
    return this.#result(this.#fcntl(requireDescriptor(fd), F_DUPFD_CLOEXEC, "int", 0));
  }

  setNonBlocking(fd: number): number {
    const flags = this.#result(this.#fcntl(requireDescriptor(fd), F_GETFL, "int", 0));
    if (flags < 0 || (flags & O_NONBLOCK) !== 0) return flags;
    return this.#result(this.#fcntl(fd, F_SETFL, "int", flags | O_NONBLOCK));
  }

  isNonBlocking(fd: number): boolean {
    return (this.#fcntl(requireDescriptor(fd), F_GETFL, "int", 0) & O_NONBLOCK) !== 0;
  }

  // Addresses and connections

  bind(fd: number, address: Uint8Array): number {
    return this.#result(
      this.#bind(requireDescriptor(fd), requireBytes(address, "An address"), address.length),
    );
  }

  connect(fd: number, address: Uint8Array): number {
    return this.#result(
      this.#connect(requireDescriptor(fd), requireBytes(address, "An address"), address.length),
    );
  }

  listen(fd: number, backlog: number): number {
    return this.#result(this.#listen(requireDescriptor(fd), requireInt(backlog, "A backlog")));
  }

  /** @param peer - memory for the address of the other end */
  accept(fd: number, peer: Uint8Array): Accepted {
    this.#length[0] = requireBytes(peer, "The memory for an address").length;
    const flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
    const accepted = this.#result(this.#accept(requireDescriptor(fd), peer, this.#length, flags));
    if (accepted < 0) return { fd: accepted, from: EMPTY };
    const from = peer.subarray(0, this.#length[0]);
    return { fd: flags === 0 ? this.#prepare(accepted) : accepted, from };
  }

  shutdown(fd: number, how: number): number {
    return this.#result(this.#shutdown(requireDescriptor(fd), requireInt(how, "The way of a shutdown")));
  }

  /** @returns the address in the system's form */
  getsockname(fd: number, memory: Uint8Array): Uint8Array | number {
    this.#length[0] = requireBytes(memory, "The memory for an address").length;
    return this.#addressIn(memory, this.#getsockname(requireDescriptor(fd), memory, this.#length));
  }

  getpeername(fd: number, memory: Uint8Array): Uint8Array | number {
    this.#length[0] = requireBytes(memory, "The memory for an address").length;
    return this.#addressIn(memory, this.#getpeername(requireDescriptor(fd), memory, this.#length));
  }

  // Bytes

  recv(fd: number, into: Uint8Array, flags = 0): number {
    const count = this.#recv(
      requireDescriptor(fd),
      requireBytes(into, "What to receive into"),
      into.length,
      flags | 0,
    );
    return count < 0 ? -this.#koffi.errno() : count;
  }

  /** How many bytes wait to be received, or `-errno`. */
  available(fd: number): number {
    const result = this.#ioctl(requireDescriptor(fd), FIONREAD, this.#length);
    return result < 0 ? -this.#koffi.errno() : (this.#length[0] ?? 0);
  }

  send(fd: number, data: Uint8Array, flags = 0): number {
    const count = this.#send(
      requireDescriptor(fd),
      requireBytes(data, "What to send"),
      data.length,
      flags | MSG_NOSIGNAL,
    );
    return count < 0 ? -this.#koffi.errno() : count;
  }

  /** @param address - memory for where it came from */
  recvfrom(fd: number, into: Uint8Array, address: Uint8Array, flags = 0): Received {
    this.#length[0] = requireBytes(address, "The memory for an address").length;
    const count = this.#result(
      this.#recvfrom(
        requireDescriptor(fd),
        requireBytes(into, "What to receive into"),
        into.length,
        flags | 0,
        address,
        this.#length,
      ),
    );
    return { count, from: count < 0 ? EMPTY : address.subarray(0, this.#length[0]) };
  }

  sendto(fd: number, data: Uint8Array, address: Uint8Array, flags = 0): number {
    return this.#result(
      this.#sendto(
        requireDescriptor(fd),
        requireBytes(data, "What to send"),
        data.length,
        flags | MSG_NOSIGNAL,
        requireBytes(address, "An address"),
        address.length,
      ),
    );
  }

  // Options

  /** Fills `value`; returns how many bytes of it. */
  getsockopt(fd: number, level: number, option: number, value: Uint8Array): number {
    this.#length[0] = requireBytes(value, "The memory for an option").length;
    const result = this.#getsockopt(
      requireDescriptor(fd),
      requireInt(level, "The level of an option"),
      requireInt(option, "An option"),
      value,
      this.#length,
    );
    return result < 0 ? -this.#koffi.errno() : (this.#length[0] ?? 0);
  }

  setsockopt(fd: number, level: number, option: number, value: Uint8Array): number {
    return this.#result(
      this.#setsockopt(
        requireDescriptor(fd),
        requireInt(level, "The level of an option"),
        requireInt(option, "An option"),
        requireBytes(value, "The value of an option"),
        value.length,
      ),
    );
  }

  // Texts

  /** The bytes of an address of this family; null for what is none. */
  parseAddress(family: number, text: string, size: number): Uint8Array | null {
    if (text.includes("\0")) return null;
    const out = new Uint8Array(size);
    return this.#inetPton(family, text, out) === 1 ? out : null;
  }

  formatAddress(family: number, bytes: Uint8Array): string {
    const longest = 46; // INET6_ADDRSTRLEN
    return this.#inetNtop(family, requireBytes(bytes, "An address"), new Uint8Array(longest), longest) ?? "";
  }

  /** The number of a network interface, as in `fe80::1%eth0`; 0 for one that is not there. */
  interfaceIndex(name: string): number {
    return name.includes("\0") ? 0 : this.#nameToIndex(name);
  }

  #prepare(fd: number): number {
    if (fd < 0) return fd;
    this.#fcntl(fd, F_SETFD, "int", FD_CLOEXEC);
    this.setNonBlocking(fd);
    return fd;
  }

  #addressIn(memory: Uint8Array, result: number): Uint8Array | number {
    return result < 0 ? -this.#koffi.errno() : memory.subarray(0, this.#length[0]);
  }

  #result(result: number): number {
    return result < 0 ? -this.#koffi.errno() : result;
  }
}

let shared: Libc | undefined;

/**
 * The library of this thread, which is loaded when it is first asked for.
 *
 * @param wanted - what it is for: see {@link loadKoffi}
 */
export function libc(wanted: string): Libc {
  shared ??= new Libc(loadKoffi(wanted));
  return shared;
}
