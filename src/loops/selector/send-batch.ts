import { TransferMemory, type Transfers } from "../../native/transfers.ts";
import { atProcessExit } from "../base/exits.ts";

const MEMORY = 2_097_152; // bytes; what is not used is not there
/** Bytes of one sender; more is better sent at once, while the processor's cache has it. */
const LARGEST = 16_384;

/** Somebody whose bytes were taken. */
export interface Sending {
  readonly descriptor: number;
  /** Is told what came of his send: bytes, or `-errno`. No code of others may run in this. */
  settled(result: number): void;
  /** Everybody has been told; here, code of others may run. */
  flushed(): void;
}

/**
 * Takes small writes, and makes them together at the end of the host's round, when all that the round has woken has run. Whoever wants
 * to know before what the system takes of his withdraws it, and sends it himself.
 */
export class SendBatch {
  readonly #transfers: Transfers;
  readonly #memory = new TransferMemory(MEMORY);
  readonly #atExit: () => void;
  #parcels: Parcel[] = [];
  #used = 0;
  #open = false;

  constructor(transfers: Transfers) {
    this.#transfers = transfers;
    this.#atExit = atProcessExit(this.#endRound); // which may come in the middle of a round
  }

  /** From now on to the end of the round, writes are taken. */
  open(): void {
    if (this.#open) return;
    this.#open = true;
    setImmediate(this.#endRound);
  }

  /** Copies a write. @returns null if it was not taken, and is to be made at once */
  take(sender: Sending, chunk: Uint8Array): Parcel | null {
    const isFull = this.#parcels.length === this.#transfers.results.length;
    if (!this.#open || isFull || !this.#hasRoom(chunk.length)) return null;
    const parcel = new Parcel(this, sender, this.#used, chunk.length);
    this.#parcels.push(parcel);
    this.#put(chunk);
    return parcel;
  }

  /** @internal For a parcel: puts a write behind it. @returns whether there was room */
  append({ start, length }: Parcel, chunk: Uint8Array): boolean {
    const isLast = start + length === this.#used;
    if (!isLast || !this.#hasRoom(length + chunk.length)) return false;
    this.#put(chunk);
    return true;
  }

  /** @internal For a parcel. */
  bytesOf({ start, length }: Parcel): Uint8Array {
    return this.#memory.part(start, length);
  }

  close(): void {
    this.#endRound();
    this.#atExit();
  }

  readonly #endRound = (): void => {
    this.#open = false;
    const parcels = this.#parcels;
    if (parcels.length === 0) return;
    this.#parcels = [];
    const due = parcels.filter(isDue);
    for (const { sender, start, length } of due)
      this.#transfers.send(sender.descriptor, this.#memory, start, length);
    this.#transfers.run();
    for (let index = 0; index < due.length; index++)
      due[index]?.sender.settled(this.#transfers.results[index] ?? 0);
    this.#used = 0;
    for (const { sender } of parcels) sender.flushed();
  };

  #hasRoom(length: number): boolean {
    return length <= LARGEST && this.#used + length <= MEMORY;
  }

  #put(chunk: Uint8Array): void {
    this.#memory.bytes.set(chunk, this.#used);
    this.#used += chunk.length;
  }
}

/** One send to be made: a part of the memory. */
export class Parcel {
  readonly sender: Sending;
  readonly start: number;
  readonly #batch: SendBatch;
  #length: number;
  #withdrawn = false;

  /** @internal */
  constructor(batch: SendBatch, sender: Sending, start: number, length: number) {
    this.#batch = batch;
    this.sender = sender;
    this.start = start;
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  get withdrawn(): boolean {
    return this.#withdrawn;
  }

  /** What was taken, for as long as nothing else is. */
  get bytes(): Uint8Array {
    return this.#batch.bytesOf(this);
  }

  /** Adds another write, if nobody else's came between. @returns whether it did */
  append(chunk: Uint8Array): boolean {
    const added = this.#batch.append(this, chunk);
    if (added) this.#length += chunk.length;
    return added;
  }

  /** It is not sent with the others. @returns what was taken, for as long as nothing else is */
  withdraw(): Uint8Array {
    this.#withdrawn = true;
    return this.bytes;
  }
}

function isDue(parcel: Parcel): boolean {
  return !parcel.withdrawn;
}
