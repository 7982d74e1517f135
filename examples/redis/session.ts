import { createTask, isCancelled, type Protocol, type Task, TimeoutError, type Transport } from "gyre";
import { CommandError, errorReply, execute } from "./commands.ts";
import { Parser, ProtocolError } from "./parser.ts";
import { array, bulk, failure, NULL_ARRAY, OK } from "./reply.ts";
import { type Store, WrongKindError } from "./store.ts";

/**
 * One client. What can be answered at once is answered in the callback that brought it, all of a chunk with one write; a command
 * that waits has a task of its own, and what comes meanwhile has to wait as well.
 */
export class Session implements Protocol {
  readonly #store: Store;
  readonly #parser = new Parser();
  #transport: Transport | null = null;
  #waiting: Task<void> | null = null;
  /** Commands that came while one was waiting. */
  #backlog: Buffer[][] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  connectionMade(transport: Transport): void {
    this.#transport = transport;
  }

  connectionLost(): void {
    this.#transport = null;
    this.#waiting?.cancel();
  }

  /** The client sends and does not read. */
  pauseWriting(): void {
    this.#transport?.pauseReading();
  }

  resumeWriting(): void {
    if (this.#waiting === null) this.#transport?.resumeReading();
  }

  dataReceived(data: Buffer): void {
    const replies: Buffer[] = [];
    try {
      for (const words of this.#parser.feed(data)) {
        if (this.#waiting === null) this.#take(words, replies);
        else this.#backlog.push(words.map((word) => Buffer.from(word)));
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      replies.push(failure(`ERR Protocol error: ${error.message}`));
      this.#send(replies);
      this.#transport?.close();
      return;
    }
    this.#send(replies);
  }

  #take([name, ...words]: Buffer[], replies: Buffer[]): void {
    const command = name?.toString("latin1").toUpperCase() ?? "";
    if (command === "BLPOP") this.#waitInTask(words);
    else if (command === "QUIT") {
      this.#send([...replies.splice(0), OK]);
      this.#transport?.close();
    } else replies.push(this.#answer(command, words));
  }

  #answer(command: string, words: Buffer[]): Buffer {
    try {
      return execute(this.#store, command, words);
    } catch (error) {
      if (error instanceof CommandError || error instanceof WrongKindError) return errorReply(error);
      throw error;
    }
  }

  #waitInTask(words: readonly Buffer[]): void {
    const keys = words.slice(0, -1).map((key) => key.toString("latin1"));
    const seconds = Number(words.at(-1)?.toString());
    this.#transport?.pauseReading();
    this.#waiting = createTask(() => this.#blpop(keys, seconds === 0 ? Infinity : seconds * 1000));
  }

  async #blpop(keys: readonly string[], limit: number): Promise<void> {
    try {
      const [key, value] = await this.#store.popWaiting(keys, limit);
      this.#send([array([bulk(key), bulk(value)])]);
    } catch (error) {
      if (isCancelled(error)) throw error;
      this.#send([error instanceof TimeoutError ? NULL_ARRAY : errorReply(error)]);
    }
    this.#goOn();
  }

  #goOn(): void {
    this.#waiting = null;
    const replies: Buffer[] = [];
    while (this.#waiting === null && this.#backlog.length > 0)
      this.#take(this.#backlog.shift() ?? [], replies);
    this.#send(replies);
    if (this.#waiting === null) this.#transport?.resumeReading();
  }

  #send(replies: readonly Buffer[]): void {
    if (replies.length > 0) this.#transport?.writelines(replies);
  }
}
