import { wouldBlock } from "../../native/errors.ts";
import type { Libc } from "../../native/libc.ts";

const PACKET = 65_536; // bytes that are sent with one call, if they wait in smaller pieces

/** Small pieces are put together here before they are sent. */
const packet = Buffer.allocUnsafeSlow(PACKET);

/** Bytes that the system did not take yet. */
export class SendQueue {
  #chunks: Uint8Array[] = [];
  /** The first chunk that is not sent. */
  #head = 0;
  #size = 0;

  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  /** Sends as much as the system takes. Returns 0, or `-errno` of a failure. */
  sendTo(libc: Libc, fd: number): number {
    while (this.#size > 0) {
      const next = this.#next();
      const sent = libc.send(fd, next);
      if (sent < 0) return wouldBlock(sent) ? 0 : sent;
      this.#drop(sent);
      if (sent < next.length) return 0;
    }
    return 0;
  }

  #next(): Uint8Array {
    const first = this.#chunks[this.#head] ?? packet.subarray(0, 0);
    const second = this.#chunks[this.#head + 1];
    if (second === undefined || first.length + second.length > PACKET) return first;
    let length = 0;
    for (let index = this.#head; index < this.#chunks.length; index++) {
      const chunk = this.#chunks[index];
      if (chunk === undefined || length + chunk.length > PACKET) break;
      packet.set(chunk, length);
      length += chunk.length;
    }
    return packet.subarray(0, length);
  }

  #drop(count: number): void {
    this.#size -= count;
    for (let left = count; left > 0;) {
      const chunk = this.#chunks[this.#head];
      if (chunk === undefined) break;
      if (chunk.length > left) {
        this.#chunks[this.#head] = chunk.subarray(left);
        return;
      }
      left -= chunk.length;
      this.#head++;
    }
    if (this.#head === this.#chunks.length) {
      this.#chunks = [];
      this.#head = 0;
    } else if (this.#head > 1024) {
      this.#chunks = this.#chunks.slice(this.#head);
      this.#head = 0;
    }
  }
}
