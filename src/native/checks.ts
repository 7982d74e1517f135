/** What is checked before a foreign function is called: a wrong number or length there is no exception but a crash. */

import { describe } from "../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../core/errors.ts";

const LARGEST_INT = 0x7fff_ffff;

/** A descriptor; one that is closed is the system's to refuse. */
export function requireDescriptor(fd: number): number {
  if (typeof fd !== "number")
    throw new ArgumentTypeError(`A descriptor is a number, but got ${describe(fd)}.`);
  if ((fd | 0) !== fd || fd < 0)
    throw new ArgumentRangeError(
      `A descriptor is an integer of at least 0, but got ${fd}.${fd === -1 ? " The socket is closed." : ""}`,
    );
  return fd;
}

/** A C `int`. */
export function requireInt(value: number, what: string): number {
  if (typeof value !== "number")
    throw new ArgumentTypeError(`${what} is a number, but got ${describe(value)}.`);
  if ((value | 0) !== value)
    throw new ArgumentRangeError(`${what} is an integer of 32 bits, but got ${value}.`);
  return value;
}

/** Memory that a foreign function may use for the length of its call. */
export function requireBytes(bytes: Uint8Array, what: string): Uint8Array {
  if (!(bytes instanceof Uint8Array))
    throw new ArgumentTypeError(`${what} is a Buffer or Uint8Array, but got ${describe(bytes)}.`);
  if (bytes.length > LARGEST_INT)
    throw new ArgumentRangeError(`${what} may have up to 2 GiB, but it has ${bytes.length} bytes.`);
  return bytes;
}

/** A C `off_t` or `size_t`. */
export function requireOffset(value: number, what: string): number {
  if (typeof value !== "number")
    throw new ArgumentTypeError(`${what} is a number, but got ${describe(value)}.`);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new ArgumentRangeError(`${what} is an integer of at least 0, but got ${value}.`);
  return value;
}
