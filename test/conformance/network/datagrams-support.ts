/** A datagram protocol that writes down what happens to it, and endpoints on loopback. */
import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import {
  type DatagramProtocol,
  type DatagramTransport,
  type Future,
  getRunningLoop,
  type SocketAddress,
} from "gyre";

export const LOCALHOST = "127.0.0.1";
export const HAS_IPV6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === "::1"),
);
export const ANYWHERE = { address: LOCALHOST, port: 0 };

/** What a test adds to a recorder; each runs after the event was written down. */
export interface Hooks {
  connectionMade?(self: Datagrams): void;
  datagramReceived?(self: Datagrams, data: Buffer, address: SocketAddress): void;
  errorReceived?(self: Datagrams): void;
  connectionLost?(self: Datagrams): void;
}

export class Datagrams implements DatagramProtocol {
  /** "made", "got <text>", "error <code>", "pause", "resume", "lost <code>". */
  readonly events: string[] = [];
  readonly senders: SocketAddress[] = [];
  readonly #hooks: Hooks;
  #waiting: { readonly satisfied: () => boolean; readonly future: Future<void> }[] = [];
  #transport: DatagramTransport | null = null;

  constructor(hooks: Hooks = {}) {
    this.#hooks = hooks;
  }

  get transport(): DatagramTransport {
    assert.ok(this.#transport !== null, "connectionMade was not called yet");
    return this.#transport;
  }

  get texts(): string[] {
    return this.events.filter((event) => event.startsWith("got ")).map((event) => event.slice(4));
  }

  /** Where it receives. */
  get address(): SocketAddress {
    const address = this.transport.getExtraInfo("sockname");
    assert.ok(address !== null && typeof address === "object");
    return address;
  }

  connectionMade(transport: DatagramTransport): void {
    this.#transport = transport;
    this.#happened("made");
    this.#hooks.connectionMade?.(this);
  }

  datagramReceived(data: Buffer, address: SocketAddress): void {
    this.senders.push(address);
    this.#happened(`got ${data.toString()}`);
    this.#hooks.datagramReceived?.(this, data, address);
  }

  errorReceived(error: Error): void {
    this.#happened(`error ${codeOf(error)}`);
    this.#hooks.errorReceived?.(this);
  }

  connectionLost(error: Error | null): void {
    this.#happened(`lost ${codeOf(error)}`);
    this.#hooks.connectionLost?.(this);
  }

  pauseWriting(): void {
    this.#happened("pause");
  }

  resumeWriting(): void {
    this.#happened("resume");
  }

  /** Waits until an event makes this true. */
  async until(satisfied: () => boolean): Promise<void> {
    if (satisfied()) return;
    const future = getRunningLoop().createFuture<void>();
    this.#waiting.push({ satisfied, future });
    await future;
  }

  untilEvent(event: string): Promise<void> {
    return this.until(() => this.events.includes(event));
  }

  untilTexts(count: number): Promise<void> {
    return this.until(() => this.texts.length >= count);
  }

  async close(): Promise<void> {
    this.transport.close();
    await this.until(() => this.events.at(-1)?.startsWith("lost") === true);
  }

  #happened(event: string): void {
    this.events.push(event);
    const ready = this.#waiting.filter(({ satisfied }) => satisfied());
    this.#waiting = this.#waiting.filter((one) => !ready.includes(one));
    for (const { future } of ready) if (!future.done()) future.setResult();
  }
}

type Options = Parameters<ReturnType<typeof getRunningLoop>["createDatagramEndpoint"]>[1];

export async function open(options: Options, hooks: Hooks = {}): Promise<Datagrams> {
  const [, protocol] = await getRunningLoop().createDatagramEndpoint(() => new Datagrams(hooks), options);
  return protocol;
}

/** An endpoint, one that is connected to it, and their end. */
export async function withPair(
  body: (server: Datagrams, client: Datagrams) => Promise<void>,
  hooks: { readonly server?: Hooks; readonly client?: Hooks } = {},
): Promise<void> {
  const server = await open({ localAddr: ANYWHERE }, hooks.server);
  const client = await open({ remoteAddr: server.address }, hooks.client);
  await body(server, client);
  await client.close();
  await server.close();
}

function codeOf(error: Error | null): string {
  if (error === null) return "null";
  return "code" in error ? String(error.code) : error.message;
}
