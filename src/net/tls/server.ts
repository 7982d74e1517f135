/** The server's side of TLS. */

import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import {
  createSecureContext,
  createServer,
  type SecureContext,
  type Server,
  type TlsOptions,
  TLSSocket,
} from "node:tls";
import { ArgumentRangeError } from "../../core/errors.ts";
import { ConnectionError } from "../errors.ts";
import type { BeginHandshake, HandshakeOutcome } from "./secured.ts";
import { isSecureContext, type ServerSsl } from "./ssl.ts";

const NEVER = 2_147_483_647; // ms, the longest that Node can wait: the loop's own timers end handshakes
const IDENTITIES = ["cert", "pfx", "SNICallback", "pskCallback", "ciphers"] as const;

/** To be called once for many connections. Throws what is wrong with certificates and keys. */
export function prepareServer(ssl: ServerSsl, where: string): BeginHandshake {
  if (isSecureContext(ssl)) return withContext(ssl, {});
  const { secureContext, ...options } = ssl;
  if (secureContext === undefined) return withOptions(options, where);
  if (options.requestCert !== true) return withContext(secureContext, options);
  throw new ArgumentRangeError(
    `${where}: the host cannot check clients' certificates (requestCert) with a SecureContext. Pass cert, key and ca instead.`,
  );
}

/** Only a server of Node's checks the certificates of clients. This one never listens: it is handed connections. */
function withOptions(options: TlsOptions, where: string): BeginHandshake {
  if (IDENTITIES.every((name) => options[name] === undefined)) {
    throw new ArgumentRangeError(
      `${where}: ssl has no certificate. A server needs the options cert and key.`,
    );
  }
  const server = createServer({ ...options, handshakeTimeout: NEVER });
  let made: SecureContext | null = null;
  const context = (): SecureContext => (made ??= createSecureContext(options));
  return (stream, outcome) => {
    hand(server, stream, (event, first, second) => {
      if (event === "secureConnection" && first instanceof TLSSocket)
        outcome.secured({ socket: first, context });
      if (event === "tlsClientError") outcome.failed(refusal(first, second));
    });
  };
}

type OnEvent = (event: string | symbol, first?: unknown, second?: unknown) => void;

/**
 * Hands a connection to a server. What the server says about that connection goes to `onEvent`: it emits on the object that
 * was handed the connection, which here is one that stands in front of the server for a single connection.
 */
function hand(server: Server, stream: Duplex, onEvent: OnEvent): void {
  const emit = (event: string | symbol, ...details: readonly unknown[]): boolean => {
    onEvent(event, ...details);
    return true;
  };
  const front: Server = Object.create(server, { emit: { value: emit } });
  EventEmitter.prototype.emit.call(front, "connection", stream);
}

/** Node says only that the connection was reset when it was the one who refused a certificate. */
function refusal(error: unknown, socket: unknown): unknown {
  const reason: unknown = socket instanceof TLSSocket ? socket.authorizationError : null;
  if (typeof reason !== "string") return error;
  return Object.assign(new Error(`The client's certificate was refused: ${reason}`), { code: reason });
}

function withContext(context: SecureContext, options: TlsOptions): BeginHandshake {
  return (stream: Duplex, { secured, failed }: HandshakeOutcome) => {
    const socket = new TLSSocket(stream, { ...options, isServer: true, secureContext: context });
    socket.on("error", failed);
    socket.once("close", () =>
      failed(new ConnectionError("ECONNRESET", "The peer left during the TLS handshake.")),
    );
    socket.once("secure", () => {
      secured({ socket, context: () => context });
      socket.off("error", failed);
    });
  };
}
