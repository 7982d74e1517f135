import { RuntimeError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { inspectSymbol } from "../core/inspect.ts";
import { DrainControl } from "../net/streams/drain-control.ts";
import { StreamReader } from "../net/streams/stream-reader.ts";
import { StreamWriter, type WriterProtocol } from "../net/streams/stream-writer.ts";
import { Waiting } from "../net/streams/waiting.ts";
import type { ChildTransport } from "./child-transport.ts";
import type { SubprocessProtocol } from "./protocols.ts";

const TAIL = 8192; // bytes of stderr that are kept for errors

/** The bridge between a child's pipes and streams. Python: `asyncio.subprocess.SubprocessStreamProtocol`. */
export class SubprocessStreamProtocol implements SubprocessProtocol, WriterProtocol {
  readonly #loop: EventLoop;
  readonly #limit: number;
  readonly #drains: DrainControl;
  readonly #waitingForStdin: Waiting;
  #transport: ChildTransport | null = null;
  #stdin: StreamWriter | null = null;
  readonly #readers = new Map<number, StreamReader>();
  #stdinEnd: { readonly error: Error | null } | null = null;
  #exited = false;
  #openReaders = 0;
  #tail: Buffer | null = null;

  constructor(limit: number, loop: EventLoop) {
    this.#limit = limit;
    this.#loop = loop;
    this.#drains = new DrainControl(loop);
    this.#waitingForStdin = new Waiting(loop);
  }

  /** @throws RuntimeError `GYRE_INVALID_STATE` - before `connectionMade` */
  get transport(): ChildTransport {
    if (this.#transport !== null) return this.#transport;
    throw new RuntimeError("GYRE_INVALID_STATE", "This child has not been started.");
  }

  get stdin(): StreamWriter | null {
    return this.#stdin;
  }

  get stdout(): StreamReader | null {
    return this.#readers.get(1) ?? null;
  }

  get stderr(): StreamReader | null {
    return this.#readers.get(2) ?? null;
  }

  /** The last bytes that the child wrote to its stderr, if that is a pipe. */
  get stderrTail(): Buffer | null {
    return this.#tail;
  }

  connectionMade(transport: ChildTransport): void {
    this.#transport = transport;
    for (const fd of [1, 2]) this.#openReader(fd, transport);
    const stdin = transport.getPipeTransport(0);
    if (stdin !== null) this.#stdin = new StreamWriter(stdin, this, null, this.#loop);
  }

  pipeDataReceived(fd: number, data: Buffer): void {
    if (fd === 2) this.#keepTail(data);
    this.#readers.get(fd)?.feedData(data);
  }

  pipeConnectionLost(fd: number, error: Error | null): void {
    if (fd === 0) {
      this.#stdinLost(error);
      return;
    }
    const reader = this.#readers.get(fd);
    if (error === null) reader?.feedEof();
    else reader?.setException(error);
    this.#openReaders--;
    this.#closeIfOver();
  }

  processExited(): void {
    this.#exited = true;
    this.#closeIfOver();
  }

  pauseWriting(): void {
    this.#drains.pauseWriting();
  }

  resumeWriting(): void {
    this.#drains.resumeWriting();
  }

  /** For the writer of stdin. */
  drained(): Promise<void> {
    return this.#drains.drain();
  }

  /** For the writer of stdin. */
  closed(): Promise<void> {
    if (this.#stdinEnd === null) return this.#waitingForStdin.wait();
    return this.#stdinEnd.error === null ? Promise.resolve() : Promise.reject(this.#stdinEnd.error);
  }

  toString(): string {
    return `<SubprocessStreamProtocol stdin=${this.stdin} stdout=${this.stdout} stderr=${this.stderr}>`;
  }

  [inspectSymbol](): string {
    return this.toString();
  }

  #openReader(fd: number, transport: ChildTransport): void {
    const pipe = transport.getPipeTransport(fd);
    if (pipe === null) return;
    const reader = new StreamReader({ limit: this.#limit, loop: this.#loop });
    reader.setTransport(pipe);
    this.#readers.set(fd, reader);
    this.#openReaders++;
    if (fd === 2) this.#tail = Buffer.alloc(0);
  }

  #stdinLost(error: Error | null): void {
    this.#stdin?.close();
    this.#stdinEnd = { error };
    this.#drains.connectionLost(error);
    this.#waitingForStdin.wake(error);
  }

  #keepTail(data: Buffer): void {
    const tail = this.#tail ?? Buffer.alloc(0);
    this.#tail =
      data.length >= TAIL ? Buffer.from(data.subarray(-TAIL)) : Buffer.concat([tail, data]).subarray(-TAIL);
  }

  #closeIfOver(): void {
    if (this.#exited && this.#openReaders === 0) this.#transport?.close();
  }
}
