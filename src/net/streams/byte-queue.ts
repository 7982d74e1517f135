const SMALL = 512; // bytes; less than that is not worth a chunk of its own beside another small one
const FIRST_BLOCK = 1024; // bytes
const LARGEST_BLOCK = 65_536;
const GONE_BEFORE_COMPACTING = 64; // chunks
const EMPTY = Buffer.alloc(0);

/** Bytes in the order in which they came, kept as the chunks in which they came: nothing is copied unless it has to be. */
export class ByteQueue {
  #chunks: Buffer[] = [];
  /** The index of the first chunk that is not used up, and where its rest begins. */
  #head = 0;
  #offset = 0;
  #length = 0;
  /** Small chunks are gathered in a block, of which the last chunk is the part that is filled. */
  #block: Buffer | null = null;
  #filled = 0;

  get length(): number {
    return this.#length;
  }

  /** Adds bytes, which belong to the queue from now on. */
  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    if (chunk.length >= SMALL || this.#length === 0 || !this.#gather(chunk)) {
      this.#block = null;
      this.#chunks.push(chunk);
    }
    this.#length += chunk.length;
  }

  /** Removes and returns the first `count` bytes, or all if there are fewer. */
  take(count: number): Buffer {
    const wanted = Math.min(count, this.#length);
    const first = this.#chunks[this.#head];
    if (first === undefined || wanted === 0) return EMPTY;
    const end = this.#offset + wanted;
    if (end > first.length) return this.#takeSeveral(wanted);
    const taken = this.#offset === 0 && end === first.length ? first : first.subarray(this.#offset, end);
    this.drop(wanted);
    return taken;
  }

  /** Removes the first `count` bytes. */
  drop(count: number): void {
    this.#length -= Math.min(count, this.#length);
    if (this.#length === 0) {
      this.#reset();
      return;
    }
    this.#offset += count;
    for (let first = this.#chunks[this.#head]; first && this.#offset >= first.length;) {
      this.#offset -= first.length;
      this.#chunks[this.#head] = EMPTY; // so that its memory can go
      first = this.#chunks[++this.#head];
    }
    if (this.#head >= GONE_BEFORE_COMPACTING && this.#head * 2 >= this.#chunks.length) this.#compact();
  }

  clear(): void {
    this.drop(this.#length);
  }

  /**
   * Where `bytes` begins, or -1.
   *
   * @param from - the search begins here, which is best near the end
   */
  indexOf(bytes: Buffer, from = 0): number {
    const wanted = bytes.length === 1 ? (bytes[0] ?? 0) : bytes; // the host has a quicker way for one byte
    let [index, start] = this.#locate(from);
    for (let chunk = this.#chunks[index]; chunk !== undefined; chunk = this.#chunks[++index]) {
      const skipped = this.#skipped(index);
      const found = chunk.indexOf(wanted, skipped + Math.max(0, from - start));
      if (found >= 0) return start + found - skipped;
      start += chunk.length - skipped;
      const across = start < this.#length ? this.#indexAcross(bytes, start, from) : -1;
      if (across >= 0) return across;
    }
    return -1;
  }

  /** Whether `bytes` stands at `at`. */
  hasAt(bytes: Buffer, at: number): boolean {
    return this.#peek(at, at + bytes.length).equals(bytes);
  }

  /** Appends a small chunk to the last one, if that is small or a block. */
  #gather(chunk: Buffer): boolean {
    const last = this.#chunks.length - 1;
    const block = this.#block;
    if (block !== null && this.#filled + chunk.length <= block.length) {
      this.#filled += chunk.copy(block, this.#filled);
      this.#chunks[last] = block.subarray(0, this.#filled);
      return true;
    }
    if (block === null && (this.#chunks[last]?.length ?? 0) >= SMALL) return false;
    const size = block === null ? FIRST_BLOCK : Math.min(block.length * 2, LARGEST_BLOCK);
    this.#block = Buffer.allocUnsafeSlow(size);
    this.#filled = chunk.copy(this.#block);
    this.#chunks.push(this.#block.subarray(0, this.#filled));
    return true;
  }

  #takeSeveral(count: number): Buffer {
    const taken = this.#peek(0, count);
    this.drop(count);
    return taken;
  }

  /** A match that begins before the border at `border` and ends behind it; borders that it spans as well are looked at again. */
  #indexAcross(bytes: Buffer, border: number, from: number): number {
    const reach = bytes.length - 1;
    if (reach === 0) return -1;
    const start = Math.max(from, border - reach, 0);
    if (start >= border) return -1;
    const found = this.#peek(start, border + reach).indexOf(bytes);
    return found < 0 ? -1 : start + found;
  }

  /** A copy of the bytes from `start` to `end`, or to the end of the queue. */
  #peek(start: number, end: number): Buffer {
    const size = Math.max(0, Math.min(end, this.#length) - start);
    const copy = Buffer.allocUnsafe(size);
    let [index, chunkStart] = this.#locate(start);
    for (let filled = 0; filled < size; index++) {
      const chunk = this.#chunks[index] ?? EMPTY;
      const skipped = this.#skipped(index);
      filled += chunk.copy(copy, filled, skipped + Math.max(0, start - chunkStart));
      chunkStart += chunk.length - skipped;
    }
    return copy;
  }

  /** The chunk that holds the byte at `at`, and where it starts; looked for from whichever end is nearer. */
  #locate(at: number): [index: number, start: number] {
    if (at * 2 < this.#length) return this.#locateFromHead(at);
    let index = this.#chunks.length;
    let start = this.#length;
    while (start > at && index > this.#head) {
      index--;
      start -= (this.#chunks[index]?.length ?? 0) - this.#skipped(index);
    }
    return [index, start];
  }

  #locateFromHead(at: number): [index: number, start: number] {
    let index = this.#head;
    let start = 0;
    for (; ; index++) {
      const size = (this.#chunks[index]?.length ?? 0) - this.#skipped(index);
      if (at < start + size || index >= this.#chunks.length) return [index, start];
      start += size;
    }
  }

  /** How much of a chunk is used up. */
  #skipped(index: number): number {
    return index === this.#head ? this.#offset : 0;
  }

  #reset(): void {
    this.#chunks.length = 0;
    this.#head = 0;
    this.#offset = 0;
    this.#block = null;
  }

  #compact(): void {
    this.#chunks = this.#chunks.slice(this.#head);
    this.#head = 0;
  }
}
