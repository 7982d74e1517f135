import type { ConnectionOptions, SecureContext, TlsOptions } from "node:tls";

/**
 * TLS as a client: `true` for the host's defaults, or options or a context of `node:tls`. The chain is verified unless
 * `rejectUnauthorized` is false.
 */
export type ClientSsl = true | ConnectionOptions | SecureContext;

/** TLS as a server: options with a certificate and a key, or a context made of them. An object is read once. */
export type ServerSsl = TlsOptions | SecureContext;

export function isSecureContext(ssl: object): ssl is SecureContext {
  return "context" in ssl && typeof ssl.context === "object";
}
