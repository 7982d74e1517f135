import { Future, waitFor } from "gyre";
import { List } from "./list.ts";

export type Value = Buffer | List | Map<string, Buffer> | Set<string>;

/** A command met a value of another kind than it works on. */
export class WrongKindError extends Error {
  override readonly name = "WrongKindError";
}

interface Entry {
  value: Value;
  /** Milliseconds since 1970; Infinity: never. */
  expires: number;
}

/** The keys, the times at which they go, and the clients that wait for one. */
export class Store {
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Map<string, Future<void>[]>();

  get size(): number {
    return this.#entries.size;
  }

  keys(): string[] {
    return [...this.#entries.keys()].filter((key) => this.#live(key) !== undefined);
  }

  has(key: string): boolean {
    return this.#live(key) !== undefined;
  }

  bytes(key: string): Buffer | undefined {
    const value = this.#live(key)?.value;
    if (value === undefined || Buffer.isBuffer(value)) return value;
    throw new WrongKindError();
  }

  /** @param expires - milliseconds since 1970; what is there keeps its time without it */
  set(key: string, value: Value, expires = Infinity): void {
    this.#entries.set(key, { value, expires });
  }

  list(key: string): List | undefined {
    const value = this.#live(key)?.value;
    if (value === undefined || value instanceof List) return value;
    throw new WrongKindError();
  }

  hash(key: string): Map<string, Buffer> | undefined {
    const value = this.#live(key)?.value;
    if (value === undefined || value instanceof Map) return value;
    throw new WrongKindError();
  }

  members(key: string): Set<string> | undefined {
    const value = this.#live(key)?.value;
    if (value === undefined || value instanceof Set) return value;
    throw new WrongKindError();
  }

  delete(key: string): boolean {
    const existed = this.has(key);
    this.#entries.delete(key);
    return existed;
  }

  clear(): void {
    this.#entries.clear();
  }

  expire(key: string, when: number): boolean {
    const entry = this.#live(key);
    if (entry !== undefined) entry.expires = when;
    return entry !== undefined;
  }

  /** Milliseconds that a key has left; undefined if there is none. */
  timeLeft(key: string): number | undefined {
    const entry = this.#live(key);
    return entry && entry.expires - Date.now();
  }

  push(key: string, values: readonly Buffer[], end: "left" | "right"): number {
    const list = this.list(key) ?? new List();
    list.push(values, end);
    if (!this.has(key)) this.set(key, list);
    this.#waiting.get(key)?.shift()?.setResult();
    return list.length;
  }

  pop(key: string, end: "left" | "right"): Buffer | undefined {
    const list = this.list(key);
    const value = list?.pop(end);
    if (list?.length === 0) this.#entries.delete(key);
    return value;
  }

  /**
   * Takes from the first of these lists that has something, in the order in which clients came. Cancelling, as a connection does
   * that ends, takes nothing.
   *
   * @param limit - milliseconds
   * @throws TimeoutError
   */
  async popWaiting(keys: readonly string[], limit: number): Promise<readonly [key: string, value: Buffer]> {
    return waitFor(async () => {
      for (;;) {
        for (const key of keys) {
          const value = this.pop(key, "left");
          if (value !== undefined) return [key, value] as const;
        }
        await this.#pushed(keys);
      }
    }, limit);
  }

  async #pushed(keys: readonly string[]): Promise<void> {
    const future = new Future<void>();
    for (const key of keys) {
      const line = this.#waiting.get(key) ?? [];
      line.push(future);
      this.#waiting.set(key, line);
    }
    try {
      await future;
    } finally {
      for (const key of keys) this.#leave(key, future);
    }
  }

  #leave(key: string, future: Future<void>): void {
    const line = (this.#waiting.get(key) ?? []).filter((other) => other !== future);
    if (line.length === 0) this.#waiting.delete(key);
    else this.#waiting.set(key, line);
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expires === Infinity || entry.expires > Date.now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }
}
