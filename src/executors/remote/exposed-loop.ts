/** The loop's end of a {@link LoopRemote}. */

import { MessageChannel, type MessagePort, threadId } from "node:worker_threads";
import { describe, requireFunction } from "../../core/arguments.ts";
import { ArgumentTypeError, RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { inspectSymbol } from "../../core/inspect.ts";
import { Resource } from "../../core/resources.ts";
import { runInRoot } from "../../core/scope.ts";
import type { Task } from "../../core/task.ts";
import { notCloneable } from "../transport/cloneable.ts";
import { packError } from "../transport/sent-errors.ts";
import { loopGone, notExposed } from "./errors.ts";
import type { Exposed, LoopRemote, RemoteCall } from "./loop-remote.ts";
import { GONE, type Hello, MESSAGES, type ToLoop, type ToThread } from "./wire.ts";

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** A loop with what it exposes. It works on the loop's own thread as well, where only `result()` cannot wait. */
export class ExposedLoop<F extends Exposed = Exposed> extends Resource implements LoopRemote<F> {
  readonly #loop: EventLoop;
  readonly #functions: ReadonlyMap<string, AnyFunction>;
  readonly #connections = new Set<Connection>();

  constructor(loop: EventLoop, functions: F) {
    super();
    this.#loop = loop;
    this.#functions = requireFunctions(functions);
  }

  /**
   * A new port that leads to the loop, for a worker of your own: send it with `workerData` or `postMessage`, in the list of what
   * is transferred.
   *
   * @throws RuntimeError `GYRE_LOOP_CLOSED`
   */
  open(): MessagePort {
    if (this.#loop.isClosed()) throw loopGone();
    const { port1, port2 } = runInRoot(() => new MessageChannel());
    const connection = new Connection(this.#loop, this.#functions, port1, () => this.#forget(connection));
    if (this.#connections.size === 0) this.#loop.resources.add(this);
    this.#connections.add(connection);
    return port2;
  }

  callSoonThreadsafe<K extends keyof F & string>(name: K, ...args: Parameters<F[K]>): void {
    this.#loop.callSoonThreadsafe(this.#find(name), ...args);
  }

  runCoroutineThreadsafe<K extends keyof F & string>(
    name: K,
    ...args: Parameters<F[K]>
  ): RemoteCall<Awaited<ReturnType<F[K]>>> {
    const fn = this.#find(name);
    const task = this.#loop.createTask(async () => await fn(...args));
    const call: RemoteCall<unknown> = {
      result: () => {
        if (task.done()) return task.result();
        throw new RuntimeError(
          "GYRE_NOT_SUPPORTED",
          "result() would block the thread of the loop that it waits for, for ever. Await resultAsync() here.",
        );
      },
      resultAsync: async () => await task,
      cancel: () => task.cancel(),
      done: () => task.done(),
    };
    return call as RemoteCall<Awaited<ReturnType<F[K]>>>; // as F says
  }

  /** Ends all connections. Tasks that were started over them run on. */
  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  override toString(): string {
    return `<LoopRemote exposes=[${[...this.#functions.keys()].join(", ")}] connections=${this.#connections.size}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  /** @internal It ends with its loop, and nobody has forgotten anything. */
  isClosing(): boolean {
    return true;
  }

  /** @internal */
  abandon(): void {
    this.close();
  }

  #find(name: unknown): AnyFunction {
    const fn = this.#functions.get(String(name));
    if (fn === undefined) throw notExposed(name, [...this.#functions.keys()]);
    return fn;
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#loop.resources.delete(this);
  }
}

class Connection {
  readonly #loop: EventLoop;
  readonly #functions: ReadonlyMap<string, AnyFunction>;
  readonly #port: MessagePort;
  readonly #state = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  readonly #tasks = new Map<number, Task<unknown>>();
  readonly #onClose: () => void;
  #closed = false;

  constructor(
    loop: EventLoop,
    functions: ReadonlyMap<string, AnyFunction>,
    port: MessagePort,
    onClose: () => void,
  ) {
    this.#loop = loop;
    this.#functions = functions;
    this.#port = port;
    this.#onClose = onClose;
    const hello: Hello = {
      gyre: "remote",
      names: [...functions.keys()],
      thread: threadId,
      state: this.#state,
    };
    port.postMessage(hello);
    runInRoot(() => {
      port.on("message", (message: ToLoop) => this.#receive(message));
      port.on("close", () => this.close());
    });
    port.unref();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    Atomics.store(this.#state, GONE, 1);
    this.#wakeBlocked();
    this.#port.close();
    this.#onClose();
  }

  #receive(message: ToLoop): void {
    if (this.#loop.isClosed()) this.close();
    else if ("soon" in message) this.#loop.callSoonThreadsafe(this.#find(message.soon), ...message.args);
    else if ("task" in message) this.#start(message.id, this.#find(message.task), message.args);
    else this.#tasks.get(message.cancel)?.cancel();
  }

  #start(id: number, fn: AnyFunction, args: readonly unknown[]): void {
    const task = this.#loop.createTask(async () => await fn(...args));
    this.#tasks.set(id, task);
    this.#loop.outsideWork.beginWaiting();
    task.addDoneCallback(() => {
      this.#loop.outsideWork.endWaiting();
      this.#tasks.delete(id);
      this.#answer({ id, reply: replyOf(task) });
    });
  }

  #answer(message: ToThread): void {
    if (this.#closed) return;
    try {
      this.#port.postMessage(message, []);
    } catch (cause) {
      const value = "value" in message.reply ? message.reply.value : undefined;
      const error = packError(notCloneable(value, "the result", cause), null);
      const instead: ToThread = { id: message.id, reply: { error } };
      this.#port.postMessage(instead, []);
    }
    this.#wakeBlocked();
  }

  #wakeBlocked(): void {
    Atomics.add(this.#state, MESSAGES, 1);
    Atomics.notify(this.#state, MESSAGES);
  }

  #find(name: string): AnyFunction {
    const fn = this.#functions.get(name);
    if (fn === undefined) throw notExposed(name, [...this.#functions.keys()]);
    return fn;
  }
}

function replyOf(task: Task<unknown>): ToThread["reply"] {
  try {
    return { value: task.result() };
  } catch (error) {
    return { error: packError(error, null) };
  }
}

function requireFunctions(functions: unknown): ReadonlyMap<string, AnyFunction> {
  if (typeof functions !== "object" || functions === null)
    throw new ArgumentTypeError(
      `loop.remote(functions) expects an object of functions, but got ${describe(functions)}.`,
    );
  const found = new Map<string, AnyFunction>();
  for (const [name, fn] of Object.entries(functions)) {
    requireFunction(fn, `loop.remote({ ${name} })`);
    found.set(name, fn as AnyFunction); // the other thread's compiler has checked what it is called with
  }
  return found;
}
