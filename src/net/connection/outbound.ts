import { RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { toBytes } from "../data.ts";
import type { Link } from "../driver.ts";
import type { BaseTransport, Data, WriteBufferLimits } from "../transports.ts";
import { FlowControl } from "./flow-control.ts";
import { sendfileRunning } from "./loan.ts";

const LOST_WRITES_BEFORE_WARNING = 5;

/** The outgoing half of a stream transport: hands bytes to a link, and tells the protocol when there are too many of them. */
export class Outbound {
  readonly #link: Link;
  readonly #flow: FlowControl;
  /** - `closing`: the link sends what it has, and may be given more. */
  #state: "open" | "closing" | "over" = "open";
  #eofWritten = false;
  /** Whether somebody has this direction for himself: see `lend`. */
  #lent = false;
  #bytes = 0;
  #lostWrites = 0;

  constructor(loop: EventLoop, link: Link, transport: BaseTransport) {
    this.#link = link;
    this.#flow = new FlowControl(loop, transport, link.traits.highWaterMark);
  }

  /** Bytes that were written in all. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that wait to be sent. */
  get size(): number {
    if (this.#state === "over") return 0;
    this.#link.flush?.();
    return this.#link.pending;
  }

  /** Whether the protocol was told to pause writing. */
  get paused(): boolean {
    return this.#flow.paused;
  }

  get limits(): [low: number, high: number] {
    return this.#flow.limits;
  }

  setLimits(limits: WriteBufferLimits): void {
    this.#flow.setLimits(limits);
    this.#flow.grown(this.size);
  }

  write(data: Data): void {
    const chunk = toBytes(data, "transport.write(data)");
    this.#requireFree("write");
    this.#send(chunk);
  }

  writelines(data: Iterable<Data>): void {
    const chunks: Uint8Array[] = [];
    for (const piece of data) {
      const chunk = toBytes(piece, "transport.writelines(data)");
      if (chunk.length > 0) chunks.push(chunk);
    }
    this.#requireFree("writelines");
    if (chunks.length === 0 || !this.#mayWrite()) return;
    for (const chunk of chunks) this.#bytes += chunk.length;
    this.#link.writev(chunks);
    this.#noteWritten();
  }

  writeEof(): void {
    if (this.#state !== "open" || this.#eofWritten) return;
    this.#eofWritten = true;
    this.#link.end();
  }

  /** Gives the direction to somebody, and refuses everybody else's writes until he gives it back. */
  lend(): { readonly write: (chunk: Uint8Array) => void; readonly giveBack: () => void } {
    this.#requireFree("sendfile");
    this.#lent = true;
    const { paused } = this.#flow;
    return {
      write: (chunk) => {
        this.#requireNoEof();
        this.#send(chunk);
      },
      giveBack: () => {
        this.#lent = false;
        if (this.#state !== "over") this.#flow.handedOver(paused);
      },
    };
  }

  /** `pending` of the link has become less. */
  flushed(): void {
    if (this.#state !== "over") this.#flow.shrunk(this.#link.pending);
  }

  close(): void {
    this.#state = "closing";
  }

  /** The link has gone. */
  stop(): void {
    this.#state = "over";
  }

  #requireFree(method: string): void {
    if (this.#lent) throw sendfileRunning(method);
    this.#requireNoEof();
  }

  #requireNoEof(): void {
    if (!this.#eofWritten) return;
    throw new RuntimeError(
      "GYRE_EOF_WRITTEN",
      "transport.write() was called after writeEof(), which ended this direction.",
    );
  }

  #send(chunk: Uint8Array): void {
    if (chunk.length === 0 || !this.#mayWrite()) return;
    this.#bytes += chunk.length;
    this.#link.write(chunk);
    this.#noteWritten();
  }

  #noteWritten(): void {
    if (this.#flow.allows(this.#link.pending)) return;
    this.#link.flush?.(); // what the link has not even tried to send does not count
    this.#flow.grown(this.#link.pending);
  }

  #mayWrite(): boolean {
    if (this.#state === "open") return true;
    if (this.#state === "closing" && this.#link.traits.only === undefined) return true;
    this.#lostWrites++;
    if (this.#lostWrites >= LOST_WRITES_BEFORE_WARNING) {
      process.emitWarning(
        "A protocol goes on writing to a connection that is lost. Stop at connectionLost().",
        {
          type: "LostConnectionWarning",
          code: "GYRE_TRANSPORT_CLOSED",
        },
      );
    }
    return false;
  }
}
