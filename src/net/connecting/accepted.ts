/** `loop.connectAcceptedSocket`: the server's side of a connection that was accepted elsewhere. */

import { requireFunction, throwWrongTypes } from "../../core/arguments.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { ProtocolFactory, StreamProtocol } from "../protocols.ts";
import { serverTls, type TlsServerOptions } from "../tls/options.ts";
import type { Transport } from "../transports.ts";
import { openTransport } from "./connect.ts";

const WHERE = "loop.connectAcceptedSocket(protocolFactory, sock, options)";

export function connectAcceptedSocket<P extends StreamProtocol>(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<P>,
  sock: unknown,
  options: TlsServerOptions,
): Promise<[Transport, P]> {
  return throwWrongTypes(() => {
    requireFunction(protocolFactory, WHERE, "It makes a protocol for the connection.");
    const tls = serverTls(options, WHERE);
    return openTransport(loop, loop.network.adoptStream(sock), protocolFactory, tls);
  });
}
