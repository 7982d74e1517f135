import { describe } from "../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { BaseProtocol } from "../protocols.ts";
import type { BaseTransport, WriteBufferLimits } from "../transports.ts";

const RATIO = 4; // between the two marks, where only one is given
const WHERE = "transport.setWriteBufferLimits({ high, low })";

/**
 * Tells a protocol when to stop writing and when to go on: `pauseWriting` above the high-water mark, `resumeWriting` at the
 * low one or below, strictly in turns (row TR-09).
 */
export class FlowControl {
  readonly #loop: EventLoop;
  readonly #transport: BaseTransport;
  readonly #defaultHigh: number;
  #high: number;
  #low: number;
  #paused = false;

  /** @param high - the high-water mark in bytes, as long as no other is set */
  constructor(loop: EventLoop, transport: BaseTransport, high: number) {
    this.#loop = loop;
    this.#transport = transport;
    this.#defaultHigh = high;
    this.#high = high;
    this.#low = Math.floor(high / RATIO);
  }

  get limits(): [low: number, high: number] {
    return [this.#low, this.#high];
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` */
  setLimits({ high = null, low = null }: WriteBufferLimits): void {
    requireBytes(high, "high");
    requireBytes(low, "low");
    const newHigh = high ?? (low === null ? this.#defaultHigh : low * RATIO);
    const newLow = low ?? Math.floor(newHigh / RATIO);
    if (!(newHigh >= newLow && newLow >= 0)) {
      throw new ArgumentRangeError(
        `${WHERE} expects high >= low >= 0 in bytes, but got high ${newHigh} and low ${newLow}.`,
      );
    }
    this.#high = newHigh;
    this.#low = newLow;
  }

  /** Whether so many bytes may wait without the protocol hearing of it. */
  allows(size: number): boolean {
    return this.#paused || size <= this.#high;
  }

  /** To be called when `size` bytes wait to be sent, and there were fewer before. */
  grown(size: number): void {
    if (this.allows(size)) return;
    this.#paused = true;
    this.#tell("pauseWriting");
  }

  /** To be called when `size` bytes wait to be sent, and there were more before. */
  shrunk(size: number): void {
    if (!this.#paused || size > this.#low) return;
    this.#paused = false;
    this.#tell("resumeWriting");
  }

  /** The protocol has changed, and the new one was last told to pause, or to resume. */
  handedOver(toldToPause: boolean): void {
    if (toldToPause !== this.#paused) this.#tell(this.#paused ? "pauseWriting" : "resumeWriting");
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

function requireBytes(value: unknown, name: string): void {
  if (value === null || typeof value === "number") return;
  throw new ArgumentTypeError(`${WHERE}: ${name} must be a number of bytes, but it is ${describe(value)}.`);
}
