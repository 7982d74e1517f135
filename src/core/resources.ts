/** What a loop has open in the host: connections, servers, and the like. They cannot outlive it. */
export abstract class Resource {
  /** @internal Neighbours among the loop's resources; see {@link Resources}. */
  next: Resource | null = null;
  /** @internal */
  previous: Resource | null = null;

  /** @internal Whether somebody is closing it already: then the end of the loop comes too early, but nobody forgot it. */
  abstract isClosing(): boolean;
  /** @internal Gives everything back to the host at once, and calls nobody. */
  abstract abandon(): void;
}

const SHOWN = 5;

/** A linked list through the resources, in the order in which they came: a Set takes two to four times the memory. */
export class Resources {
  #first: Resource | null = null;
  #last: Resource | null = null;

  /** May be called again. */
  add(resource: Resource): void {
    if (this.#has(resource)) return;
    resource.previous = this.#last;
    if (this.#last === null) this.#first = resource;
    else this.#last.next = resource;
    this.#last = resource;
  }

  /** May be called again. */
  delete(resource: Resource): void {
    if (!this.#has(resource)) return;
    if (resource.previous === null) this.#first = resource.next;
    else resource.previous.next = resource.next;
    if (resource.next === null) this.#last = resource.previous;
    else resource.next.previous = resource.previous;
    resource.next = resource.previous = null;
  }

  /** Those that are open now; they may be closed meanwhile. */
  [Symbol.iterator](): IterableIterator<Resource> {
    const open: Resource[] = [];
    for (let resource = this.#first; resource !== null; resource = resource.next) open.push(resource);
    return open.values();
  }

  /** What is open, and is not being closed by anybody. */
  forgotten(): string[] {
    return [...this].filter((resource) => !resource.isClosing()).map(String);
  }

  /** Gives all that is open back to the host. */
  abandon(): void {
    for (const resource of this) {
      this.delete(resource);
      resource.abandon();
    }
  }

  /** Abandons all that is open, and warns about what nobody had closed (rows TR-15, PIPE-05). */
  close(): void {
    const forgotten = this.forgotten();
    this.abandon();
    if (forgotten.length === 0) return;
    const more = forgotten.length > SHOWN ? `, and ${forgotten.length - SHOWN} more` : "";
    process.emitWarning(
      `The loop was closed while these were open: ${forgotten.slice(0, SHOWN).join(", ")}${more}. Close them before.`,
      { type: "ResourceWarning", code: "GYRE_UNCLOSED" },
    );
  }

  #has(resource: Resource): boolean {
    return resource.previous !== null || this.#first === resource;
  }
}
