/** A protocol that writes down what happens to it, and pairs of connected ones. */
import {
  type Future,
  getRunningLoop,
  type Protocol,
  type Server,
  type StreamProtocol,
  type Transport,
} from "gyre";

const LONG = 1000; // bytes, which are not written down

/** What a test adds to a recorder; each runs after the event was written down. */
export interface Hooks {
  connectionMade?(self: Recorder): void;
  dataReceived?(self: Recorder, data: Buffer): void;
  eofReceived?(self: Recorder): boolean | void;
  connectionLost?(self: Recorder, error: Error | null): void;
  pauseWriting?(self: Recorder): void;
  resumeWriting?(self: Recorder): void;
}

export class Recorder implements Protocol {
  /** "made", "data <text>" with chunks that follow each other joined, "eof", "pause", "resume", "lost <code>". */
  readonly events: string[] = [];
  readonly #hooks: Hooks;
  readonly #chunks: Buffer[] = [];
  /** Bytes. */
  receivedLength = 0;
  #waiting: { readonly satisfied: () => boolean; readonly future: Future<void> }[] = [];
  #transport: Transport | null = null;

  constructor(hooks: Hooks = {}) {
    this.#hooks = hooks;
  }

  get transport(): Transport {
    if (this.#transport === null) throw new Error("connectionMade was not called yet");
    return this.#transport;
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return this.received.toString();
  }

  get lost(): boolean {
    return this.events.at(-1)?.startsWith("lost") === true;
  }

  connectionMade(transport: Transport): void {
    this.#transport = transport;
    this.#happened("made", () => this.#hooks.connectionMade?.(this));
  }

  dataReceived(data: Buffer): void {
    this.#chunks.push(data);
    this.receivedLength += data.length;
    const last = this.events.at(-1);
    const joined = last?.startsWith("data ") ? this.events.pop() : "data ";
    this.#happened(`${joined}${data.length < LONG ? data.toString() : "..."}`, () =>
      this.#hooks.dataReceived?.(this, data),
    );
  }

  eofReceived(): boolean | void {
    return this.#happened("eof", () => this.#hooks.eofReceived?.(this));
  }

  connectionLost(error: Error | null): void {
    this.#happened(`lost ${describeLoss(error)}`, () => this.#hooks.connectionLost?.(this, error));
  }

  pauseWriting(): void {
    this.#happened("pause", () => this.#hooks.pauseWriting?.(this));
  }

  resumeWriting(): void {
    this.#happened("resume", () => this.#hooks.resumeWriting?.(this));
  }

  /** Waits until an event makes this true. */
  async until(satisfied: () => boolean): Promise<void> {
    if (satisfied()) return;
    const future = getRunningLoop().createFuture<void>();
    this.#waiting.push({ satisfied, future });
    await future;
  }

  untilLost(): Promise<void> {
    return this.until(() => this.lost);
  }

  untilText(text: string): Promise<void> {
    return this.until(() => this.text === text);
  }

  untilEvent(event: string): Promise<void> {
    return this.until(() => this.events.includes(event));
  }

  #happened<T>(event: string, hook: () => T): T {
    this.events.push(event);
    try {
      return hook();
    } finally {
      const ready = this.#waiting.filter(({ satisfied }) => satisfied());
      this.#waiting = this.#waiting.filter((one) => !ready.includes(one));
      for (const { future } of ready) if (!future.done()) future.setResult();
    }
  }
}

function describeLoss(error: Error | null): string {
  if (error === null) return "null";
  return "code" in error ? String(error.code) : error.message;
}

export function portOf(server: Server): number {
  const name = server.sockets[0]?.getsockname();
  if (name === undefined || typeof name === "string") throw new Error("not a TCP server");
  return name.port;
}

/** A server on a port of its own, for as long as `body` takes; its connections end with it. */
export async function withServer<T>(
  protocolFactory: () => StreamProtocol,
  body: (port: number, server: Server) => Promise<T>,
): Promise<T> {
  const server = await getRunningLoop().createServer(protocolFactory, "127.0.0.1", 0);
  try {
    return await body(portOf(server), server);
  } finally {
    server.close();
    server.abortClients();
    await server.waitClosed();
  }
}

/** The two ends of one connection. */
export interface Pair {
  readonly client: Recorder;
  readonly server: Recorder;
}

/** Two recorders that are connected with each other; whatever is open in the end is aborted. */
export async function withPair(
  body: (pair: Pair) => Promise<void> | void,
  hooks: { readonly client?: Hooks; readonly server?: Hooks } = {},
): Promise<void> {
  const server = new Recorder(hooks.server);
  await withServer(
    () => server,
    async (port) => {
      const client = await connectTo(port, new Recorder(hooks.client));
      try {
        await server.untilEvent("made");
        await body({ client, server });
      } finally {
        await end(client);
      }
    },
  );
}

export async function connectTo<P extends StreamProtocol>(port: number, protocol: P): Promise<P> {
  await getRunningLoop().createConnection(() => protocol, "127.0.0.1", port);
  return protocol;
}

export async function end(recorder: Recorder): Promise<void> {
  recorder.transport.abort();
  await recorder.untilLost();
}
