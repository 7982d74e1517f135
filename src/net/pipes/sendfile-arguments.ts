/** What the two ways of sending a file take. */

import type { FileHandle } from "node:fs/promises";
import { describe } from "../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../../core/errors.ts";
import { isFileHandle } from "./file-handle.ts";

export interface SendfileOptions {
  /** In bytes, where in the file to begin; 0 by default. */
  readonly offset?: number;
  /** How many bytes, if the file has so many; null: all to its end. */
  readonly count?: number | null;
  /** Whether to read the file here where the system cannot send it by itself; true by default. */
  readonly fallback?: boolean;
  /** Called with the number of bytes that the transport has taken so far: also the way to know it after a failure. */
  readonly onProgress?: (sent: number) => void;
}

/** A file to send: open already, or the path of one that is opened and closed here. */
export type SendableFile = FileHandle | string | URL;

/** @throws TypeError `GYRE_INVALID_ARGUMENT` */
export function requireFileArguments(file: unknown, options: unknown, where: string): void {
  if (!isFileHandle(file) && typeof file !== "string" && !(file instanceof URL)) {
    throw new ArgumentTypeError(
      `${where} expects a FileHandle of node:fs/promises, a path or a file URL, but got ${describe(file)}.`,
    );
  }
  if (typeof options !== "object" || options === null)
    throw new ArgumentTypeError(`${where} expects options, but got ${describe(options)}.`);
  const { offset = 0, count = null } = options as SendfileOptions;
  requireNumber(offset, "offset", where);
  if (count !== null) requireNumber(count, "count", where);
}

function requireNumber(value: unknown, name: string, where: string): void {
  if (typeof value === "number") return;
  throw new ArgumentTypeError(`${where}: ${name} must be a number of bytes, but it is ${describe(value)}.`);
}

/** @throws RangeError `GYRE_OUT_OF_RANGE` */
export function requireRanges({ offset = 0, count = null }: SendfileOptions, where: string): void {
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new ArgumentRangeError(`${where}: offset must be an integer of at least 0, but it is ${offset}.`);
  }
  if (count !== null && (!Number.isSafeInteger(count) || count < 1)) {
    throw new ArgumentRangeError(
      `${where}: count must be an integer of at least 1, or null for all, but it is ${count}.`,
    );
  }
}
