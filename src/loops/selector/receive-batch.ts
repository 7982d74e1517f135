import { constants } from "node:os";
import { TransferMemory, type Transfers } from "../../native/transfers.ts";
import { LARGEST_PIECE, type Piece, Slabs } from "../../net/connection/slabs.ts";

const { EFAULT } = constants.errno;
/** How many are received for together. */
export const MOST_RECEIVING = 64;
/** Bytes that each of them may have; more is better received alone, while the processor's cache has it. */
export const MOST_ROOM = LARGEST_PIECE;
/** With so much room or more, it is memory of their own. */
export const OWN_ROOM = 4096;

/** Somebody who has something to receive. */
export interface Receiving {
  /** -1 once it is closed. */
  readonly descriptor: number;
  /** How many bytes to receive, at most `MOST_ROOM`; from `OWN_ROOM` on, into memory that nobody else will use. */
  readonly room: number;
  /**
   * Is told what came.
   *
   * @param result - bytes, or `-errno`
   * @param memory - where the bytes are, from `offset` on
   * @param borrowed - whether the memory is used again afterwards
   */
  received(result: number, memory: Buffer, offset: number, borrowed: boolean): void;
}

/** Receives for many, and only then tells them, one after the other. */
export class ReceiveBatch {
  readonly #transfers: Transfers;
  readonly #shared = new TransferMemory(MOST_RECEIVING * OWN_ROOM);
  readonly #slabs = new Slabs((size) => new TransferMemory(size));
  #waiting: Receiving[] = [];
  readonly #places: Piece<TransferMemory>[] = [];
  readonly #results: number[] = [];

  constructor(transfers: Transfers) {
    this.#transfers = transfers;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** To be received for in the next `run`. There may be `MOST_RECEIVING` of them. */
  add(receiving: Receiving): void {
    this.#waiting.push(receiving);
  }

  run(): void {
    const waiting = this.#waiting.filter(isOpen);
    this.#waiting = [];
    this.#receive(waiting);
    for (let index = 0; index < waiting.length; index++) {
      const receiving = waiting[index];
      const place = this.#places[index];
      if (receiving === undefined || place === undefined || !isOpen(receiving)) continue; // closed by one before it
      const { slab, start } = place;
      const isDetached = slab.bytes.length === 0; // by one before it, as Node 22 allows
      const result = isDetached ? -EFAULT : (this.#results[index] ?? 0);
      receiving.received(result, slab.bytes, start, slab === this.#shared);
    }
    this.#places.length = 0; // else the last pieces would be kept until something comes
  }

  #receive(waiting: readonly Receiving[]): void {
    let used = 0;
    for (const [index, { descriptor, room }] of waiting.entries()) {
      const place = room >= OWN_ROOM ? this.#slabs.cut(room) : { slab: this.#shared, start: used };
      if (place.slab === this.#shared) used += room;
      this.#places[index] = place;
      this.#transfers.receive(descriptor, place.slab, place.start, room);
    }
    this.#transfers.run();
    // telling one may make others send, which brings other results
    for (let index = 0; index < waiting.length; index++)
      this.#results[index] = this.#transfers.results[index] ?? 0;
  }
}

function isOpen(receiving: Receiving): boolean {
  return receiving.descriptor >= 0;
}
