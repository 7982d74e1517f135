/** Both ends of a connection as bare links, and who listens to them. */

import type { SocketAddress } from "../../../net/addresses.ts";
import type { Link, LinkReceiver, Listener } from "../../../net/driver.ts";
import type { CheckContext } from "../check.ts";
import { codeOf, ContractError, expectEqual } from "../expect.ts";
import { LOCALHOST } from "./pairs.ts";
import { Events } from "./recorder.ts";

export const ANY_PORT: SocketAddress = { address: LOCALHOST, port: 0, family: "IPv4" };
export const LISTENING = { backlog: 100, reusePort: false, keepAlive: false, cleanupSocket: true };

/** Receives what a link reports, and notes what it must not report. */
export class LinkProbe implements LinkReceiver {
  readonly link: Link;
  readonly #events: Events;
  readonly #chunks: Buffer[] = [];
  readonly #violations: string[] = [];
  /** The call that is running. */
  #inside: string | null = null;
  #silent = false;
  flushes = 0;

  constructor(context: CheckContext, name: string, link: Link) {
    this.link = link;
    this.#events = new Events(name, context);
  }

  get events(): readonly string[] {
    return this.#events.list;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get length(): number {
    return this.#chunks.reduce((sum, { length }) => sum + length, 0);
  }

  attach(): this {
    this.link.attach(this);
    return this;
  }

  /** Calls a method of the link; what it reports from within is noted. */
  call(name: string, method: (link: Link) => void): void {
    this.#inside = name;
    method(this.link);
    this.#inside = null;
  }

  /** From now on nothing may be reported. */
  destroy(): void {
    this.call("destroy", (link) => link.destroy());
    this.#silent = true;
  }

  received(chunk: Buffer): void {
    this.#chunks.push(Buffer.from(chunk));
    this.#happened("data");
  }

  ended(): void {
    this.#happened("ended");
  }

  flushed(): void {
    this.flushes++;
    this.#happened("flushed");
  }

  failed(error: Error | null): void {
    this.#happened(`failed ${error === null ? "null" : (codeOf(error) ?? error.message)}`);
  }

  until(what: string, satisfied: () => boolean): Promise<void> {
    return this.#events.until(what, satisfied);
  }

  untilLength(length: number): Promise<void> {
    return this.until(`to receive ${length} bytes`, () => this.length >= length);
  }

  verify(): void {
    expectEqual(
      this.#violations,
      [],
      "a link reports nothing from within a call, and nothing after destroy()",
    );
  }

  #happened(event: string): void {
    if (this.#inside !== null) this.#violations.push(`"${event}" from within ${this.#inside}()`);
    if (this.#silent) this.#violations.push(`"${event}" after destroy()`);
    this.#events.add(event);
  }
}

export interface LinkPair {
  readonly client: LinkProbe;
  readonly server: LinkProbe;
}

/** Two bare links, not attached yet; they are destroyed when `body` ends, and must have kept silent where they had to. */
export async function withLinks(
  context: CheckContext,
  body: (pair: LinkPair) => Promise<void>,
): Promise<void> {
  await withListener(context, async ({ accepted, port }) => {
    const { loop, waits } = context;
    const link = await waits.during("for connect()", loop.network.connect({ ...ANY_PORT, port }, null));
    const client = new LinkProbe(context, "client's link", link);
    const server = new LinkProbe(context, "server's link", await accepted());
    try {
      await body({ client, server });
    } finally {
      client.destroy();
      server.destroy();
    }
    client.verify();
    server.verify();
  });
}

interface Listening {
  readonly listener: Listener;
  readonly port: number;
  /** The next link that was accepted. */
  readonly accepted: () => Promise<Link>;
}

/** A bare listener on a port of its own. */
export async function withListener(
  context: CheckContext,
  body: (listening: Listening) => Promise<void>,
): Promise<void> {
  const { loop, waits } = context;
  const links: Link[] = [];
  const events = new Events("listener", context);
  const listener = await waits.during("for bind()", loop.network.bind(ANY_PORT, LISTENING));
  const next = async (): Promise<Link> => {
    await events.until("to accept a connection", () => links.length > 0);
    const link = links.shift();
    if (link === undefined) throw new ContractError("No link was accepted.");
    return link;
  };
  try {
    await waits.during(
      "for start()",
      listener.start({
        accepted: (link) => {
          links.push(link);
          events.add("accepted");
        },
        exhausted: (error) => events.add(`exhausted ${error.message}`),
      }),
    );
    await body({ listener, port: portOf(listener), accepted: next });
  } finally {
    listener.close();
    for (const link of links) link.destroy();
  }
}

export function portOf(listener: Listener): number {
  const { address } = listener;
  if (typeof address === "string" || !(address.port > 0))
    throw new ContractError(
      "The contract: the address of a listener is known when bind() is done, with its port.",
    );
  return address.port;
}
