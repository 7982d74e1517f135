/** The files of listening Unix sockets. */

import { randomBytes } from "node:crypto";
import { existsSync, lstatSync, renameSync, statSync, unlinkSync } from "node:fs";
import { constants, platform } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { systemError } from "./handles.ts";

const LONGEST_PATH = platform() === "linux" ? 107 : 103; // bytes: the system's `sun_path` without the final zero
const TEMPORARY_NAME = 8; // characters

/** Whether a socket of this name has a file: abstract ones and Windows' pipes have none. */
export function hasFile(path: string): boolean {
  return path !== "" && !path.startsWith("\0") && platform() !== "win32";
}

/**
 * Throws unless a socket may take this path: a socket that is there may be replaced, another file may not.
 *
 * @throws Error with the system's code - `EADDRINUSE`, `ENOENT`, `ENAMETOOLONG`
 */
export function requireFreePath(path: string): void {
  if (Buffer.byteLength(path) > LONGEST_PATH) throw systemError(-constants.errno.ENAMETOOLONG, "bind", path);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) {
    if (!existsSync(dirname(path))) throw systemError(-constants.errno.ENOENT, "bind", path);
  } else if (statSync(path, { throwIfNoEntry: false })?.isSocket() !== true)
    throw systemError(-constants.errno.EADDRINUSE, "bind", path);
}

/** A name in the same folder, as short as it takes for a path near the limit. */
export function temporaryPath(path: string): string {
  const name = basename(path);
  const room = LONGEST_PATH - Buffer.byteLength(path) + Buffer.byteLength(name);
  const random = randomBytes(TEMPORARY_NAME).toString("hex");
  return join(dirname(path), random.slice(0, Math.min(TEMPORARY_NAME, room)));
}

/** A socket's file: it may have been replaced since, and then it is somebody else's. */
export class SocketFile {
  readonly #path: string;
  readonly #inode: bigint | undefined;

  constructor(path: string) {
    this.#path = resolve(path); // the program may go to another folder
    this.#inode = inodeOf(this.#path);
  }

  /** Removes the file, if it is still the one of this socket. */
  remove(): void {
    if (this.isOurs()) unlinkSync(this.#path);
  }

  isOurs(): boolean {
    return this.#inode !== undefined && inodeOf(this.#path) === this.#inode;
  }

  /** Keeps the file out of the way of something that would remove it. */
  keepDuring(action: () => void): void {
    if (inodeOf(this.#path) === undefined) {
      action();
      return;
    }
    const aside = temporaryPath(this.#path);
    renameSync(this.#path, aside);
    action();
    renameSync(aside, this.#path);
  }
}

function inodeOf(path: string): bigint | undefined {
  return lstatSync(path, { throwIfNoEntry: false, bigint: true })?.ino;
}
