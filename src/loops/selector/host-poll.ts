import { isMainThread } from "node:worker_threads";
import { runInRoot } from "../../core/scope.ts";
import { loadKoffi } from "../../native/availability.ts";
import { atProcessExit } from "../base/exits.ts";
import { settleAfterCall } from "./settling.ts";

type Handle = ReturnType<ReturnType<typeof loadKoffi>["node"]["poll"]>;

/**
 * Has the host watch a descriptor, and calls back in each of its rounds in which there is something to read. A worker thread that ends within a call
 * by koffi, or before its handle is closed, takes the process along: there, the call comes a moment later, and the thread's exit
 * closes the handle. Only `worker.terminate()` leaves no chance to do so.
 */
export class HostPoll {
  readonly #handle: Handle;
  readonly #onReadable: () => void;
  readonly #stopWatching: () => void;
  #closed = false;

  /** @param wanted - what it is for: see {@link loadKoffi} */
  constructor(wanted: string, fd: number, onReadable: () => void) {
    const { poll } = loadKoffi(wanted).node;
    this.#onReadable = onReadable;
    this.#handle = runInRoot(() => poll(fd, { readable: true }, isMainThread ? this.#call : this.#callLater));
    this.#stopWatching = isMainThread ? () => undefined : atProcessExit(this.close);
  }

  /** Keeps the host alive from now on. */
  ref(): void {
    this.#handle.ref();
  }

  unref(): void {
    this.#handle.unref();
  }

  readonly close = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    this.#handle.close();
    this.#stopWatching();
  };

  readonly #call = (): void => {
    settleAfterCall(); // before the immediate with which the writes of the round leave
    this.#onReadable();
  };

  readonly #callLater = (): void => {
    setImmediate(() => {
      if (!this.#closed) this.#onReadable();
    });
  };
}
