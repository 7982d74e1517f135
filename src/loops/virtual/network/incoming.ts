/** What has arrived at one end of a connection and was not read yet. */

export type Arrived =
  | { readonly kind: "data"; readonly chunk: Buffer }
  | { readonly kind: "end" }
  | { readonly kind: "nothing" };

export class Incoming {
  #unread: Buffer[] = [];
  #bytes = 0;
  #end: "none" | "arrived" | "read" = "none";

  get bytes(): number {
    return this.#bytes;
  }

  get ended(): boolean {
    return this.#end !== "none";
  }

  /** Whether the end was read as well. */
  get finished(): boolean {
    return this.#end === "read";
  }

  /** Whether there is something to read. */
  get ready(): boolean {
    return this.#bytes > 0 || this.#end === "arrived";
  }

  add(chunk: Buffer): void {
    this.#unread.push(chunk);
    this.#bytes += chunk.length;
  }

  end(): void {
    if (this.#end === "none") this.#end = "arrived";
  }

  /** All that can be read at once, or the end. */
  read(): Arrived {
    if (this.#bytes > 0) {
      const [first] = this.#unread;
      const chunk =
        this.#unread.length === 1 && first !== undefined ? first : Buffer.concat(this.#unread, this.#bytes);
      this.drop();
      return { kind: "data", chunk };
    }
    if (this.#end !== "arrived") return { kind: "nothing" };
    this.#end = "read";
    return { kind: "end" };
  }

  drop(): void {
    this.#unread = [];
    this.#bytes = 0;
  }
}
