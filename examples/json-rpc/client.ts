import {
  type Awaitable,
  createTask,
  type Future,
  getRunningLoop,
  isCancelled,
  JsonLines,
  type StreamReader,
  type StreamWriter,
} from "gyre";
import * as rpc from "./messages.ts";

/** The client's side of a connection, for as long as `body` runs. */
export async function withClient<T>(
  reader: StreamReader,
  writer: StreamWriter,
  body: (client: Client) => Awaitable<T>,
): Promise<T> {
  const client = new Client(reader, writer);
  const receiving = createTask(() => client.receive());
  try {
    return await body(client);
  } finally {
    receiving.cancel();
    writer.close();
    await writer.waitClosed();
  }
}

export class Client {
  readonly #lines: JsonLines<rpc.Reply, rpc.Request>;
  readonly #waiting = new Map<rpc.Id, Future<unknown>>();
  #lastId = 0;
  /** Why nothing is answered any more. */
  #lost: unknown = null;

  constructor(reader: StreamReader, writer: StreamWriter) {
    this.#lines = new JsonLines(reader, writer);
  }

  /** Calls a method, and gives its result. Being cancelled, it has the server cancel the request as well. */
  async call(method: string, params: unknown): Promise<unknown> {
    if (this.#lost !== null) throw this.#lost;
    const id = ++this.#lastId;
    const result = getRunningLoop().createFuture<unknown>();
    this.#waiting.set(id, result);
    try {
      await this.#lines.write({ jsonrpc: "2.0", id, method, params });
      return await result;
    } catch (error) {
      if (isCancelled(error)) await this.#notify(rpc.CANCEL, { id });
      throw error;
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** Hands the answers to whom they belong, up to the end of the connection. */
  async receive(): Promise<void> {
    try {
      for await (const reply of this.#lines) this.#settle(reply);
      this.#giveUp(new Error("The server has hung up"));
    } catch (error) {
      if (isCancelled(error)) throw error;
      this.#giveUp(error);
    }
  }

  #settle(reply: rpc.Reply): void {
    const result = this.#waiting.get(reply.id);
    if (result === undefined || result.done()) return; // too late: the call was cancelled
    if ("result" in reply) result.setResult(reply.result);
    else result.setException(new rpc.RpcError(reply.error.code, reply.error.message));
  }

  #giveUp(error: unknown): void {
    this.#lost = error;
    for (const result of this.#waiting.values()) if (!result.done()) result.setException(error);
  }

  #notify(method: string, params: unknown): Promise<void> {
    return this.#lines.write({ jsonrpc: "2.0", method, params });
  }
}
