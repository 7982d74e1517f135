/** Bytes on their way out of one end of a connection. */

import type { Flow } from "./flow.ts";

const PIECE = 16_384; // bytes that are sent at once where the bandwidth matters

export interface OutgoingEnds {
  readonly flow: Flow;
  /** Bytes that the system takes before the peer has room for them. */
  readonly buffer: number;
  /** Bytes that the peer has room for. */
  readonly window: number;
  readonly sending: (bytes: number) => void;
  readonly arrived: (chunk: Buffer) => void;
  readonly ended: () => void;
}

export class Outgoing {
  readonly #ends: OutgoingEnds;
  #unsent: Buffer[] = [];
  #unsentBytes = 0;
  #room: number;
  #end: "none" | "wanted" | "sent" = "none";

  constructor(ends: OutgoingEnds) {
    this.#ends = ends;
    this.#room = ends.window;
  }

  /** Bytes that the system has not taken yet. */
  get pending(): number {
    return Math.max(0, this.#unsentBytes - this.#ends.buffer);
  }

  get ending(): boolean {
    return this.#end !== "none";
  }

  write(chunk: Uint8Array): void {
    if (chunk.length === 0 || this.ending) return;
    const copy = Buffer.allocUnsafe(chunk.length); // what arrives is the receiver's own
    copy.set(chunk);
    this.#unsent.push(copy);
    this.#unsentBytes += chunk.length;
    this.#send();
  }

  end(): void {
    if (this.ending) return;
    this.#end = "wanted";
    this.#send();
  }

  /** The peer has read so many bytes. */
  makeRoom(bytes: number): void {
    this.#room += bytes;
    this.#send();
  }

  /** Keeps what the system has taken. */
  cut(): void {
    for (let excess = this.pending; excess > 0; excess = this.pending) {
      const last = this.#unsent.pop();
      if (last === undefined) return;
      const rest = last.subarray(0, Math.max(0, last.length - excess));
      this.#unsentBytes -= last.length - rest.length;
      if (rest.length > 0) this.#unsent.push(rest);
    }
  }

  drop(): void {
    this.#unsent = [];
    this.#unsentBytes = 0;
    this.#end = "sent";
  }

  #send(): void {
    const { flow, sending, arrived, ended } = this.#ends;
    while (this.#room > 0 && this.#unsentBytes > 0) {
      const piece = this.#take(flow.narrow ? Math.min(PIECE, this.#room) : this.#room);
      this.#room -= piece.length;
      sending(piece.length);
      flow.send(piece.length, () => arrived(piece));
    }
    if (this.#end !== "wanted" || this.#unsentBytes > 0) return;
    this.#end = "sent";
    sending(0);
    flow.send(0, ended);
  }

  #take(most: number): Buffer {
    const [first = Buffer.alloc(0)] = this.#unsent;
    const whole = first.length <= most;
    const piece = whole ? first : first.subarray(0, most);
    if (whole) this.#unsent.shift();
    else this.#unsent[0] = first.subarray(most);
    this.#unsentBytes -= piece.length;
    return piece;
  }
}
