import { TransferMemory, type Transfers } from "../../native/transfers.ts";

/** How many are received for together. */
export const MOST_RECEIVING = 64;
/** Bytes that each of them may have; more is better received alone, while the processor's cache has it. */
export const MOST_ROOM = 32_768;

/** Somebody who has something to receive. */
export interface Receiving {
  /** -1 once it is closed. */
  readonly descriptor: number;
  /** How many bytes to receive, at most `MOST_ROOM`. */
  readonly room: number;
  /**
   * Is told what came.
   *
   * @param result - bytes, or `-errno`
   * @param memory - where the bytes are, from `offset` on; it is used again afterwards
   */
  received(result: number, memory: Buffer, offset: number): void;
}

/** Receives for many, and only then tells them, one after the other. */
export class ReceiveBatch {
  readonly #transfers: Transfers;
  readonly #memory = new TransferMemory(MOST_RECEIVING * MOST_ROOM);
  #waiting: Receiving[] = [];
  readonly #offsets: number[] = [];
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
      if (receiving === undefined || !isOpen(receiving)) continue; // closed by one before it
      receiving.received(this.#results[index] ?? 0, this.#memory.bytes, this.#offsets[index] ?? 0);
    }
  }

  #receive(waiting: readonly Receiving[]): void {
    let offset = 0;
    for (const [index, receiving] of waiting.entries()) {
      this.#offsets[index] = offset;
      this.#transfers.receive(receiving.descriptor, this.#memory, offset, receiving.room);
      offset += receiving.room;
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
