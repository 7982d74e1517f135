import type { FileObject } from "../core/file-object.ts";
import type { SelectorKey } from "./selector.ts";

/** What is registered with a selector: a read-only view, which shows what comes and goes. */
export class RegisteredKeys<T> {
  readonly #keys: ReadonlyMap<number, SelectorKey<T>>;
  readonly #find: (fileobj: FileObject) => SelectorKey<T> | undefined;

  /** @internal */
  constructor(
    keys: ReadonlyMap<number, SelectorKey<T>>,
    find: (fileobj: FileObject) => SelectorKey<T> | undefined,
  ) {
    this.#keys = keys;
    this.#find = find;
  }

  get size(): number {
    return this.#keys.size;
  }

  has(fileobj: FileObject): boolean {
    return this.#find(fileobj) !== undefined;
  }

  get(fileobj: FileObject): SelectorKey<T> | undefined {
    return this.#find(fileobj);
  }

  /** The descriptors. */
  keys(): IterableIterator<number> {
    return this.#keys.keys();
  }

  values(): IterableIterator<SelectorKey<T>> {
    return this.#keys.values();
  }

  entries(): IterableIterator<[fd: number, key: SelectorKey<T>]> {
    return this.#keys.entries();
  }

  [Symbol.iterator](): IterableIterator<[fd: number, key: SelectorKey<T>]> {
    return this.entries();
  }
}
