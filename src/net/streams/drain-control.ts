import type { EventLoop } from "../../core/event-loop.ts";
import { ConnectionError } from "../errors.ts";
import { Waiting } from "./waiting.ts";

/**
 * What `StreamWriter.drain()` waits for: a protocol hands on its `pauseWriting`, `resumeWriting` and `connectionLost`.
 *
 * Python: `asyncio.streams.FlowControlMixin`.
 */
export class DrainControl {
  readonly #loop: EventLoop;
  #waiting: Waiting | null = null;
  #paused = false;
  #lost = false;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  pauseWriting(): void {
    this.#paused = true;
  }

  resumeWriting(): void {
    this.#paused = false;
    this.#waiting?.wake();
  }

  connectionLost(error: Error | null): void {
    this.#lost = true;
    if (this.#paused) this.#waiting?.wake(error);
  }

  /** Waits until there is room; costs nothing if there is. */
  drain(): Promise<void> {
    if (this.#lost) return Promise.reject(new ConnectionError("ECONNRESET", "The connection is lost"));
    if (!this.#paused) return thereIsRoom;
    this.#waiting ??= new Waiting(this.#loop);
    return this.#waiting.wait();
  }
}

const thereIsRoom = Promise.resolve();
