/** The server's side of one connection: every request is a task, so that a slow one holds up no other, and can be cancelled. */

import {
  gather,
  isCancelled,
  JsonLineError,
  JsonLines,
  LimitOverrunError,
  type StreamReader,
  type StreamWriter,
  type Task,
  taskGroup,
} from "gyre";
import * as rpc from "./messages.ts";
import { methods } from "./methods.ts";

const MOST = 100; // requests at a time
const BY_REQUEST = "the client has asked for it";

export class Session {
  readonly #lines: JsonLines<unknown, rpc.Reply | rpc.Reply[]>;
  readonly #writer: StreamWriter;
  readonly #running = new Map<Task<unknown>, rpc.Id>();

  constructor(reader: StreamReader, writer: StreamWriter) {
    this.#lines = new JsonLines(reader, writer);
    this.#writer = writer;
  }

  /** Ends when the client has said everything, and everything is answered. */
  async serve(): Promise<void> {
    await taskGroup(async (group) => {
      for (;;) {
        const message = await this.#read();
        if (message === undefined) return;
        group.createTask((task) => this.#answer(message, task));
        await this.#writer.drain(); // whoever does not read the answers is not listened to
      }
    });
  }

  /** The next message, undefined at the end. What is no JSON is answered, and skipped. */
  async #read(): Promise<unknown> {
    for (;;) {
      try {
        return await this.#lines.read();
      } catch (error) {
        if (!(error instanceof JsonLineError || error instanceof LimitOverrunError)) throw error;
        await this.#lines.write(rpc.failure(null, rpc.PARSE_ERROR, error.message));
      }
    }
  }

  async #answer(message: unknown, task: Task<unknown>): Promise<void> {
    const reply = Array.isArray(message)
      ? await this.#performAll(message)
      : await this.#perform(message, task);
    if (reply !== null) await this.#lines.write(reply);
  }

  /** The requests of a batch run side by side, and are answered together. */
  async #performAll(batch: readonly unknown[]): Promise<rpc.Reply | rpc.Reply[] | null> {
    if (batch.length === 0) return rpc.failure(null, rpc.INVALID_REQUEST, "This batch is empty");
    const replies = await gather(batch.map((one) => (task) => this.#perform(one, task)));
    const wanted = replies.filter((reply) => reply !== null);
    return wanted.length > 0 ? wanted : null;
  }

  /** Null for a notification, which nobody answers. */
  async #perform(message: unknown, task: Task<unknown>): Promise<rpc.Reply | null> {
    if (!rpc.isRequest(message)) return rpc.failure(null, rpc.INVALID_REQUEST, "This is no request");
    if (message.method === rpc.CANCEL) this.#cancel(message.params);
    else {
      const reply = await this.#run(message, task);
      if (message.id !== undefined) return reply;
    }
    return null;
  }

  async #run({ id = null, method, params }: rpc.Request, task: Task<unknown>): Promise<rpc.Reply> {
    const run = methods.get(method);
    if (run === undefined) return rpc.failure(id, rpc.METHOD_NOT_FOUND, `There is no method "${method}"`);
    if (this.#running.size >= MOST) return rpc.failure(id, rpc.BUSY, `${MOST} requests are running`);
    this.#running.set(task, id);
    try {
      return rpc.success(id, await run(params));
    } catch (error) {
      if (isCancelled(error) && error.message === BY_REQUEST) {
        return rpc.failure(id, rpc.CANCELLED, "The request was cancelled");
      }
      if (isCancelled(error)) throw error; // the connection ends, or the program
      if (error instanceof rpc.RpcError) return rpc.failure(id, error.code, error.message);
      console.error(error); // the details are nobody else's business
      return rpc.failure(id, rpc.INTERNAL_ERROR, "The method has failed");
    } finally {
      this.#running.delete(task);
    }
  }

  #cancel(params: unknown): void {
    if (typeof params !== "object" || params === null || !("id" in params)) return;
    for (const [task, id] of this.#running) if (id === params.id) task.cancel(BY_REQUEST);
  }
}
