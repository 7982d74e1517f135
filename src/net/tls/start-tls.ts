/** `loop.startTls`: TLS upon a connection that is in use already. */

import { describe } from "../../core/arguments.ts";
import { CallbackContext } from "../../core/callback-context.ts";
import { ArgumentTypeError, isCancelled, RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { StreamTransport } from "../connection/stream-transport.ts";
import type { StreamProtocol } from "../protocols.ts";
import type { Transport } from "../transports.ts";
import { Handshake } from "./handshake.ts";
import { clientTls, serverTls, type Tls, type TlsTimeouts } from "./options.ts";
import type { BeginHandshake } from "./secured.ts";
import { prepareServer } from "./server.ts";
import type { ClientSsl, ServerSsl } from "./ssl.ts";

export interface StartTlsOptions extends TlsTimeouts {
  /** Whether this end answers the handshake, as a server does; false by default. */
  readonly serverSide?: boolean;
  /** For clients: what the server's certificate must be for. An empty string: any certificate that is trusted. */
  readonly serverHostname?: string | null;
}

const WHERE = "loop.startTls(transport, protocol, sslContext, options)";

export function startTls(
  loop: EventLoop,
  transport: Transport,
  protocol: StreamProtocol,
  sslContext: ClientSsl | ServerSsl,
  options: StartTlsOptions,
): Promise<Transport> {
  if (!(transport instanceof StreamTransport) || transport.getExtraInfo("socket") === null) {
    throw new ArgumentTypeError(
      `${WHERE} expects a transport of a socket, as createConnection and createServer make them, but got ${describe(transport)}.`,
    );
  }
  if (sslContext !== true && (typeof sslContext !== "object" || sslContext === null)) {
    throw new ArgumentTypeError(
      `${WHERE} expects options or a context of node:tls, but got ${describe(sslContext)}.`,
    );
  }
  return upgrade(loop, transport, protocol, sslContext, options);
}

async function upgrade(
  loop: EventLoop,
  transport: StreamTransport,
  protocol: StreamProtocol,
  sslContext: ClientSsl | ServerSsl,
  options: StartTlsOptions,
): Promise<Transport> {
  const tls = prepare(sslContext, options);
  if (tls === null || transport.isClosing()) {
    throw new RuntimeError(
      "GYRE_TRANSPORT_CLOSED",
      `${WHERE}: the transport is closed, or was handed over to TLS before. Start TLS once, on an open connection.`,
    );
  }
  const estate = transport.release();
  const { owner } = estate;
  const context = new CallbackContext(loop);
  const handshake = new Handshake(loop, estate, tls);
  owner?.attach();
  owner?.detach();
  try {
    const secured = new StreamTransport(loop, await handshake.finish(), protocol, { owner });
    void secured.start({ announce: false });
    return secured;
  } catch (error) {
    // The protocol was told about a connection, so it is told about its end as well.
    const reason = error instanceof Error && !isCancelled(error) ? error : null;
    context.soon(() => protocol.connectionLost?.(reason), undefined);
    throw error;
  } finally {
    owner?.detach();
  }
}

/** Which kind of options these are is the caller's word, given with `serverSide`. */
function prepare(ssl: ClientSsl | ServerSsl, options: StartTlsOptions): Tls | null {
  const { serverSide = false, serverHostname, ...timeouts } = options;
  if (!serverSide)
    return clientTls(
      { ...timeouts, serverHostname: serverHostname ?? null, ssl: ssl as ClientSsl },
      null,
      WHERE,
    );
  if (ssl === true)
    throw new ArgumentTypeError(`${WHERE}: with serverSide, sslContext must have a certificate and a key.`);
  return serverTls({ ...timeouts, ssl: ssl as ServerSsl }, WHERE, prepareOnce);
}

const prepared = new WeakMap<object, BeginHandshake>();

/** A server upgrades many connections with the same options. */
function prepareOnce(ssl: ServerSsl, where: string): BeginHandshake {
  const begin = prepared.get(ssl) ?? prepareServer(ssl, where);
  prepared.set(ssl, begin);
  return begin;
}
