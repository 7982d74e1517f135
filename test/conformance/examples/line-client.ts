/** A client that knows nothing of gyre. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

export class LineClient {
  readonly socket: Socket;
  readonly #lines: AsyncIterator<string>;

  constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    this.#lines = createInterface({ input: this.socket })[Symbol.asyncIterator]();
  }

  send(...lines: readonly string[]): void {
    this.socket.write(lines.map((line) => `${line}\n`).join(""));
  }

  /** The next line, or null at the end. */
  async read(): Promise<string | null> {
    const { done, value } = await this.#lines.next();
    return done === true ? null : value;
  }

  /** All lines up to the end; then this side ends, too. */
  async readAll(): Promise<string[]> {
    const lines: string[] = [];
    for (let line = await this.read(); line !== null; line = await this.read()) lines.push(line);
    this.socket.end();
    return lines;
  }

  async close(): Promise<void> {
    if (this.socket.closed) return;
    this.socket.destroy();
    await once(this.socket, "close");
  }
}
