/** Puts TLS upon a connection that is there. */

import type { Duplex } from "node:stream";
import type { EventLoop } from "../../core/event-loop.ts";
import type { TimerHandle } from "../../core/handle.ts";
import { Resource } from "../../core/resources.ts";
import { runInRoot } from "../../core/scope.ts";
import type { Connection, ConnectionOwner } from "../connection/connection-owner.ts";
import type { Link } from "../driver.ts";
import { ConnectionError } from "../errors.ts";
import { claim, HostOperation, type Outcome } from "../host-operation.ts";
import { TlsLink } from "./link.ts";
import type { Tls } from "./options.ts";
import type { Secured } from "./secured.ts";

const NOTHING = Buffer.alloc(0);

/** A connection that a layer is to be put upon. */
export interface Underlay {
  readonly link: Link;
  /** What came and was not delivered; complete when the code that runs now has returned. */
  readonly unread?: readonly Buffer[];
  /** Whether the peer has ended its direction. */
  readonly ended?: boolean;
  readonly owner?: ConnectionOwner | null;
}

/** @throws the error of the handshake; the connection below is closed then, as it is when the caller is cancelled */
export async function secure(loop: EventLoop, link: Link, tls: Tls): Promise<Link> {
  return new Handshake(loop, { link }, tls).finish();
}

/** A handshake that goes on. It ends by itself, by its timeout, by a cancellation, or because somebody closes it. */
export class Handshake extends Resource implements Connection {
  readonly owner: ConnectionOwner | null;
  readonly #loop: EventLoop;
  readonly #tls: Tls;
  readonly #below: Duplex;
  readonly #info: (name: string) => unknown;
  readonly #operation: HostOperation<Link>;
  #timer: TimerHandle | null = null;

  constructor(loop: EventLoop, { link, unread = [], ended = false, owner = null }: Underlay, tls: Tls) {
    super();
    this.owner = owner;
    this.#loop = loop;
    this.#tls = tls;
    this.#info = (name) => link.info(name);
    this.#below = link.release();
    this.#operation = new HostOperation<Link>(
      loop,
      (outcome) => {
        runInRoot(() => this.#start(outcome, unread, ended));
        return () => this.#below.destroy();
      },
      (late) => late.destroy(),
    );
    loop.resources.add(this);
  }

  async finish(): Promise<Link> {
    try {
      return await claim(this.#operation);
    } catch (error) {
      this.#below.destroy();
      throw error;
    } finally {
      this.#timer?.cancel();
      this.#loop.resources.delete(this);
    }
  }

  /** For the server that the connection belongs to: nothing that has begun could be finished in order. */
  close(): void {
    this.abort();
  }

  abort(): void {
    this.#below.destroy(
      new ConnectionError("ECONNABORTED", "The connection was closed during its TLS handshake."),
    );
  }

  isClosing(): boolean {
    return this.#operation.done();
  }

  abandon(): void {
    this.#below.destroy();
  }

  override toString(): string {
    return "<TLS handshake>";
  }

  #start(outcome: Outcome<Link>, unread: readonly Buffer[], ended: boolean): void {
    const { handshakeTimeout: timeout } = this.#tls;
    this.#below.on("error", outcome.reject);
    if (ended) {
      outcome.reject(
        new ConnectionError("ECONNRESET", "The peer ended the connection before the TLS handshake."),
      );
      return;
    }
    if (timeout !== Infinity) {
      const message = `The TLS handshake took longer than ${timeout} ms, so the connection was aborted.`;
      const expire = () => outcome.reject(new ConnectionError("ECONNABORTED", message));
      this.#timer = this.#loop.callLater(timeout, expire);
    }
    const begin = (): void => {
      if (this.#operation.done()) return;
      if (unread.length > 0) this.#below.unshift(Buffer.concat(unread));
      this.#below.allowHalfOpen = false; // or Node's server would not notice a peer that leaves
      const secured = (result: Secured): void => {
        this.#below.allowHalfOpen = true;
        result.socket.allowHalfOpen = true;
        outcome.resolve(this.#linkOver(result));
      };
      try {
        this.#tls.begin(this.#below, { secured, failed: outcome.reject });
      } catch (error) {
        outcome.reject(error);
      }
    };
    if (this.#below.writableLength === 0) queueMicrotask(begin);
    else this.#below.write(NOTHING, (error) => (error ? outcome.reject(error) : runInRoot(begin))); // TLS would overtake
  }

  #linkOver(secured: Secured): Link {
    const { shutdownTimeout } = this.#tls;
    return new TlsLink(this.#loop, secured, { below: this.#below, info: this.#info, shutdownTimeout });
  }
}
