/** What the systems have for "which of these descriptors are ready": epoll and kqueue, in one shape. */

export const READABLE = 1;
export const WRITABLE = 2;

export interface ReadinessQueue {
  /** A descriptor itself: readable while something that it watches is ready. */
  readonly fd: number;
  /** How many events one `wait` can give. */
  readonly capacity: number;
  /**
   * Changes what is watched of a descriptor, which has to be open; what is closed is forgotten by the system.
   *
   * @param before - what is watched now, {@link READABLE} and {@link WRITABLE}; 0: nothing
   * @param wanted - what is to be watched
   * @param tag - given back with each event, to tell an old one from those of a new socket of the same number
   * @returns 0, or `-errno`: `EPERM` for a file, which is always ready, `EBADF`
   */
  set(fd: number, before: number, wanted: number, tag: number): number;
  /**
   * Waits for events.
   *
   * @param timeout - milliseconds; 0: only looks, -1: for ever
   * @param most - how many events to ask for; those that are left come first the next time
   * @returns how many there are, or `-errno`
   */
  wait(timeout: number, most?: number): number;
  fdOf(index: number): number;
  tagOf(index: number): number;
  /** {@link READABLE} and {@link WRITABLE}, as far as they are true. */
  readinessOf(index: number): number;
  close(): void;
}
