/** What the two sides of a handshake have in common. */

import type { Duplex } from "node:stream";
import type { SecureContext, TLSSocket } from "node:tls";

/** A connection whose handshake has succeeded. */
export interface Secured {
  readonly socket: TLSSocket;
  /** Made when somebody asks for it. */
  readonly context: () => SecureContext;
}

export interface HandshakeOutcome {
  readonly secured: (result: Secured) => void;
  /** May be called again, and after `secured`. */
  readonly failed: (error: unknown) => void;
}

/** Begins a handshake upon a stream. It ends with one of the outcomes, or when somebody destroys the stream. */
export type BeginHandshake = (stream: Duplex, outcome: HandshakeOutcome) => void;
