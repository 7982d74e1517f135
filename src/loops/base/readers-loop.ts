/** How a loop watches descriptors of any kind. */

import { requireFunction } from "../../core/arguments.ts";
import { RuntimeError } from "../../core/errors.ts";
import type { FileObject } from "../../core/file-object.ts";
import { RepeatingHandle } from "../../core/handle.ts";
import { Descriptors } from "../../net/descriptors/descriptors.ts";
import { type Direction, READABLE, WRITABLE } from "../../net/descriptors/readiness.ts";
import type { LoopDriver } from "./driver.ts";
import { NetworkLoop } from "./network-loop.ts";

export abstract class ReadersLoop extends NetworkLoop {
  readonly #driver: LoopDriver;
  #descriptors: Descriptors | null = null;

  constructor(driver: LoopDriver, options: { readonly ambient?: boolean } = {}) {
    super(driver, options);
    this.#driver = driver;
  }

  /**
   * Calls `callback(...args)` whenever a descriptor can be read, in a copy of the current context: once in each turn, as long as
   * there is something to read. A second call replaces the callback. While a descriptor is watched the process stays alive.
   *
   * @param fd - the descriptor of a socket, pipe or terminal, or an object with `fileno()`. Remove the reader before you close it;
   *   a `Socket` of `gyre/socket` does so by itself
   * @throws RuntimeError `GYRE_DESCRIPTOR_IN_USE` - a transport of this loop uses it
   * @throws RuntimeError `GYRE_NOT_SUPPORTED` - descriptors cannot be watched here: it takes Node on Linux or macOS and the package koffi
   * @throws Error with the system's code - `EBADF`: it is not open; `EPERM`: it is a file, which is always ready
   * @throws RuntimeError `GYRE_LOOP_CLOSED`, TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   * @example
   * loop.addReader(socket, () => console.log(socket.recv(1024)));
   *
   * Python: `loop.add_reader`.
   */
  addReader<A extends readonly unknown[]>(
    fd: FileObject,
    callback: (...args: A) => unknown,
    ...args: A
  ): void {
    this.#addCallback("loop.addReader(fd, callback)", READABLE, fd, callback, args);
  }

  /**
   * Ends what `addReader` began; a call that is on its way does not come any more.
   *
   * @returns whether the descriptor had a reader; false on a closed loop
   * @throws RuntimeError `GYRE_DESCRIPTOR_IN_USE`, TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   *
   * Python: `loop.remove_reader`.
   */
  removeReader(fd: FileObject): boolean {
    return this.#removeCallback("loop.removeReader(fd)", READABLE, fd);
  }

  /**
   * Calls `callback(...args)` whenever a descriptor can be written: once in each turn, and so nearly always. The same as
   * `addReader` in everything else.
   *
   * @throws as `addReader`
   * @example
   * loop.addWriter(socket, () => {
   *   loop.removeWriter(socket);
   *   socket.send("hello");
   * });
   *
   * Python: `loop.add_writer`.
   */
  addWriter<A extends readonly unknown[]>(
    fd: FileObject,
    callback: (...args: A) => unknown,
    ...args: A
  ): void {
    this.#addCallback("loop.addWriter(fd, callback)", WRITABLE, fd, callback, args);
  }

  /**
   * Ends what `addWriter` began; a call that is on its way does not come any more.
   *
   * @returns whether the descriptor had a writer; false on a closed loop
   * @throws RuntimeError `GYRE_DESCRIPTOR_IN_USE`, TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   *
   * Python: `loop.remove_writer`.
   */
  removeWriter(fd: FileObject): boolean {
    return this.#removeCallback("loop.removeWriter(fd)", WRITABLE, fd);
  }

  /** @internal What is watched on this loop. */
  get descriptors(): Descriptors {
    this.#descriptors ??= new Descriptors(this.assembled(), () => {
      const readiness = this.#driver.openReadiness?.();
      if (readiness !== undefined) return readiness;
      throw new RuntimeError(
        "GYRE_NOT_SUPPORTED",
        `The loop "${this.#driver.name}" cannot watch descriptors. Its driver would have to offer openReadiness().`,
      );
    });
    return this.#descriptors;
  }

  #addCallback<A extends readonly unknown[]>(
    where: string,
    direction: Direction,
    fd: FileObject,
    callback: (...args: A) => unknown,
    args: A,
  ): void {
    requireFunction(callback, where);
    this.requireOpen();
    const handle = new RepeatingHandle(callback, args, this.assembled());
    this.descriptors.setCallback(fd, direction, handle, where);
  }

  #removeCallback(where: string, direction: Direction, fd: FileObject): boolean {
    return !this.isClosed() && this.descriptors.removeCallback(fd, direction, where);
  }
}
