/** A protocol that writes down what happens to it, and what is wrong with it wherever it happens. */

import type { EventLoop } from "../../../core/event-loop.ts";
import type { Future } from "../../../core/future.ts";
import type { Protocol } from "../../../net/protocols.ts";
import type { Transport } from "../../../net/transports.ts";
import type { CheckContext } from "../check.ts";
import { codeOf, ContractError, expect } from "../expect.ts";

export interface Hooks {
  connectionMade?(self: Recorder): void;
  dataReceived?(self: Recorder, data: Buffer): void;
  eofReceived?(self: Recorder): boolean | void;
}

/** Waits for events, and says which if they never come. */
export class Events {
  /** "made", "data", "eof", "pause", "resume", "lost CODE"; "data" stands once for all chunks in a row. */
  readonly list: string[] = [];
  readonly #name: string;
  readonly #loop: EventLoop;
  readonly #context: CheckContext;
  #waiting: { readonly satisfied: () => boolean; readonly future: Future<void> }[] = [];

  constructor(name: string, context: CheckContext) {
    this.#name = name;
    this.#loop = context.loop;
    this.#context = context;
  }

  add(event: string): void {
    if (event !== "data" || this.list.at(-1) !== "data") this.list.push(event);
    this.wake();
  }

  wake(): void {
    const ready = this.#waiting.filter(({ satisfied }) => satisfied());
    this.#waiting = this.#waiting.filter((one) => !ready.includes(one));
    for (const { future } of ready) if (!future.done()) future.setResult();
  }

  async until(what: string | (() => string), satisfied: () => boolean): Promise<void> {
    if (satisfied()) return;
    const future = this.#loop.createFuture<void>();
    this.#waiting.push({ satisfied, future });
    const text = (): string =>
      `for the ${this.#name} ${typeof what === "string" ? what : what()}; so far it had: ${this.list.join(", ")}`;
    await this.#context.waits.during(text, future);
  }
}

export class Recorder implements Protocol {
  readonly name: string;
  readonly #events: Events;
  readonly #hooks: Hooks;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #transport: Transport | null = null;
  #eofs = 0;
  /** The error of `connectionLost`. */
  lossError: Error | null = null;

  constructor(context: CheckContext, name: string, hooks: Hooks = {}) {
    this.name = name;
    this.#events = new Events(name, context);
    this.#hooks = hooks;
  }

  get events(): readonly string[] {
    return this.#events.list;
  }

  get transport(): Transport {
    if (this.#transport === null)
      throw new ContractError(`connectionMade was not called for the ${this.name}.`);
    return this.#transport;
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get length(): number {
    return this.#length;
  }

  get lost(): boolean {
    return this.events.at(-1)?.startsWith("lost") === true;
  }

  connectionMade(transport: Transport): void {
    expect(this.#transport === null, "connectionMade is called once", `the ${this.name} was called again`);
    this.#transport = transport;
    this.#events.list.push("made");
    this.#hooks.connectionMade?.(this);
    this.#events.wake();
  }

  dataReceived(data: Buffer): void {
    this.#requireOpen("data");
    expect(
      this.#eofs === 0,
      "no data follows on the end of the stream",
      `the ${this.name} got ${data.length} bytes`,
    );
    this.#chunks.push(data);
    this.#length += data.length;
    if (this.events.at(-1) !== "data") this.#events.list.push("data");
    this.#hooks.dataReceived?.(this, data);
    this.#events.wake();
  }

  eofReceived(): boolean | void {
    this.#requireOpen("eof");
    this.#eofs++;
    expect(
      this.#eofs === 1,
      "the end of the stream comes once",
      `the ${this.name} got ${this.#eofs} of them`,
    );
    this.#events.list.push("eof");
    const answer = this.#hooks.eofReceived?.(this);
    this.#events.wake();
    return answer;
  }

  pauseWriting(): void {
    this.#events.add("pause");
  }

  resumeWriting(): void {
    this.#events.add("resume");
  }

  connectionLost(error: Error | null): void {
    this.#requireOpen("lost");
    this.lossError = error;
    this.#events.add(`lost ${error === null ? "null" : (codeOf(error) ?? error.message)}`);
  }

  untilLength(length: number): Promise<void> {
    return this.#events.until(
      () => `to receive ${length} bytes (${this.#length} have come)`,
      () => this.#length >= length,
    );
  }

  until(event: string): Promise<void> {
    return this.#events.until(`to get "${event}"`, () => this.events.includes(event));
  }

  untilLost(): Promise<void> {
    return this.#events.until("to be lost", () => this.lost);
  }

  #requireOpen(event: string): void {
    expect(
      this.#transport !== null && !this.lost,
      "a protocol is called between connectionMade and connectionLost only",
      `the ${this.name} got "${event}" after: ${this.events.join(", ")}`,
    );
  }
}
