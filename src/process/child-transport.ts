import type { ChildProcess } from "node:child_process";
import { describe } from "../core/arguments.ts";
import { CallbackContext } from "../core/callback-context.ts";
import { ArgumentTypeError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { Future } from "../core/future.ts";
import { inspectSymbol } from "../core/inspect.ts";
import { Resource } from "../core/resources.ts";
import type { StreamTransport } from "../net/connection/stream-transport.ts";
import { ConnectionError } from "../net/errors.ts";
import { Waiting } from "../net/streams/waiting.ts";
import type { ExtraInfo } from "../net/transports.ts";
import type { Command } from "./command.ts";
import { Ending, type Mortal } from "./ending.ts";
import { ProcessLookupError } from "./errors.ts";
import type { CheckedOptions } from "./options.ts";
import { type PipeEnds, pipeEnds, type PipeEvents } from "./pipe-ends.ts";
import { ProcessTree } from "./process-tree.ts";
import type { SubprocessProtocol, SubprocessTransport } from "./protocols.ts";
import { tieToScope } from "./scope-tie.ts";
import { LoneProcess, type SignalTarget } from "./signal-target.ts";
import { returncodeOf, type Signal, signalNumber } from "./signals.ts";
import type { Spawned } from "./spawn.ts";
import { expectNoMore, forwardTo, stopForwardingTo } from "./terminal.ts";
import { watchdog } from "./watchdog.ts";

/** A child, its pipes, and whoever descends from it, as long as anything of them is left. */
export class ChildTransport extends Resource implements SubprocessTransport, Mortal, PipeEvents {
  readonly command: Command;
  readonly target: SignalTarget;
  readonly #loop: EventLoop;
  readonly #context: CallbackContext;
  readonly #child: ChildProcess;
  readonly #pid: number;
  readonly #pipes: PipeEnds;
  readonly #graceMs: number;
  readonly #exits: Waiting;
  readonly #untie: () => void;
  #protocol: SubprocessProtocol;
  #returncode: number | null = null;
  /** Pipes that are not lost yet. */
  #open: number;
  #ending: Ending | null = null;
  #closing = false;
  /** The child has ended, and so have its pipes. */
  #finished = false;

  constructor(
    loop: EventLoop,
    protocol: SubprocessProtocol,
    spawned: Spawned,
    command: Command,
    options: CheckedOptions,
  ) {
    super();
    this.command = command;
    this.#loop = loop;
    this.#protocol = protocol;
    this.#child = spawned.child;
    this.#pid = spawned.pid;
    this.#graceMs = options.graceMs;
    this.#context = new CallbackContext(loop);
    this.#exits = new Waiting(loop);
    this.target = this.#makeTarget(options);
    this.#pipes = pipeEnds(loop, spawned, this);
    this.#open = this.#pipes.size;
    this.#child.once("exit", this.#onExit);
    this.#untie = tieToScope(loop, () => this.end());
    loop.resources.add(this);
  }

  /** Calls `connectionMade` soon, and begins to read. The future is done when that has happened. */
  start(): Future<void> {
    const started = new Future<void>({ loop: this.#loop });
    this.#context.soon(() => this.#call("connectionMade", this), undefined);
    for (const pipe of this.#pipes.values()) void pipe.start();
    this.#context.soon(() => {
      if (!started.done()) started.setResult();
    }, undefined);
    return started;
  }

  // What programs see

  getPid(): number {
    return this.#pid;
  }

  getReturncode(): number | null {
    return this.#returncode;
  }

  getPipeTransport(fd: number): StreamTransport | null {
    return this.#pipes.get(fd) ?? null;
  }

  sendSignal(signal: Signal): void {
    const number = signalNumber(signal, "sendSignal(signal)");
    this.#requireUnfinished();
    if (this.#returncode === null) send(this.#pid, number);
  }

  terminate(): void {
    this.#requireUnfinished();
    this.target.signal(signalNumber("SIGTERM", "terminate()"));
  }

  kill(): void {
    this.#requireUnfinished();
    this.target.signal(signalNumber("SIGKILL", "kill()"));
  }

  isClosing(): boolean {
    return this.#closing;
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    for (const pipe of this.#pipes.values()) pipe.close();
    if (this.#returncode !== null) return;
    if (this.#loop.getDebug())
      process.emitWarning(`${this} was closed while it ran, and is killed.`, { type: "ResourceWarning" });
    this.target.signal(signalNumber("SIGKILL", "close()"));
    if (!this.#loop.isClosed()) this.end(0); // whoever was being forked
  }

  setProtocol(protocol: SubprocessProtocol): void {
    this.#protocol = requireProtocol(protocol, "transport.setProtocol(protocol)");
  }

  getProtocol(): SubprocessProtocol {
    return this.#protocol;
  }

  getExtraInfo<K extends keyof ExtraInfo>(name: K): ExtraInfo[K] | null;
  getExtraInfo<F>(name: string, fallback: F): unknown;
  getExtraInfo(name: string): unknown;
  getExtraInfo(name: string, fallback: unknown = null): unknown {
    return name === "subprocess" ? this.#child : fallback;
  }

  override toString(): string {
    const state = this.#returncode === null ? "running" : `returncode=${this.#returncode}`;
    const names = ["stdin", "stdout", "stderr"];
    const pipes = [...this.#pipes].map(([fd, pipe]) => ` ${names[fd]}=${pipe}`).join("");
    return `<SubprocessTransport${this.#closing ? " closed" : ""} pid=${this.#pid} ${state}${pipes}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  // What a Process needs

  /** Waits for the end of the child, whoever holds its pipes. */
  async exited(): Promise<number> {
    while (this.#returncode === null) await this.#exits.wait();
    return this.#returncode;
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** Whether gyre has begun to end it. */
  get ended(): boolean {
    return this.#ending !== null;
  }

  /** Begins to end whatever is left: the child, its descendants, and the pipes. */
  end(graceMs = this.#graceMs): Ending {
    this.#ending ??= new Ending(this.#loop, this, graceMs, this.#pid);
    return this.#ending;
  }

  /** @internal */
  draining(): boolean {
    return [...this.#pipes].some(([fd, pipe]) => fd > 0 && pipe.isReading());
  }

  /** @internal */
  closePipes(): void {
    for (const pipe of this.#pipes.values()) pipe.abort();
  }

  /** @internal */
  abandon(): void {
    this.#closing = true;
    this.#child.off("exit", this.#onExit);
    this.#child.unref();
    this.target.signal(signalNumber("SIGKILL", "loop.close()"));
    for (const pipe of this.#pipes.values()) pipe.abandon();
    this.#letGo();
  }

  // What the pipes and the host report

  /** @internal */
  data(fd: number, data: Buffer): void {
    this.#call("pipeDataReceived", fd, data);
  }

  /** @internal */
  lost(fd: number, error: Error | null): void {
    this.#open--;
    this.#call("pipeConnectionLost", fd, error);
    this.#ending?.look();
    this.#finishIfOver();
  }

  /** @internal */
  pauseWriting(): void {
    this.#call("pauseWriting");
  }

  /** @internal */
  resumeWriting(): void {
    this.#call("resumeWriting");
  }

  readonly #onExit = (code: number | null, signal: NodeJS.Signals | null): void => {
    this.target.noteReaped();
    this.#returncode = returncodeOf(code, signal);
    this.#context.dispatch(ChildTransport.#sayExited, this);
  };

  static #sayExited(this: void, transport: ChildTransport): void {
    const stdin = transport.#pipes.get(0);
    const rest = stdin?.getWriteBufferSize() ?? 0;
    // Nobody reads it any more; the host's pipes do not tell before the next write.
    stdin?.failed(
      rest === 0 ? null : new ConnectionError("EPIPE", "The child ended before it had read everything."),
    );
    transport.#call("processExited");
    transport.#exits.wake();
    transport.#ending?.look();
    transport.#finishIfOver();
  }

  #finishIfOver(): void {
    if (this.#finished || this.#returncode === null || this.#open > 0) return;
    this.#finished = true;
    this.#letGo();
    this.#ending?.look();
    this.#context.soon(() => this.#call("connectionLost", null), undefined);
  }

  /** Nothing is left that others would have to know of. */
  #letGo(): void {
    this.#loop.resources.delete(this);
    this.#untie();
    if (this.target instanceof ProcessTree) stopForwardingTo(this.target);
    watchdog.unwatch(this.#pid);
  }

  #makeTarget({ killTree }: CheckedOptions): SignalTarget {
    if (!killTree || process.platform === "win32") {
      expectNoMore();
      return new LoneProcess(this.#pid);
    }
    const tree = new ProcessTree(this.#pid);
    forwardTo(tree);
    return tree;
  }

  #call<M extends keyof SubprocessProtocol>(
    method: M,
    ...args: Parameters<NonNullable<SubprocessProtocol[M]>>
  ): void {
    const protocol = this.#protocol;
    try {
      const fn = protocol[method] as ((...args: unknown[]) => void) | undefined;
      fn?.apply(protocol, args);
    } catch (exception) {
      const message = `protocol.${method}() failed`;
      this.#loop.callExceptionHandler({ message, exception, transport: this, protocol });
    }
  }

  #requireUnfinished(): void {
    // Whoever was ended at a cancellation has what a late kill() is for.
    if (!this.#finished || this.#ending !== null) return;
    throw new ProcessLookupError(`Process ${this.#pid} has ended, with returncode ${this.#returncode}.`);
  }
}

/** @throws TypeError `GYRE_INVALID_ARGUMENT` */
export function requireProtocol(protocol: SubprocessProtocol, where: string): SubprocessProtocol {
  if (typeof protocol === "object" && protocol !== null) return protocol;
  throw new ArgumentTypeError(`${where} has to be a protocol, an object, but it is ${describe(protocol)}.`);
}

/** @throws Error `EPERM` */
function send(pid: number, signal: number): void {
  new LoneProcess(pid).signal(signal);
}
