import type { Link } from "../driver.ts";

/** A connection that a server may have. */
export interface Connection {
  /** Null: it is no server's. */
  readonly owner: ConnectionOwner | null;
  close(): void;
  abort(): void;
}

/** A server that counts its connections. They are among the resources of its loop, where it finds them. */
export interface ConnectionOwner {
  attach(): void;
  detach(): void;
}

/** What a transport leaves to the one that takes its place. */
export interface Estate {
  readonly link: Link;
  /** What came and was not delivered; complete when the code that runs now has returned. */
  readonly unread: readonly Buffer[];
  /** Whether the peer has ended its direction. */
  readonly ended: boolean;
  /** Still counts the old transport. */
  readonly owner: ConnectionOwner | null;
}
