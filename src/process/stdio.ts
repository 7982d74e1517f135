/** What a child's standard streams can be connected with. */

import type { FileHandle } from "node:fs/promises";
import { describe } from "../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../core/errors.ts";
import { isFileHandle } from "../net/pipes/file-handle.ts";

/** A new pipe, whose other end is here. Python: `asyncio.subprocess.PIPE`. */
export const PIPE: unique symbol = Symbol("gyre.PIPE");
/** Nothing to read, and nowhere to write to. Python: `asyncio.subprocess.DEVNULL`. */
export const DEVNULL: unique symbol = Symbol("gyre.DEVNULL");
/** For `stderr`: where stdout goes, in the order in which the child writes. Python: `asyncio.subprocess.STDOUT`. */
export const STDOUT: unique symbol = Symbol("gyre.STDOUT");

/** A descriptor of this process, or a FileHandle, which the child gets as its own; null is "inherit". */
export type StdioTarget = typeof PIPE | typeof DEVNULL | "inherit" | number | FileHandle | null;

export interface StdioOptions {
  readonly stdin?: StdioTarget | undefined;
  readonly stdout?: StdioTarget | undefined;
  readonly stderr?: StdioTarget | typeof STDOUT | undefined;
}

/** A stream as the host's `spawn` takes it. */
type HostStdio = "pipe" | "ignore" | "inherit" | number;

export interface Stdio {
  readonly slots: readonly [HostStdio, HostStdio, HostStdio];
  /** Whether stderr goes where stdout goes. */
  readonly merged: boolean;
}

/** @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` */
export function resolveStdio(options: StdioOptions, fallback: StdioTarget, where: string): Stdio {
  const { stdin = fallback, stdout = fallback, stderr = fallback } = options;
  const merged = stderr === STDOUT;
  const output = slot(stdout, "stdout", where);
  return {
    slots: [slot(stdin, "stdin", where), output, merged ? "ignore" : slot(stderr, "stderr", where)],
    merged,
  };
}

function slot(target: unknown, name: string, where: string): HostStdio {
  if (target === PIPE || target === "pipe") return "pipe";
  if (target === DEVNULL || target === "ignore") return "ignore";
  if (target === null || target === "inherit") return "inherit";
  if (target === STDOUT)
    throw new ArgumentRangeError(`${where}: STDOUT is for stderr only, but ${name} was set to it.`);
  if (typeof target === "number") {
    if (Number.isInteger(target) && target >= 0) return target;
    throw new ArgumentRangeError(
      `${where}: ${name} must be a descriptor of at least 0, but it is ${target}.`,
    );
  }
  if (isFileHandle(target)) return target.fd;
  throw new ArgumentTypeError(
    `${where}: ${name} must be PIPE, DEVNULL, "inherit", a descriptor or a FileHandle, but it is ${describe(target)}.`,
  );
}
