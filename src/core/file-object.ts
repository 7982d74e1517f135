/** What stands for a descriptor: its number, or what can tell it. */

import { describe } from "./arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "./errors.ts";

export type FileObject = number | { fileno(): number };

/** The descriptor, or -1 if it is closed. */
export function descriptorOrClosed(fileobj: FileObject, where: string): number {
  const fd: unknown = hasDescriptor(fileobj) ? fileobj.fileno() : fileobj;
  if (typeof fd !== "number") {
    throw new ArgumentTypeError(
      `${where} expects a descriptor or an object with fileno(), but got ${describe(fileobj)}.`,
    );
  }
  if (fd === -1 && fd !== fileobj) return -1;
  if (Number.isInteger(fd) && fd >= 0 && fd < 2 ** 31) return fd;
  throw new ArgumentRangeError(`${where}: a descriptor is an integer of at least 0, but got ${fd}.`);
}

/** @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` */
export function descriptorOf(fileobj: FileObject, where: string): number {
  const fd = descriptorOrClosed(fileobj, where);
  if (fd >= 0) return fd;
  throw new ArgumentRangeError(`${where} expects an open descriptor, but ${describe(fileobj)} is closed.`);
}

/** Whether it can tell a descriptor. */
export function hasDescriptor(value: unknown): value is { fileno(): unknown } {
  return (
    typeof value === "object" && value !== null && "fileno" in value && typeof value.fileno === "function"
  );
}
