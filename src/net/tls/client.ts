/** The client's side of TLS. */

import { isIP } from "node:net";
import { connect, type ConnectionOptions, createSecureContext } from "node:tls";
import type { BeginHandshake } from "./secured.ts";
import { type ClientSsl, isSecureContext } from "./ssl.ts";

/** Throws what is wrong with certificates and keys, before there is a connection. */
export function prepareClient(ssl: ClientSsl, serverHostname: string): BeginHandshake {
  const options = optionsOf(ssl);
  const context = options.secureContext ?? createSecureContext(options);
  const secureOptions = { ...options, ...identity(serverHostname, options), secureContext: context };
  return (stream, { secured, failed }) => {
    const socket = connect({ ...secureOptions, socket: stream });
    socket.on("error", failed);
    socket.once("secureConnect", () => {
      secured({ socket, context: () => context });
      socket.off("error", failed);
    });
  };
}

function optionsOf(ssl: ClientSsl): ConnectionOptions {
  if (ssl === true) return {};
  return isSecureContext(ssl) ? { secureContext: ssl } : ssl;
}

/** What the certificate is compared with. Only names are announced to the server (RFC 6066). */
function identity(serverHostname: string, { checkServerIdentity }: ConnectionOptions): ConnectionOptions {
  if (serverHostname === "")
    return { host: "", servername: "", checkServerIdentity: checkServerIdentity ?? (() => undefined) };
  return { host: serverHostname, servername: isIP(serverHostname) === 0 ? serverHostname : "" };
}
