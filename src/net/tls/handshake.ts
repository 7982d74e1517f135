/** Puts TLS upon a connection that is there. */

import { RuntimeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Link } from "../driver.ts";
import type { ClientTls, ServerTls } from "./options.ts";

/** @throws the error of the handshake; the connection below is closed then, as it is when the caller is cancelled */
export async function secureAsClient(_loop: EventLoop, _link: Link, _tls: ClientTls): Promise<Link> {
  throw new RuntimeError("GYRE_NOT_SUPPORTED", "TLS");
}

export async function secureAsServer(_loop: EventLoop, _link: Link, _tls: ServerTls): Promise<Link> {
  throw new RuntimeError("GYRE_NOT_SUPPORTED", "TLS");
}
