import { ArgumentRangeError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import type { BaseProtocol } from "./protocols.ts";
import type { BaseTransport, WriteBufferLimits } from "./transports.ts";

const RATIO = 4; // between the two marks, where only one is given
const DEFAULT_HIGH = 65_536; // bytes

/**
 * Tells a protocol when to stop writing and when to go on: `pauseWriting` above the high-water mark, `resumeWriting` at the
 * low one or below, strictly in turns (row TR-09).
 */
export class FlowControl {
  readonly #loop: EventLoop;
  readonly #transport: BaseTransport;
  #high: number;
  #low: number;
  #paused = false;

  constructor(loop: EventLoop, transport: BaseTransport, high: number) {
    this.#loop = loop;
    this.#transport = transport;
    this.#high = high;
    this.#low = Math.floor(high / RATIO);
  }

  get limits(): [low: number, high: number] {
    return [this.#low, this.#high];
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** @throws RangeError `GYRE_OUT_OF_RANGE` */
  setLimits({ high = null, low = null }: WriteBufferLimits): void {
    const newHigh = high ?? (low === null ? DEFAULT_HIGH : low * RATIO);
    const newLow = low ?? Math.floor(newHigh / RATIO);
    if (!(newHigh >= newLow && newLow >= 0)) {
      throw new ArgumentRangeError(
        `transport.setWriteBufferLimits({ high, low }) expects high >= low >= 0 in bytes, but got high ${newHigh} and low ${newLow}.`,
      );
    }
    this.#high = newHigh;
    this.#low = newLow;
  }

  /** To be called when `size` bytes wait to be sent, and there were fewer before. */
  grown(size: number): void {
    if (this.#paused || size <= this.#high) return;
    this.#paused = true;
    this.#tell("pauseWriting");
  }

  /** To be called when `size` bytes wait to be sent, and there were more before. */
  shrunk(size: number): void {
    if (!this.#paused || size > this.#low) return;
    this.#paused = false;
    this.#tell("resumeWriting");
  }

  #tell(event: "pauseWriting" | "resumeWriting"): void {
    const protocol: BaseProtocol = this.#transport.getProtocol();
    try {
      protocol[event]?.();
    } catch (exception) {
      const message = `protocol.${event}() failed`;
      this.#loop.callExceptionHandler({ message, exception, transport: this.#transport, protocol });
    }
  }
}
