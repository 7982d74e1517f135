/** The seam between what waits for descriptors and the loop that watches them. */

export const READABLE = 1;
export const WRITABLE = 2;

export type Direction = typeof READABLE | typeof WRITABLE;

/** What a loop brings to watch descriptors of any kind: level-triggered, as epoll and kqueue are. */
export interface Readiness {
  /** Begins to know a descriptor, of which nothing is wanted yet. There must be no other watch of it. */
  add(fd: number, watcher: ReadinessWatcher): ReadinessWatch;
  /** What watches it now, in whatever service. */
  watchOf(fd: number): object | undefined;
}

/** Is told when a descriptor can be read or written; also when that will fail, so that the call says why. */
export interface ReadinessWatcher {
  onReadable(): void;
  onWritable(): void;
}

export interface ReadinessWatch {
  /** Begins to watch for something, which keeps the process alive. @returns 0, or `-errno` if the system cannot watch it */
  want(readiness: number): number;
  unwant(readiness: number): void;
  /** Makes sure that the system still watches what is wanted: it forgets what was closed. @returns 0, or `-errno` */
  renew(): number;
  /** Ends the watch; best before the descriptor is closed. */
  close(): void;
}
