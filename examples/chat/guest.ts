import { Queue, type StreamWriter } from "gyre";

const BACKLOG = 100; // lines

/** Somebody who is connected, and the lines that wait to be delivered. */
export class Guest {
  /** Null until the guest has said it. */
  name: string | null = null;
  readonly #lines = new Queue<string>();
  #missed = 0;
  #dismissed = false;

  /** Never waits. Whoever reads too slowly misses lines, and is told how many; nobody else is slowed down. */
  hear(line: string): void {
    if (this.#dismissed) return;
    if (this.#lines.qsize() >= BACKLOG) {
      this.#missed++;
      return;
    }
    if (this.#missed > 0) this.#lines.putNowait(`* You missed ${this.#missed} lines`);
    this.#missed = 0;
    this.#lines.putNowait(line);
  }

  /** No more lines, except for this one. What is queued is still delivered. */
  dismiss(line?: string): void {
    if (this.#dismissed) return;
    this.#dismissed = true;
    if (line !== undefined) this.#lines.putNowait(line);
    this.#lines.shutdown();
  }

  /** Ends when the guest was dismissed and has got everything. */
  async deliver(writer: StreamWriter): Promise<void> {
    for await (const line of this.#lines) {
      writer.write(`${line}\n`);
      await writer.drain(); // a slow reader makes this queue wait, and no other
    }
  }
}
