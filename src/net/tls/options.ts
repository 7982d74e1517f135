/** TLS as users ask for it, on either side. */

import { describe } from "../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../../core/errors.ts";
import { prepareClient } from "./client.ts";
import type { BeginHandshake } from "./secured.ts";
import { prepareServer } from "./server.ts";
import type { ClientSsl, ServerSsl } from "./ssl.ts";

export type { ClientSsl, ServerSsl } from "./ssl.ts";

export interface TlsTimeouts {
  /** Milliseconds that the handshake may take; 60,000 by default. */
  readonly sslHandshakeTimeout?: number | null;
  /** Milliseconds that the peer may take to answer the end of the connection; 30,000 by default. */
  readonly sslShutdownTimeout?: number | null;
}

export interface TlsClientOptions extends TlsTimeouts {
  /** TLS upon the connection: `true` for the host's defaults, or options or a context of `node:tls`. */
  readonly ssl?: ClientSsl | null;
  /** What the server's certificate must be for; the host by default. An empty string: any certificate that is trusted. */
  readonly serverHostname?: string | null;
}

export interface TlsServerOptions extends TlsTimeouts {
  /** TLS upon each connection: options or a context of `node:tls`, with a certificate and a key. */
  readonly ssl?: ServerSsl | null;
}

const HANDSHAKE_TIMEOUT = 60_000; // ms, as in asyncio
const SHUTDOWN_TIMEOUT = 30_000;

interface Timeouts {
  readonly handshakeTimeout: number;
  readonly shutdownTimeout: number;
}

/** Checked and ready for any number of connections, as a client or as a server. */
export interface Tls extends Timeouts {
  readonly begin: BeginHandshake;
}

/** Null without TLS. Throws what is wrong with the options (row CONN-02). */
export function clientTls(options: TlsClientOptions, host: string | null, where: string): Tls | null {
  const { ssl, serverHostname } = options;
  if (ssl === undefined || ssl === null) {
    if (serverHostname !== undefined && serverHostname !== null) throw onlyWithSsl("serverHostname", where);
    requireNoTimeouts(options, where);
    return null;
  }
  if (ssl !== true && typeof ssl !== "object")
    throw new ArgumentTypeError(
      `${where}: ssl must be true, options or a SecureContext, but it is ${describe(ssl)}.`,
    );
  const name = serverHostname ?? announcedName(ssl) ?? host;
  if (name === null || (name === "" && serverHostname !== "")) {
    throw new ArgumentRangeError(
      `${where}: with ssl and without a host, the option serverHostname must say what the certificate is for.`,
    );
  }
  return { ...timeouts(options, where), begin: prepareClient(ssl, name) };
}

/** Null without TLS. Throws what is wrong with the options, its certificates included. */
export function serverTls(options: TlsServerOptions, where: string, prepare = prepareServer): Tls | null {
  const { ssl } = options;
  if (ssl === undefined || ssl === null) {
    requireNoTimeouts(options, where);
    return null;
  }
  if (typeof ssl !== "object") {
    throw new ArgumentTypeError(
      `${where}: ssl must be options or a SecureContext, with a certificate and a key, but it is ${describe(ssl)}.`,
    );
  }
  return { ...timeouts(options, where), begin: prepare(ssl, where) };
}

/** Options that were written for `tls.connect` may say themselves what the certificate is for. */
function announcedName(ssl: ClientSsl): string | null {
  return ssl !== true && "servername" in ssl ? (ssl.servername ?? null) : null;
}

function timeouts(options: TlsTimeouts, where: string): Timeouts {
  return {
    handshakeTimeout: positive(
      options.sslHandshakeTimeout ?? HANDSHAKE_TIMEOUT,
      "sslHandshakeTimeout",
      where,
    ),
    shutdownTimeout: positive(options.sslShutdownTimeout ?? SHUTDOWN_TIMEOUT, "sslShutdownTimeout", where),
  };
}

function positive(value: number, option: string, where: string): number {
  if (typeof value !== "number") {
    throw new ArgumentTypeError(
      `${where}: ${option} must be a number of milliseconds, but it is ${describe(value)}.`,
    );
  }
  if (value > 0) return value;
  throw new ArgumentRangeError(
    `${where}: ${option} must be a positive number of milliseconds, but it is ${describe(value)}.`,
  );
}

function requireNoTimeouts(options: TlsTimeouts, where: string): void {
  for (const option of ["sslHandshakeTimeout", "sslShutdownTimeout"] as const) {
    if (options[option] !== undefined && options[option] !== null) throw onlyWithSsl(option, where);
  }
}

function onlyWithSsl(option: string, where: string): ArgumentRangeError {
  return new ArgumentRangeError(`${where}: ${option} means something only together with ssl.`);
}
