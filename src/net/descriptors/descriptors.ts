/** The descriptors that programs watch on a loop, by `addReader` and its siblings or by an operation of a socket. */

import { constants } from "node:os";
import { getSystemErrorName } from "node:util";
import { RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { descriptorOf, descriptorOrClosed, type FileObject } from "../../core/file-object.ts";
import type { Handle } from "../../core/handle.ts";
import { Resource } from "../../core/resources.ts";
import { type Direction, READABLE, type Readiness, WRITABLE } from "./readiness.ts";
import type { Place } from "./side.ts";
import { transportOf } from "./transport-of.ts";
import { WatchedDescriptor } from "./watched-descriptor.ts";

const { EBADF, EPERM } = constants.errno;

export class Descriptors extends Resource {
  readonly #loop: EventLoop;
  readonly #open: () => Readiness;
  readonly #watched = new Map<number, WatchedDescriptor>();
  /** What was asked for once, and was no transport's: to look for it takes as long as there are transports. */
  readonly #innocent = new WeakSet<object>();
  #readiness: Readiness | null = null;

  /** @param open - gives what the loop brings, and throws where it brings nothing */
  constructor(loop: EventLoop, open: () => Readiness) {
    super();
    this.#loop = loop;
    this.#open = open;
  }

  /**
   * Replaces the callback of a descriptor.
   *
   * @throws Error with the system's code - `EBADF`, `EPERM` for a file
   */
  setCallback(fileobj: FileObject, direction: Direction, handle: Handle, where: string): void {
    const fd = descriptorOf(fileobj, where);
    this.#requireNoTransport(fd, where);
    this.#use(fd, fileobj, where, (entry) => entry.side(direction).setCallback(handle));
  }

  /** @returns whether there was one */
  removeCallback(fileobj: FileObject, direction: Direction, where: string): boolean {
    const fd = this.#findDescriptor(fileobj, where);
    const entry = this.#watched.get(fd);
    if (entry === undefined) {
      this.#requireNoTransport(fd, where);
      return false;
    }
    const removed = entry.side(direction).setCallback(null);
    entry.update();
    return removed;
  }

  /** Whether operations wait for this descriptor; then the next one has to stand in line. */
  hasLine(fd: number, direction: Direction): boolean {
    return this.#watched.get(fd)?.side(direction).hasLine === true;
  }

  /** A place in the line of those who wait for a descriptor. Whoever takes it has to leave it. */
  enter(fileobj: FileObject, direction: Direction, where: string): Place {
    const fd = descriptorOf(fileobj, where);
    if (typeof fileobj !== "object" || !this.#innocent.has(fileobj)) {
      this.#requireNoTransport(fd, where);
      if (typeof fileobj === "object") this.#innocent.add(fileobj);
    }
    return this.#use(fd, fileobj, where, (entry) => entry.side(direction).enter());
  }

  isClosing(): boolean {
    return true; // watches need no closing
  }

  abandon(): void {
    for (const entry of this.#watched.values()) this.#drop(entry);
  }

  override toString(): string {
    return `<${this.#watched.size} watched descriptors>`;
  }

  /** Adds something that wants a descriptor to be watched, and begins to watch it. */
  #use<T>(fd: number, fileobj: FileObject, where: string, add: (entry: WatchedDescriptor) => T): T {
    const known = this.#watched.get(fd);
    const entry = known ?? this.#begin(fd);
    entry.nameBy(fileobj, () => this.#closing(fd));
    const added = add(entry);
    const failure = known === undefined ? entry.update() : entry.renew();
    if (failure === 0) return added;
    this.#drop(entry);
    throw watchError(failure, fd, where);
  }

  #begin(fd: number): WatchedDescriptor {
    const entry = new WatchedDescriptor(this.#loop, this.#service(), fd, () => this.#watched.delete(fd));
    this.#watched.set(fd, entry);
    return entry;
  }

  #service(): Readiness {
    if (this.#readiness === null) {
      this.#readiness = this.#open();
      this.#loop.resources.add(this);
    }
    return this.#readiness;
  }

  /** Ends everything about a descriptor: callbacks are cancelled, and who waits in line is told why. */
  #drop(entry: WatchedDescriptor, makeError: () => Error = () => closedError(entry.fd)): void {
    entry.end();
    for (const direction of [READABLE, WRITABLE] as const) {
      entry.side(direction).setCallback(null);
      entry.side(direction).fail(makeError);
    }
  }

  #closing(fd: number): void {
    const entry = this.#watched.get(fd);
    if (entry !== undefined) this.#drop(entry);
  }

  /** What was closed meanwhile is known by the object that named it. */
  #findDescriptor(fileobj: FileObject, where: string): number {
    const fd = descriptorOrClosed(fileobj, where);
    if (fd >= 0) return fd;
    for (const entry of this.#watched.values()) if (entry.isNamedBy(fileobj)) return entry.fd;
    return descriptorOf(fileobj, where);
  }

  #requireNoTransport(fd: number, where: string): void {
    if (this.#watched.has(fd)) return;
    const transport = this.#readiness?.watchOf(fd) ?? transportOf(this.#loop, fd);
    if (transport === null) return;
    throw new RuntimeError(
      "GYRE_DESCRIPTOR_IN_USE",
      `${where}: the descriptor ${fd} is used by ${transportOf(this.#loop, fd) ?? "a transport of this loop"}. ` +
        "Use its protocol, or close it before.",
    );
  }
}

function watchError(result: number, fd: number, where: string): NodeJS.ErrnoException {
  const code = getSystemErrorName(result);
  const reason =
    result === -EPERM
      ? ": it is a file or directory, which is always ready. Use node:fs"
      : result === -EBADF
        ? ": it is not open"
        : "";
  const error = new Error(`${where}: ${code}, the descriptor ${fd} cannot be watched${reason}.`);
  return Object.assign(error, { errno: result, code, syscall: "watch" });
}

function closedError(fd: number): NodeJS.ErrnoException {
  const error = new Error(`EBADF: the descriptor ${fd} was closed while an operation waited for it.`);
  return Object.assign(error, { errno: -EBADF, code: "EBADF", syscall: "watch" });
}
