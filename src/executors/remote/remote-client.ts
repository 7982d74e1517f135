/** The other thread's end of a {@link LoopRemote}. */

import { MessagePort, receiveMessageOnPort, threadId } from "node:worker_threads";
import { describe } from "../../core/arguments.ts";
import { ArgumentTypeError, RuntimeError, TimeoutError } from "../../core/errors.ts";
import { notCloneable } from "../transport/cloneable.ts";
import { unpackErrorNow } from "../transport/sent-errors.ts";
import { loopGone, notExposed } from "./errors.ts";
import type { Exposed, LoopRemote, RemoteCall } from "./loop-remote.ts";
import { GONE, type Hello, MESSAGES, type ToLoop, type ToThread } from "./wire.ts";

/**
 * Connects to a loop of another thread, in a worker that was started without an executor.
 *
 * @param port - what `remote.open()` gave on the loop's side; it came with `workerData` or `postMessage`
 * @throws TypeError `GYRE_INVALID_ARGUMENT` - not such a port, or one that was connected before
 * @example
 * // on the loop's side: new Worker(url, { workerData: port, transferList: [port] }), where port = remote.open()
 * using remote = connectRemote(workerData);
 * remote.callSoonThreadsafe("progress", 50);
 */
export function connectRemote<F extends Exposed = Exposed>(port: MessagePort): LoopRemote<F> {
  return connectTo(port) as unknown as LoopRemote<F>; // names and types of what is exposed are the caller's to know
}

export function connectTo(port: unknown): RemoteClient {
  if (!(port instanceof MessagePort))
    throw new ArgumentTypeError(
      `connectRemote(port) expects the port of a LoopRemote, but got ${describe(port)}.`,
    );
  const hello: unknown = receiveMessageOnPort(port)?.message;
  if (isHello(hello)) return new RemoteClient(port, hello);
  throw new ArgumentTypeError(
    "connectRemote(port) expects a port that came from remote.open() and was not connected before.",
  );
}

function isHello(value: unknown): value is Hello {
  return typeof value === "object" && value !== null && "gyre" in value && value.gyre === "remote";
}

class RemoteClient {
  readonly #port: MessagePort;
  readonly #hello: Hello;
  readonly #pending = new Map<number, PendingCall>();
  #lastId = 0;
  #closed = false;

  constructor(port: MessagePort, hello: Hello) {
    this.#port = port;
    this.#hello = hello;
    port.on("message", (message: ToThread) => this.#receive(message));
    port.on("close", () => this.#lose());
    port.unref();
  }

  callSoonThreadsafe(name: string, ...args: readonly unknown[]): void {
    this.#requireExposed(name);
    this.#send({ soon: name, args }, args);
  }

  runCoroutineThreadsafe(name: string, ...args: readonly unknown[]): RemoteCall<unknown> {
    this.#requireExposed(name);
    const id = ++this.#lastId;
    const call = new PendingCall({
      wait: (timeout) => this.#wait(id, timeout),
      cancel: () => this.#send({ cancel: id }, []),
      keepAlive: () => this.#port.ref(),
    });
    this.#pending.set(id, call);
    try {
      this.#send({ task: name, args, id }, args);
    } catch (error) {
      this.#pending.delete(id);
      throw error;
    }
    return call;
  }

  close(): void {
    this.#port.close();
    this.#lose();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  get #gone(): boolean {
    return this.#closed || Atomics.load(this.#hello.state, GONE) === 1;
  }

  #send(message: ToLoop, args: readonly unknown[]): void {
    if (this.#gone) throw loopGone();
    try {
      this.#port.postMessage(message, []);
    } catch (error) {
      throw notCloneable(args, "args", error);
    }
  }

  /** Blocks until the call has its reply. Replies to others come in meanwhile and are theirs. */
  #wait(id: number, timeout: number | null): void {
    if (this.#hello.thread === threadId) {
      throw new RuntimeError(
        "GYRE_NOT_SUPPORTED",
        "result() would block the thread of the loop that it waits for, for ever. Await resultAsync() here.",
      );
    }
    const deadline = timeout === null ? Number.POSITIVE_INFINITY : performance.now() + timeout;
    const { state } = this.#hello;
    for (;;) {
      const seen = Atomics.load(state, MESSAGES);
      const gone = this.#gone;
      this.#drain();
      if (!this.#pending.has(id)) return;
      if (gone) this.#lose();
      else if (Atomics.wait(state, MESSAGES, seen, deadline - performance.now()) === "timed-out") {
        this.#drain();
        if (!this.#pending.has(id)) return;
        throw new TimeoutError(
          "The task on the other thread had not ended in time. It runs on; cancel() would end it.",
        );
      }
    }
  }

  #drain(): void {
    for (
      let entry = receiveMessageOnPort(this.#port);
      entry !== undefined;
      entry = receiveMessageOnPort(this.#port)
    )
      this.#receive(entry.message as ToThread);
  }

  #receive({ id, reply }: ToThread): void {
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#port.unref();
    if ("value" in reply) call?.succeed(reply.value);
    else call?.fail(unpackErrorNow(reply.error));
  }

  #lose(): void {
    this.#closed = true;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const call of pending) call.fail(loopGone());
  }

  #requireExposed(name: unknown): void {
    if (!this.#hello.names.includes(String(name))) throw notExposed(name, this.#hello.names);
  }
}

interface Line {
  readonly wait: (timeout: number | null) => void;
  readonly cancel: () => void;
  /** Somebody waits without blocking: the thread must not end before. */
  readonly keepAlive: () => void;
}

class PendingCall implements RemoteCall<unknown> {
  readonly #line: Line;
  readonly #waiting: (() => void)[] = [];
  #outcome: { readonly value: unknown } | { readonly error: unknown } | null = null;

  constructor(line: Line) {
    this.#line = line;
  }

  result(timeout: number | null = null): unknown {
    if (this.#outcome === null) this.#line.wait(timeout);
    return this.#read();
  }

  async resultAsync(): Promise<unknown> {
    if (this.#outcome === null) {
      this.#line.keepAlive();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.#read();
  }

  cancel(): boolean {
    if (this.#outcome !== null) return false;
    this.#line.cancel();
    return true;
  }

  done(): boolean {
    return this.#outcome !== null;
  }

  succeed(value: unknown): void {
    this.#end({ value });
  }

  fail(error: unknown): void {
    this.#end({ error });
  }

  #end(outcome: { readonly value: unknown } | { readonly error: unknown }): void {
    this.#outcome = outcome;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #read(): unknown {
    if (this.#outcome === null) throw loopGone();
    if ("error" in this.#outcome) throw this.#outcome.error;
    return this.#outcome.value;
  }
}

export type { RemoteClient };
