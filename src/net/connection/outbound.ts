import type { CallbackContext } from "../../core/callback-context.ts";
import { RuntimeError } from "../../core/errors.ts";
import { toBytes } from "../data.ts";
import type { Link } from "../driver.ts";
import type { BaseTransport, Data, WriteBufferLimits } from "../transports.ts";
import { FlowControl } from "./flow-control.ts";
import { sendfileRunning } from "./loan.ts";
import { noteLostWrite } from "./lost-writes.ts";

/** What the outgoing direction needs of its transport. */
export interface OutboundOwner extends BaseTransport {
  readonly link: Link;
  readonly context: CallbackContext;
}

/**
 * The outgoing half of a stream transport: hands bytes to a link, and tells the protocol when there are too many of them. As small as
 * the other half, and in the same ways.
 */
export class Outbound {
  readonly #owner: OutboundOwner;
  /** There is none until too much waits, or somebody sets its limits. */
  #flow: FlowControl | null = null;
  /** - `closing`: the link sends what it has, and may be given more. */
  #state: "open" | "closing" | "over" = "open";
  /** Who may write: with `sendfile` one who has this direction for himself, see `lend`; with `nobody` its end was written. */
  #writer: "anybody" | "sendfile" | "nobody" = "anybody";
  #bytes = 0;

  constructor(owner: OutboundOwner) {
    this.#owner = owner;
  }

  /** Bytes that were written in all. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that wait to be sent. */
  get size(): number {
    if (this.#state === "over") return 0;
    const { link } = this.#owner;
    link.flush?.();
    return link.pending;
  }

  /** Whether the protocol was told to pause writing. */
  get paused(): boolean {
    return this.#flow?.paused ?? false;
  }

  get limits(): [low: number, high: number] {
    return this.control().limits;
  }

  setLimits(limits: WriteBufferLimits): void {
    this.control().setLimits(limits);
    this.control().grown(this.size);
  }

  write(data: Data): void {
    const chunk = toBytes(data, "transport.write(data)");
    this.requireFree("write");
    this.send(chunk);
  }

  writelines(data: Iterable<Data>): void {
    const chunks: Uint8Array[] = [];
    for (const piece of data) {
      const chunk = toBytes(piece, "transport.writelines(data)");
      if (chunk.length > 0) chunks.push(chunk);
    }
    this.requireFree("writelines");
    if (chunks.length === 0 || !this.mayWrite()) return;
    for (const chunk of chunks) this.#bytes += chunk.length;
    this.#owner.link.writev(chunks);
    this.noteWritten();
  }

  writeEof(): void {
    if (this.#state !== "open" || this.#writer === "nobody") return;
    this.#writer = "nobody";
    this.#owner.link.end();
  }

  /** Gives the direction to somebody, and refuses everybody else's writes until he gives it back. */
  lend(): { readonly write: (chunk: Uint8Array) => void; readonly giveBack: () => void } {
    this.requireFree("sendfile");
    this.#writer = "sendfile";
    const { paused } = this;
    return {
      write: (chunk) => {
        this.requireNoEof();
        this.send(chunk);
      },
      giveBack: () => {
        if (this.#writer === "sendfile") this.#writer = "anybody";
        if (this.#state !== "over") this.#flow?.handedOver(paused);
      },
    };
  }

  /** `pending` of the link has become less. */
  flushed(): void {
    if (this.#state !== "over") this.#flow?.shrunk(this.#owner.link.pending);
  }

  close(): void {
    this.#state = "closing";
  }

  /** The link has gone. */
  stop(): void {
    this.#state = "over";
  }

  private requireFree(method: string): void {
    if (this.#writer === "sendfile") throw sendfileRunning(method);
    this.requireNoEof();
  }

  private requireNoEof(): void {
    if (this.#writer !== "nobody") return;
    throw new RuntimeError(
      "GYRE_EOF_WRITTEN",
      "transport.write() was called after writeEof(), which ended this direction.",
    );
  }

  private send(chunk: Uint8Array): void {
    if (chunk.length === 0 || !this.mayWrite()) return;
    this.#bytes += chunk.length;
    this.#owner.link.write(chunk);
    this.noteWritten();
  }

  private noteWritten(): void {
    const { link } = this.#owner;
    if (this.allows(link.pending)) return;
    link.flush?.(); // what the link has not even tried to send does not count
    this.control().grown(link.pending);
  }

  private allows(size: number): boolean {
    return this.#flow?.allows(size) ?? size <= this.#owner.link.traits.highWaterMark;
  }

  private control(): FlowControl {
    const { context, link } = this.#owner;
    return (this.#flow ??= new FlowControl(context.loop, this.#owner, link.traits.highWaterMark));
  }

  private mayWrite(): boolean {
    const { only } = this.#owner.link.traits;
    if (this.#state === "open" || (this.#state === "closing" && only === undefined)) return true;
    noteLostWrite(this.#owner);
    return false;
  }
}
