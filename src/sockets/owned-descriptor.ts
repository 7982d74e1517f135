import { constants } from "node:os";
import { callError } from "../native/errors.ts";
import type { Libc } from "../native/libc.ts";

interface Forgotten {
  readonly fd: number;
  readonly libc: Libc;
}

const collected = new FinalizationRegistry<Forgotten>(({ fd, libc }) => {
  libc.close(fd);
  process.emitWarning(
    `A socket with the descriptor ${fd} was collected, and nobody had closed it. Call close() when it is no longer needed.`,
    { type: "ResourceWarning", code: "GYRE_UNCLOSED" },
  );
});

/** A descriptor that has one owner; it is closed when that is collected, with a warning. */
export class OwnedDescriptor {
  readonly #libc: Libc;
  readonly #token = {};
  readonly #whenClosing = new Set<() => void>();
  #fd: number;

  constructor(libc: Libc, fd: number, owner: object) {
    this.#libc = libc;
    this.#fd = fd;
    collected.register(owner, { fd, libc }, this.#token);
  }

  /** -1 once it is closed or given away. */
  get fd(): number {
    return this.#fd;
  }

  /** For a call. @throws Error `EBADF` */
  require(syscall: string): number {
    if (this.#fd >= 0) return this.#fd;
    throw callError(-constants.errno.EBADF, syscall);
  }

  whenClosing(callback: () => void): () => void {
    const own = (): void => callback(); // the same callback may come twice
    this.#whenClosing.add(own);
    return () => this.#whenClosing.delete(own);
  }

  /** Gives the descriptor away. */
  detach(): number {
    const fd = this.#fd;
    if (fd < 0) return fd;
    for (const callback of this.#whenClosing) callback();
    this.#whenClosing.clear();
    collected.unregister(this.#token);
    this.#fd = -1;
    return fd;
  }

  close(): void {
    const fd = this.detach();
    if (fd >= 0) this.#libc.close(fd); // what close() reports concerns data, and cannot be helped; the descriptor is free
  }
}
