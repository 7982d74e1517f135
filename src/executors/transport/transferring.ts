import type { TransferListItem } from "node:worker_threads";

/** A value, and what of it is to be moved and not copied. */
export class Transferring<T> {
  readonly value: T;
  readonly list: readonly TransferListItem[];

  /** @internal */
  constructor(value: T, list: readonly TransferListItem[]) {
    this.value = value;
    this.list = list;
  }
}

/**
 * Marks an argument of a job, or its result, so that buffers and ports in it move to the other thread and are not copied. They
 * are empty on this side from then on. Processes share no memory: between them it is a copy all the same.
 *
 * @param value - the argument or result
 * @param list - the `ArrayBuffer`s and `MessagePort`s in it
 * @returns to be passed or returned in place of the value, whose type it has
 * @example
 * const pixels = new Uint8Array(1_000_000);
 * await toThread((data) => data.length, transferring(pixels, [pixels.buffer]));
 */
export function transferring<T>(value: T, list: readonly TransferListItem[]): T {
  // Whoever is given it sees the value: the wrapping is taken off on the way.
  return new Transferring(value, list) as unknown as T;
}

/** Takes the wrappings off, and collects what they list. */
export function unwrap(values: readonly unknown[], transfers: TransferListItem[]): unknown[] {
  return values.map((value) => {
    if (!(value instanceof Transferring)) return value;
    transfers.push(...value.list);
    return value.value;
  });
}
