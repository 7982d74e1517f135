/** What a loop can do with the network: each method leads into a file of `net/`. */

import { RuntimeError } from "../../core/errors.ts";
import { LoopCore } from "../../core/event-loop.ts";
import { type ConnectionOptions, createConnection } from "../../net/connect.ts";
import { createServer, type ServerOptions } from "../../net/create-server.ts";
import type { NetworkDriver } from "../../net/driver.ts";
import type { ProtocolFactory, StreamProtocol } from "../../net/protocols.ts";
import type { Server } from "../../net/server.ts";
import type { Transport } from "../../net/transports.ts";
import type { LoopDriver } from "./driver.ts";

export abstract class NetworkLoop extends LoopCore {
  readonly #driver: LoopDriver;
  #network: NetworkDriver | null = null;

  constructor(driver: LoopDriver, options: { readonly ambient?: boolean } = {}) {
    super(driver, options);
    this.#driver = driver;
  }

  // Connections

  /**
   * Connects to a host, and gives the connection to a protocol.
   *
   * @param protocolFactory - makes the protocol, once the connection is there
   * @param host - a name or an address; null with `options.sock`
   * @param port - a number from 0 to 65,535 or the name of a service
   * @param options - TLS, address family, local address, RFC 8305 racing (`happyEyeballsDelay`), an existing socket
   * @returns the transport, and the protocol, whose `connectionMade` has been called
   * @throws Error with the system's code - `ECONNREFUSED`, `ENOTFOUND` and their like; an `AggregateError` if the addresses
   *   failed in different ways, an `ExceptionGroup` with `allErrors`
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   * @example
   * const [transport] = await getRunningLoop().createConnection(() => new Echo(), "example.org", 7);
   * transport.write("hello");
   *
   * Cancel safety: nothing stays open. Python: `loop.create_connection`.
   */
  createConnection<P extends StreamProtocol>(
    protocolFactory: ProtocolFactory<P>,
    host: string | null,
    port: number | string | null,
    options: ConnectionOptions = {},
  ): Promise<[Transport, P]> {
    return createConnection(this.assembled(), protocolFactory, host, port, options);
  }

  // Servers

  /**
   * Listens on one or several addresses, and makes a protocol for each connection.
   *
   * @param protocolFactory - called for each connection
   * @param host - a name, an address, or several; null or the empty string: all interfaces, one socket for IPv4 and one for IPv6
   * @param port - a number from 0 to 65,535, or the name of a service; 0: any that is free, for each address another
   * @param options - TLS, backlog, an existing socket, `startServing: false` to bind only
   * @throws Error with the system's code - `EADDRINUSE`, `EACCES` and their like; then nothing stays bound
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   *
   * Cancel safety: nothing stays bound. Python: `loop.create_server`.
   */
  createServer(
    protocolFactory: ProtocolFactory<StreamProtocol>,
    host: string | readonly string[] | null = null,
    port: number | string | null = null,
    options: ServerOptions = {},
  ): Promise<Server> {
    return createServer(this.assembled(), protocolFactory, host, port, options);
  }

  // Datagrams

  // TLS, files and pipes

  // Names

  /** @internal What the loop brings for the network. */
  get network(): NetworkDriver {
    this.#network ??= this.#driver.openNetwork?.(this.assembled()) ?? null;
    if (this.#network !== null) return this.#network;
    throw new RuntimeError(
      "GYRE_NOT_SUPPORTED",
      `The loop "${this.#driver.name}" has no network. Its driver would have to offer openNetwork().`,
    );
  }
}
