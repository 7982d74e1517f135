/** Named pipes to test with, in a folder of their own. */
import { execFileSync } from "node:child_process";
import { closeSync, constants, fstatSync, mkdtempSync, openSync, rmSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** A folder for as long as `body` takes. */
export async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "gyre-"));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function withFifo<T>(body: (path: string) => Promise<T>): Promise<T> {
  return withFolder((folder) => {
    const path = join(folder, "fifo");
    execFileSync("mkfifo", [path], { stdio: "ignore" });
    return body(path);
  });
}

/** The two ends of a pipe as descriptors, which are closed in the end if they still are what they were. */
export function withEnds<T>(body: (ends: { reader: number; writer: number }) => Promise<T>): Promise<T> {
  return withFifo(async (path) => {
    const reader = openEnd(path, "read");
    const writer = openEnd(path, "write");
    const { ino } = fstatSync(reader);
    try {
      return await body({ reader, writer });
    } finally {
      for (const fd of [reader, writer]) if (inodeOf(fd) === ino) closeSync(fd);
    }
  });
}

/** Never waits for the other end; a writer needs a reader, though. */
export function openEnd(path: string, direction: "read" | "write"): number {
  return openSync(path, (direction === "read" ? O_RDONLY : O_WRONLY) | O_NONBLOCK);
}

export function isOpen(fd: number): boolean {
  return inodeOf(fd) !== null;
}

export async function untilClosed(fd: number): Promise<void> {
  while (isOpen(fd)) await turn();
}

/** Waits until the host has closed what somebody closes; a handle does not tell that to a second `close()`. */
export async function untilHandleClosed(handle: FileHandle): Promise<void> {
  while (handle.fd !== -1 || process.getActiveResourcesInfo().includes("CloseReq")) await turn();
}

function inodeOf(fd: number): number | null {
  try {
    return fstatSync(fd).ino;
  } catch {
    return null;
  }
}
