/** Many connections of one server, and places for Unix sockets. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EventLoop, type Future, getRunningLoop, type Server } from "gyre";
import { type Hooks, Recorder } from "./recording.ts";

/** The protocols that a server made, one for each connection. */
export class Crowd {
  readonly recorders: Recorder[] = [];
  readonly #hooks: Hooks;
  #changed: Future<void> | null = null;

  constructor(hooks: Hooks = {}) {
    this.#hooks = hooks;
  }

  readonly factory = (): Recorder => {
    const recorder = new Recorder({
      ...this.#hooks,
      connectionMade: (self) => {
        this.#hooks.connectionMade?.(self);
        this.#wake();
      },
      connectionLost: (self, error) => {
        this.#hooks.connectionLost?.(self, error);
        this.#wake();
      },
    });
    this.recorders.push(recorder);
    return recorder;
  };

  get made(): number {
    return this.recorders.filter(({ events }) => events.includes("made")).length;
  }

  get lost(): number {
    return this.recorders.filter(({ lost }) => lost).length;
  }

  /** Waits until this is true; asked anew when a connection comes or goes. */
  async until(satisfied: () => boolean): Promise<void> {
    while (!satisfied()) {
      this.#changed ??= getRunningLoop().createFuture<void>();
      await this.#changed;
    }
  }

  #wake(): void {
    this.#changed?.setResult();
    this.#changed = null;
  }
}

/** Sends back what it gets. */
export const ECHO: Hooks = { dataReceived: (self, data) => self.transport.write(data) };

export type ServerArguments = Parameters<EventLoop["createServer"]>;

/** Any server for as long as `body` takes; its connections end with it. */
export async function serving<T>(server: Server, body: (server: Server) => Promise<T>): Promise<T> {
  try {
    return await body(server);
  } finally {
    server.close();
    server.abortClients();
    await server.waitClosed();
  }
}

export function listen(...args: ServerArguments): Promise<Server> {
  return getRunningLoop().createServer(...args);
}

/** A folder for as long as `body` takes. */
export async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "gyre-"));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
