/** Protocols that note what happens to them, and connected pairs of them. */
import { once } from "node:events";
import net from "node:net";
import { Event, getRunningLoop, type Protocol, type StreamProtocol, type Transport } from "gyre";
import { nameOf } from "./outcomes.ts";

export const MEGABYTES = 20_000_000; // more than the system takes

const PYTHON_NAMES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "ConnectionRefusedError",
  ECONNABORTED: "ConnectionAbortedError",
  ECONNRESET: "ConnectionResetError",
  CERT_HAS_EXPIRED: "SSLCertVerificationError",
  ERR_TLS_CERT_ALTNAME_INVALID: "SSLCertVerificationError",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "SSLCertVerificationError",
};

/** As `nameOf`, with Python's classes for the errors of the system. */
export function systemName(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return PYTHON_NAMES[code] ?? nameOf(error);
}

interface Hooks {
  connectionMade?(self: Recorder): void;
  dataReceived?(self: Recorder, data: Buffer): void;
  eofReceived?(self: Recorder): boolean | void;
  connectionLost?(self: Recorder): void;
  pauseWriting?(self: Recorder): void;
  resumeWriting?(self: Recorder): void;
}

/** Notes its calls; chunks that follow each other are joined. Hooks get the recorder first. */
export class Recorder implements Protocol {
  readonly events: string[] = [];
  readonly hooks: Hooks;
  text = "";
  #transport: Transport | null = null;
  readonly #changed = new Event();

  constructor(hooks: Hooks = {}) {
    this.hooks = hooks;
  }

  get transport(): Transport {
    if (this.#transport === null) throw new Error("connectionMade was not called yet");
    return this.#transport;
  }

  connectionMade(transport: Transport): void {
    this.#transport = transport;
    this.#note("made");
    this.hooks.connectionMade?.(this);
  }

  dataReceived(data: Buffer): void {
    this.text += data.length < 1000 ? data.toString() : "...";
    if (this.events.at(-1)?.startsWith("data ")) this.events.pop();
    this.#note(`data ${this.text}`);
    this.hooks.dataReceived?.(this, data);
  }

  eofReceived(): boolean | void {
    this.#note("eof");
    return this.hooks.eofReceived?.(this);
  }

  connectionLost(error: Error | null): void {
    this.#note(`lost ${error === null ? "None" : systemName(error)}`);
    this.hooks.connectionLost?.(this);
  }

  pauseWriting(): void {
    this.#note("pause");
    this.hooks.pauseWriting?.(this);
  }

  resumeWriting(): void {
    this.#note("resume");
    this.hooks.resumeWriting?.(this);
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      this.#changed.clear();
      await this.#changed.wait();
    }
  }

  lost(): Promise<void> {
    return this.until(() => this.events.at(-1)?.startsWith("lost") === true);
  }

  #note(event: string): void {
    this.events.push(event);
    this.#changed.set();
  }
}

/** Runs body(port) beside a server. */
export async function withServer(
  factory: () => StreamProtocol,
  body: (port: number) => Promise<void>,
): Promise<void> {
  const server = await getRunningLoop().createServer(factory, "127.0.0.1", 0);
  const name = server.sockets[0]?.getsockname();
  try {
    await body(typeof name === "object" ? name.port : 0);
  } finally {
    server.close();
    server.abortClients();
    await server.waitClosed();
  }
}

export async function connect<P extends StreamProtocol>(port: number, protocol: P): Promise<P> {
  await getRunningLoop().createConnection(() => protocol, "127.0.0.1", port);
  return protocol;
}

/** Runs body(client, server) with two connected recorders. */
export async function withPair(
  body: (client: Recorder, server: Recorder) => Promise<void> | void,
  { client = new Recorder(), server = new Recorder() }: { client?: Recorder; server?: Recorder } = {},
): Promise<void> {
  await withServer(
    () => server,
    async (port) => {
      await connect(port, client);
      await server.until(() => server.events.length > 0);
      await body(client, server);
      client.transport.abort();
      await client.until(() => client.events.some((event) => event.startsWith("lost")));
    },
  );
}

/** Runs body(client, peer) with a peer that does not read by itself; `readAll(peer)` does, `peer.resetAndDestroy()` resets. */
export async function withDeafPeer(
  body: (client: Recorder, peer: net.Socket) => Promise<void> | void,
  client: Recorder = new Recorder(),
): Promise<void> {
  const listening = net.createServer({ pauseOnConnect: true, allowHalfOpen: true });
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const address = listening.address();
  const accepted = once(listening, "connection");
  await connect(typeof address === "object" && address !== null ? address.port : 0, client);
  const [peer] = (await accepted) as [net.Socket];
  peer.on("error", () => undefined);
  await body(client, peer);
  client.transport.abort();
  await client.lost();
  peer.destroy();
  listening.close();
  await once(listening, "close");
}

/** How much comes until the end. */
export async function readAll(peer: net.Socket): Promise<number> {
  let count = 0;
  peer.on("data", (data: Buffer) => void (count += data.length)).resume();
  await once(peer, "end");
  return count;
}

/** The names of the errors that the exception handler gets. */
export function collectReports(): string[] {
  const reports: string[] = [];
  getRunningLoop().setExceptionHandler((_loop, { exception }) => void reports.push(nameOf(exception)));
  return reports;
}
