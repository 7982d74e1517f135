/** What a loop has open in the host: connections, servers, and the like. They cannot outlive it. */
export interface Resource {
  /** Whether somebody is closing it already: then the end of the loop comes too early, but nobody forgot it. */
  isClosing(): boolean;
  /** Gives everything back to the host at once, and calls nobody. */
  abandon(): void;
}

const SHOWN = 5;

export class Resources {
  readonly #open = new Set<Resource>();

  add(resource: Resource): void {
    this.#open.add(resource);
  }

  delete(resource: Resource): void {
    this.#open.delete(resource);
  }

  [Symbol.iterator](): Iterator<Resource> {
    return this.#open.values();
  }

  /** What is open, and is not being closed by anybody. */
  forgotten(): string[] {
    return [...this.#open].filter((resource) => !resource.isClosing()).map(String);
  }

  /** Gives all that is open back to the host. */
  abandon(): void {
    for (const resource of this.#open) resource.abandon();
    this.#open.clear();
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
}
