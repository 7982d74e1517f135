/** What a loop can do with the network: each method leads into a file of `net/`. */

import { RuntimeError } from "../../core/errors.ts";
import { LoopCore } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
import type { AddressInfo, AddressInput } from "../../net/addresses.ts";
import { connectAcceptedSocket } from "../../net/connecting/accepted.ts";
import { type ConnectionOptions, createConnection } from "../../net/connecting/connect.ts";
import { createUnixConnection, type UnixConnectionOptions } from "../../net/connecting/unix-connect.ts";
import { createDatagramEndpoint, type DatagramEndpointOptions } from "../../net/datagrams/datagrams.ts";
import type { NetworkDriver } from "../../net/driver.ts";
import { getaddrinfo, type GetaddrinfoOptions, getnameinfo } from "../../net/names/dns.ts";
import { connectReadPipe, connectWritePipe, type ReadPipe, type WritePipe } from "../../net/pipes/pipes.ts";
import type { SendableFile, SendfileOptions } from "../../net/pipes/sendfile-arguments.ts";
import { sendfile } from "../../net/pipes/sendfile.ts";
import type { DatagramProtocol, ProtocolFactory, StreamProtocol } from "../../net/protocols.ts";
import { createServer, type ServerOptions } from "../../net/servers/create-server.ts";
import type { Server } from "../../net/servers/server.ts";
import { createUnixServer, type UnixServerOptions } from "../../net/servers/unix-server.ts";
import type { ClientSsl, ServerSsl, TlsServerOptions } from "../../net/tls/options.ts";
import { startTls, type StartTlsOptions } from "../../net/tls/start-tls.ts";
import type { DatagramTransport, ReadTransport, Transport, WriteTransport } from "../../net/transports.ts";
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

  /**
   * Connects to a Unix socket.
   *
   * @param path - its file, or `"\0name"` for an abstract socket; null with `options.sock`
   * @param options - TLS, which needs `serverHostname`, or an existing socket
   * @returns the transport, and the protocol, whose `connectionMade` has been called
   * @throws Error with the system's code - `ENOENT`, `ECONNREFUSED` if nobody listens, `EACCES`
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   * @example
   * const [transport] = await getRunningLoop().createUnixConnection(() => new Echo(), "/run/echo.sock");
   *
   * Cancel safety: nothing stays open. Python: `loop.create_unix_connection`.
   */
  createUnixConnection<P extends StreamProtocol>(
    protocolFactory: ProtocolFactory<P>,
    path: string | null = null,
    options: UnixConnectionOptions = {},
  ): Promise<[Transport, P]> {
    return createUnixConnection(this.assembled(), protocolFactory, path, options);
  }

  /**
   * Gives a connection that was accepted elsewhere to a protocol, as a server would.
   *
   * @param sock - a connected `net.Socket` without listeners for its data, whose buffered bytes are not lost; a descriptor; or
   *   an object with `fileno()`. It belongs to the transport from now on
   * @param options - TLS, with a certificate and a key
   * @returns the transport, and the protocol, whose `connectionMade` has been called
   * @throws TypeError `GYRE_INVALID_ARGUMENT` - no stream socket, or one with TLS
   * @throws RangeError `GYRE_OUT_OF_RANGE` - a socket that is closed, ended or not connected
   * @example
   * net.createServer((socket) => {
   *   void loop.connectAcceptedSocket(() => new Echo(), socket);
   * });
   *
   * Cancel safety: the connection is closed. Python: `loop.connect_accepted_socket`.
   */
  connectAcceptedSocket<P extends StreamProtocol>(
    protocolFactory: ProtocolFactory<P>,
    sock: unknown,
    options: TlsServerOptions = {},
  ): Promise<[Transport, P]> {
    return connectAcceptedSocket(this.assembled(), protocolFactory, sock, options);
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

  /**
   * Listens on a Unix socket, and makes a protocol for each connection.
   *
   * @param protocolFactory - called for each connection
   * @param path - where its file will be; a socket that is there is replaced, another file is not. `"\0name"` for an abstract
   *   socket; null with `options.sock`
   * @param options - TLS, backlog, an existing socket, `startServing: false` to bind only, `cleanupSocket: false` to leave the file
   * @throws Error with the system's code - `EADDRINUSE`, `ENOENT`, `ENAMETOOLONG`, `EACCES`
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   * @example
   * const server = await getRunningLoop().createUnixServer(() => new Echo(), "/run/echo.sock");
   *
   * Cancel safety: nothing stays bound. Python: `loop.create_unix_server`.
   */
  createUnixServer(
    protocolFactory: ProtocolFactory<StreamProtocol>,
    path: string | null = null,
    options: UnixServerOptions = {},
  ): Promise<Server> {
    return createUnixServer(this.assembled(), protocolFactory, path, options);
  }

  // Datagrams

  /**
   * Opens a UDP socket, and gives it to a protocol.
   *
   * @param protocolFactory - makes the protocol
   * @param options.localAddr - where to receive, as `{ address, port }`; port 0: any that is free
   * @param options.remoteAddr - the only peer. Without it each datagram needs an address
   * @param options.family - 4 or 6, if neither address is given
   * @param options.allowBroadcast - whether broadcast addresses may be sent to; then `remoteAddr` does not limit the senders
   * @param options.reusePort - whether processes may share the port; Node 22.12 or newer
   * @param options.sock - a bound `dgram.Socket`, instead of all others. It belongs to the transport from now on
   * @returns the transport, and the protocol, whose `connectionMade` has been called
   * @throws Error with the system's code - `EADDRINUSE`, `EADDRNOTAVAIL`, `ENOTFOUND` and their like
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`, RuntimeError `GYRE_NOT_SUPPORTED` - a Unix socket
   * @example
   * const remoteAddr = { address: "127.0.0.1", port: 53 };
   * const [transport] = await getRunningLoop().createDatagramEndpoint(() => new Resolver(), { remoteAddr });
   * transport.sendto(query);
   *
   * Cancel safety: nothing stays open. Python: `loop.create_datagram_endpoint`.
   */
  createDatagramEndpoint<P extends DatagramProtocol>(
    protocolFactory: ProtocolFactory<P>,
    options: DatagramEndpointOptions = {},
  ): Promise<[DatagramTransport, P]> {
    return createDatagramEndpoint(this.assembled(), protocolFactory, options);
  }

  // TLS, files and pipes

  /**
   * Puts TLS upon a connection that is in use already, as STARTTLS of mail and database protocols does. What was written before
   * is sent before; what came and was not delivered belongs to the handshake. TLS in TLS is possible.
   *
   * @param transport - an open transport of a socket. It is of no use afterwards
   * @param protocol - gets what comes through TLS. Its `connectionMade` is not called again
   * @param sslContext - options or a context of `node:tls`; a client may pass `true` for the host's defaults. The options of
   *   a server are read once: pass the same object for each connection
   * @param options.serverSide - whether this end is the server; false by default
   * @param options.serverHostname - for clients: what the certificate must be for. The empty string: any that is trusted
   * @param options.sslHandshakeTimeout - milliseconds; 60,000 by default
   * @param options.sslShutdownTimeout - milliseconds; 30,000 by default
   * @returns the new transport
   * @throws ConnectionError `ECONNABORTED` - the handshake took too long; `ECONNRESET` - the peer has gone
   * @throws RuntimeError `GYRE_TRANSPORT_CLOSED`
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`, or the host's error about a certificate
   * @example
   * transport.write("STARTTLS\r\n");
   * await protocol.ready;
   * const secured = await getRunningLoop().startTls(transport, protocol, true, { serverHostname: "mail.example.org" });
   *
   * Cancel safety: the connection is closed, as it is by any failure; `connectionLost` says so. Python: `loop.start_tls`.
   */
  startTls(
    transport: Transport,
    protocol: StreamProtocol,
    sslContext: ClientSsl | ServerSsl,
    options: StartTlsOptions = {},
  ): Promise<Transport> {
    return startTls(this.assembled(), transport, protocol, sslContext, options);
  }

  /**
   * Sends a file, or a part of it, and waits for the peer to take it: memory holds little more than the transport's buffer.
   * Meanwhile reading is paused, and only the file is written.
   *
   * @param transport - a stream transport of this loop
   * @param file - a FileHandle, whose own position neither counts nor changes, or the path of a file
   * @param options.offset - bytes; where to begin
   * @param options.count - bytes; fewer are sent where the file ends before. Null: all
   * @param options.fallback - false refuses unless the system sends the file by itself
   * @param options.onProgress - called with the bytes that were handed over so far
   * @returns how many bytes were handed over to the transport
   * @throws RuntimeError `GYRE_TRANSPORT_CLOSED`, `GYRE_SENDFILE_RUNNING`, `GYRE_NOT_SUPPORTED`
   * @throws SendfileNotAvailableError `GYRE_SENDFILE_NOT_AVAILABLE` - with `fallback: false`
   * @throws ConnectionError - the connection was closed meanwhile; or the error of the system that ended it
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`, or what reading the file says
   * @example
   * const sent = await getRunningLoop().sendfile(transport, "film.mp4", { offset: 1_000_000 });
   *
   * Cancel safety: what was handed over is still sent, and the transport is its protocol's again. Python: `loop.sendfile`.
   */
  sendfile(transport: WriteTransport, file: SendableFile, options: SendfileOptions = {}): Promise<number> {
    return sendfile(this.assembled(), transport, file, options);
  }

  /**
   * Gives the end of a pipe that can be read to a protocol.
   *
   * @param protocolFactory - makes the protocol
   * @param pipe - a descriptor, a FileHandle or a Node stream such as `process.stdin`: a FIFO, a socket or a character device.
   *   The transport owns it, and closes it
   * @returns the transport, and the protocol, whose `connectionMade` has been called
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` - a file or directory, or a stream that is over
   * @example
   * const [transport] = await getRunningLoop().connectReadPipe(() => new Echo(), process.stdin);
   *
   * Cancel safety: the pipe is closed. Python: `loop.connect_read_pipe`.
   */
  connectReadPipe<P extends StreamProtocol>(
    protocolFactory: ProtocolFactory<P>,
    pipe: ReadPipe,
  ): Promise<[ReadTransport, P]> {
    return connectReadPipe(this.assembled(), protocolFactory, pipe);
  }

  /**
   * Gives the end of a pipe that can be written to a protocol. Its `connectionLost` tells that the reader has left: of a FIFO
   * when the next bytes are written, of a socket at once.
   *
   * @param protocolFactory - makes the protocol
   * @param pipe - a descriptor, a FileHandle or a Node stream such as `process.stdout`: a FIFO, a socket or a character device.
   *   The transport owns it, and closes it; only the output of the process stays open
   * @returns the transport, whose `writeEof` closes it, and the protocol, whose `connectionMade` has been called
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` - a file or directory, or a stream that is over
   *
   * Cancel safety: the pipe is closed. Python: `loop.connect_write_pipe`.
   */
  connectWritePipe<P extends StreamProtocol>(
    protocolFactory: ProtocolFactory<P>,
    pipe: WritePipe,
  ): Promise<[WriteTransport, P]> {
    return connectWritePipe(this.assembled(), protocolFactory, pipe);
  }

  // Names

  /**
   * Looks up the addresses of a host with the system's resolver, in its order of preference.
   *
   * @param host - a name or an address; null: loopback, or with `AI_PASSIVE` all interfaces
   * @param port - a number from 0 to 65,535, the name of a service, or null
   * @param options - to limit the answers to a `family`, a `type` of socket or a `proto`; `flags`
   * @returns one answer for each address and type of socket
   * @throws Error with Node's code - `ENOTFOUND`, `EAI_AGAIN`, `EAI_SERVICE` if there is no such service, and their like
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   * @example
   * const [first] = await getRunningLoop().getaddrinfo("example.org", "https", { type: SOCK_STREAM });
   *
   * Cancel safety: the answer is dropped. Python: `loop.getaddrinfo`.
   */
  getaddrinfo(
    host: string | null,
    port: number | string | null,
    options: GetaddrinfoOptions = {},
  ): Future<AddressInfo[]> {
    return getaddrinfo(this.assembled(), host, port, options);
  }

  /**
   * Looks up the name of an address, and of its port. What has no name is given as it is.
   *
   * @param flags - `NI_NUMERICHOST`, `NI_NUMERICSERV`: no names; `NI_NAMEREQD`: it is an error if the host has none; `NI_DGRAM`:
   *   the port is one of UDP
   * @throws Error with Node's code - `ENOTFOUND`, `EAI_AGAIN`
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`, RuntimeError `GYRE_NOT_SUPPORTED`
   * @example
   * const [host, service] = await getRunningLoop().getnameinfo({ address: "127.0.0.1", port: 80 }); // "localhost", "http"
   *
   * Cancel safety: the answer is dropped. Python: `loop.getnameinfo`.
   */
  getnameinfo(address: AddressInput, flags = 0): Future<[host: string, service: string]> {
    return getnameinfo(this.assembled(), address, flags);
  }

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
