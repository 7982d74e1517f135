/** What a server is told, as JSON in its first argument; cpython.py reads the same. */
export interface ServerOrder {
  /** The way of echoing, where the subject has several: `protocol`, `buffered`, `streams`. */
  readonly api: string;
  /** Which loop of the subject's; null for its default. */
  readonly loop: string | null;
  readonly tls: TlsFiles | null;
}

/** Paths of PEM files. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Bytes that a `streams` server asks for at a time, and the size of a `buffered` one's memory. */
export const READ_SIZE = 65_536;

/** Connections that the system may keep until they are accepted. */
export const BACKLOG = 1024;
