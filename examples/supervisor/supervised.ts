import { createSubprocessExec, Event, getRunningLoop, isCancelled, PIPE, sleep, timeout } from "gyre";
import { type Client, withClient } from "../json-rpc/client.ts";

const FIRST_PAUSE = 50; // ms
const LONGEST_PAUSE = 5000; // ms
const LONG_LIFE = 10_000; // ms, after which a server has proved itself
const GRACE = 500; // ms

/** A server on standard input and output that is started again whenever it ends. */
export class Supervised {
  readonly name: string;
  readonly #program: string;
  readonly #args: readonly string[];
  readonly #ready = new Event();
  #client: Client | null = null;

  constructor(name: string, program: string, args: readonly string[]) {
    this.name = name;
    this.#program = program;
    this.#args = args;
  }

  /** Keeps the server alive until this is cancelled; then nothing is left of it. */
  async run(): Promise<never> {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const started = getRunningLoop().time();
      const end = await this.#live();
      if (getRunningLoop().time() - started > LONG_LIFE) pause = FIRST_PAUSE;
      console.log(`${this.name} ${end}; it is started again in ${pause} ms`);
      await sleep(pause);
    }
  }

  /** Asks the server, or the next one if it is just being started again. The limit, in milliseconds, is for all of that. */
  call(method: string, params: unknown, limit: number): Promise<unknown> {
    return timeout(limit, async () => {
      while (this.#client === null) await this.#ready.wait();
      return this.#client.call(method, params);
    });
  }

  /** One life of the server. @returns how it ended */
  async #live(): Promise<string> {
    try {
      await using child = await createSubprocessExec(this.#program, this.#args, {
        stdin: PIPE,
        stdout: PIPE,
        dieWithParent: true,
        graceMs: GRACE,
      });
      if (child.stdin === null || child.stdout === null) throw new Error("has no pipes");
      await withClient(child.stdout, child.stdin, async (client) => {
        this.#client = client;
        this.#ready.set();
        await child.wait();
      });
      return `ended with ${child.returncode}`;
    } catch (error) {
      if (isCancelled(error)) throw error;
      return `failed: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      this.#client = null;
      this.#ready.clear();
    }
  }
}
