/** Addresses in the form of the system's calls, `struct sockaddr`, and back. */

import { isIPv4 } from "node:net";
import { endianness } from "node:os";
import { ArgumentRangeError } from "../core/errors.ts";
import { AF_INET, AF_INET6, AF_UNIX, isDarwin } from "./constants.ts";
import type { Libc } from "./libc.ts";

/** As Node has them; Unix sockets have a path, `"\0name"` for an abstract one, and the empty string where there is none. */
export type NativeAddress = InternetAddress | string;

interface InternetAddress {
  readonly address: string;
  readonly port: number;
  readonly family: "IPv4" | "IPv6";
}

/** Enough for every address: `sizeof(struct sockaddr_un)` is the largest. */
export const SOCKADDR_SIZE = 128;

const HEADER = 2; // the family; on macOS a length and a family, of a byte each
const PORT = 2;
const IPV4_ADDRESS = 4;
const IPV4_BYTES = 4;
const IPV4_SIZE = 16;
const IPV6_ADDRESS = 8;
const IPV6_BYTES = 16;
const IPV6_SCOPE = 24;
const IPV6_SIZE = 28;
const LONGEST_PATH = isDarwin ? 103 : 107; // bytes, without the final zero
const LITTLE = endianness() === "LE";

export function encodeAddress(libc: Libc, address: NativeAddress): Uint8Array {
  if (typeof address === "string") return encodePath(address);
  return address.family === "IPv6" ? encodeIPv6(libc, address) : encodeIPv4(address);
}

export function decodeAddress(libc: Libc, bytes: Uint8Array): NativeAddress {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const family = familyOf(bytes);
  if (family === AF_INET && bytes.length >= IPV4_SIZE)
    return { address: dotted(bytes, IPV4_ADDRESS), port: view.getUint16(PORT), family: "IPv4" };
  if (family === AF_INET6 && bytes.length >= IPV6_SIZE) return decodeIPv6(libc, bytes, view);
  return family === AF_UNIX ? decodePath(bytes) : "";
}

/** `AF_INET` and its like; 0 where there is no address. */
export function familyOf(bytes: Uint8Array): number {
  if (bytes.length < HEADER) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isDarwin ? view.getUint8(1) : view.getUint16(0, LITTLE);
}

function encodeIPv4({ address, port }: InternetAddress): Uint8Array {
  if (!isIPv4(address)) throw invalid(address, "IPv4");
  const bytes = withHeader(AF_INET, IPV4_SIZE);
  writePort(bytes, port);
  for (const [index, part] of address.split(".").entries()) bytes[IPV4_ADDRESS + index] = Number(part);
  return bytes;
}

function encodeIPv6(libc: Libc, { address, port }: InternetAddress): Uint8Array {
  const [host = "", scope] = address.split("%", 2);
  const parsed = libc.parseAddress(AF_INET6, host, IPV6_BYTES);
  if (parsed === null) throw invalid(address, "IPv6");
  const bytes = withHeader(AF_INET6, IPV6_SIZE);
  writePort(bytes, port);
  bytes.set(parsed, IPV6_ADDRESS);
  if (scope !== undefined) {
    const index = /^\d+$/.test(scope) ? Number(scope) : libc.interfaceIndex(scope);
    new DataView(bytes.buffer).setUint32(IPV6_SCOPE, index, LITTLE);
  }
  return bytes;
}

function decodeIPv6(libc: Libc, bytes: Uint8Array, view: DataView): InternetAddress {
  const scope = view.getUint32(IPV6_SCOPE, LITTLE);
  const host = libc.formatAddress(AF_INET6, bytes.subarray(IPV6_ADDRESS, IPV6_ADDRESS + IPV6_BYTES));
  const address = scope === 0 ? host : `${host}%${scope}`;
  return { address, port: view.getUint16(PORT), family: "IPv6" };
}

/** An abstract name ends where the address does, and a path in a zero. The empty one lets the system choose, where it can. */
function encodePath(path: string): Uint8Array {
  const text = Buffer.from(path);
  const isAbstract = path === "" || path.startsWith("\0");
  if (text.length > LONGEST_PATH) {
    throw new ArgumentRangeError(
      `The path of a Unix socket has up to ${LONGEST_PATH} bytes, but this one has ${text.length}: ${path}`,
    );
  }
  const bytes = withHeader(AF_UNIX, HEADER + text.length + (isAbstract ? 0 : 1));
  bytes.set(text, HEADER);
  return bytes;
}

function decodePath(bytes: Uint8Array): string {
  const name = Buffer.from(bytes.subarray(HEADER));
  if (name.length === 0 || name[0] === 0) return name.toString();
  const end = name.indexOf(0);
  return name.toString("utf8", 0, end < 0 ? name.length : end);
}

function withHeader(family: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  if (isDarwin) {
    view.setUint8(0, size);
    view.setUint8(1, family);
  } else view.setUint16(0, family, LITTLE);
  return bytes;
}

function writePort(bytes: Uint8Array, port: number): void {
  if (!Number.isInteger(port) || port < 0 || port > 0xffff)
    throw new ArgumentRangeError(`A port is an integer from 0 to 65535, but got ${port}.`);
  new DataView(bytes.buffer).setUint16(PORT, port);
}

function dotted(bytes: Uint8Array, offset: number): string {
  return bytes.subarray(offset, offset + IPV4_BYTES).join(".");
}

function invalid(address: string, family: string): ArgumentRangeError {
  return new ArgumentRangeError(
    `${JSON.stringify(address)} is no ${family} address. Look it up before, with getaddrinfo().`,
  );
}
