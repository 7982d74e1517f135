/** A datagram protocol that writes down what happens to it. */

import type { SocketAddress } from "../../../net/addresses.ts";
import type { DatagramEndpointOptions } from "../../../net/datagrams/datagrams.ts";
import type { DatagramProtocol } from "../../../net/protocols.ts";
import type { DatagramTransport } from "../../../net/transports.ts";
import type { CheckContext } from "../check.ts";
import { codeOf, ContractError } from "../expect.ts";
import { LOCALHOST } from "./pairs.ts";
import { Events } from "./recorder.ts";

export class Endpoint implements DatagramProtocol {
  readonly received: Buffer[] = [];
  readonly senders: SocketAddress[] = [];
  readonly #events: Events;
  #transport: DatagramTransport | null = null;
  #address: SocketAddress | null = null;

  constructor(context: CheckContext, name: string) {
    this.#events = new Events(name, context);
  }

  /** "made", "error CODE", "lost CODE"; datagrams are in `received`. */
  get events(): readonly string[] {
    return this.#events.list;
  }

  get transport(): DatagramTransport {
    if (this.#transport === null)
      throw new ContractError("connectionMade was not called for a datagram endpoint.");
    return this.#transport;
  }

  get address(): SocketAddress {
    if (this.#address === null)
      throw new ContractError("The contract: the sockname of an endpoint is { address, port, family }.");
    return this.#address;
  }

  connectionMade(transport: DatagramTransport): void {
    this.#transport = transport;
    const name = transport.getExtraInfo("sockname");
    this.#address = isAddress(name) ? name : null;
    this.#events.add("made");
  }

  datagramReceived(data: Buffer, sender: SocketAddress): void {
    this.received.push(data);
    this.senders.push(sender);
    this.#events.wake();
  }

  errorReceived(error: Error): void {
    this.#events.add(`error ${codeOf(error) ?? error.message}`);
  }

  connectionLost(error: Error | null): void {
    this.#events.add(`lost ${error === null ? "null" : (codeOf(error) ?? error.message)}`);
  }

  untilCount(count: number): Promise<void> {
    return this.#events.until(
      () => `to receive ${count} datagrams (${this.received.length} have come)`,
      () => this.received.length >= count,
    );
  }

  until(event: string): Promise<void> {
    return this.#events.until(`to get "${event}"`, () => this.events.includes(event));
  }

  async close(): Promise<void> {
    this.transport.close();
    await this.#events.until("to be lost", () => this.events.at(-1)?.startsWith("lost") === true);
  }
}

export function isAddress(name: unknown): name is SocketAddress {
  return typeof name === "object" && name !== null && "port" in name && "address" in name;
}

/** On any port of this machine, unless the options say otherwise. */
export async function open(
  context: CheckContext,
  name: string,
  options: DatagramEndpointOptions,
): Promise<Endpoint> {
  const place = options.remoteAddr === undefined ? { localAddr: { address: LOCALHOST, port: 0 } } : {};
  const endpoint = new Endpoint(context, name);
  await context.waits.during(
    "for a datagram endpoint",
    context.loop.createDatagramEndpoint(() => endpoint, { ...place, ...options }),
  );
  return endpoint;
}

/** A server, and a client that is connected to it. */
export async function withEndpoints(
  context: CheckContext,
  body: (endpoints: { readonly client: Endpoint; readonly server: Endpoint }) => Promise<void>,
): Promise<void> {
  const server = await open(context, "server", {});
  const client = await open(context, "client", { remoteAddr: server.address });
  try {
    await body({ client, server });
  } finally {
    await client.close();
    if (!server.transport.isClosing()) await server.close();
  }
}
