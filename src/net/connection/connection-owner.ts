import type { Link } from "../driver.ts";

/** What a server can do with a connection of its own. */
export interface Connection {
  close(): void;
  abort(): void;
}

/** A server that wants to know its connections. */
export interface ConnectionOwner {
  attach(connection: Connection): void;
  detach(connection: Connection): void;
}

/** What a transport leaves to the one that takes its place. */
export interface Estate {
  readonly link: Link;
  /** What came and was not delivered; complete when the code that runs now has returned. */
  readonly unread: readonly Buffer[];
  /** Whether the peer has ended its direction. */
  readonly ended: boolean;
  /** Still has the old transport attached. */
  readonly owner: ConnectionOwner | null;
}
