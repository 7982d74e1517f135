/** RESP, the protocol of Redis, as clients speak it: `*2\r\n$3\r\nGET\r\n$1\r\nk\r\n`, or a line of words. */

const CR = 13;
const LF = 10;
const ASTERISK = 42;
const DOLLAR = 36;
const MOST_ARGUMENTS = 1_048_576;
const LARGEST_ARGUMENT = 536_870_912; // bytes
const LONGEST_LINE = 65_536; // bytes

/** A client that does not speak the protocol. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** Takes bytes as they come, and gives the commands that are complete, each as its words. */
export class Parser {
  #buffer: Buffer = Buffer.alloc(0);

  /** The words point into the memory of `data`: who keeps one has to copy it. */
  *feed(data: Buffer): Generator<Buffer[]> {
    this.#buffer = this.#buffer.length === 0 ? data : Buffer.concat([this.#buffer, data]);
    const cursor = new Cursor(this.#buffer);
    let consumed = 0;
    for (let words = cursor.command(); words !== null; words = cursor.command()) {
      consumed = cursor.position;
      if (words.length > 0) yield words;
    }
    this.#buffer = consumed === this.#buffer.length ? Buffer.alloc(0) : this.#buffer.subarray(consumed);
  }
}

class Cursor {
  position = 0;
  readonly #buffer: Buffer;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  /** Null if it is not complete yet. */
  command(): Buffer[] | null {
    if (this.#buffer[this.position] !== ASTERISK) return this.#inline();
    const count = this.#number(MOST_ARGUMENTS);
    if (count === null) return null;
    const words: Buffer[] = [];
    for (let index = 0; index < count; index++) {
      const word = this.#bulk();
      if (word === null) return null;
      words.push(word);
    }
    return words;
  }

  /** A line of words, as somebody types it. */
  #inline(): Buffer[] | null {
    const end = this.#buffer.indexOf(LF, this.position);
    if (end < 0) {
      if (this.#buffer.length - this.position > LONGEST_LINE)
        throw new ProtocolError("too big inline request");
      return null;
    }
    const line = this.#buffer.toString("utf8", this.position, end).trim();
    this.position = end + 1;
    return line === "" ? [] : line.split(/\s+/).map((word) => Buffer.from(word));
  }

  #bulk(): Buffer | null {
    const first = this.#buffer[this.position];
    if (first === undefined) return null;
    if (first !== DOLLAR) throw new ProtocolError(`expected '$', got '${String.fromCharCode(first)}'`);
    const length = this.#number(LARGEST_ARGUMENT);
    if (length === null || this.position + length + 2 > this.#buffer.length) return null;
    const word = this.#buffer.subarray(this.position, this.position + length);
    this.position += length + 2;
    return word;
  }

  /** The number after a type's sign. */
  #number(limit: number): number | null {
    let value = 0;
    for (let index = this.position + 1; index < this.#buffer.length; index++) {
      const byte = this.#buffer[index] ?? CR;
      if (byte === CR) {
        if (index + 1 >= this.#buffer.length) return null;
        this.position = index + 2;
        return value;
      }
      value = value * 10 + byte - 48;
      if (byte < 48 || byte > 57 || value > limit) throw new ProtocolError("invalid length");
    }
    return null;
  }
}
