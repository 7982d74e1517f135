import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const PATIENCE = 30_000; // ms
const GRACE = 2000; // ms until a child that was told to end is killed

/** A process that is asked by a line on its standard input, and answers by one on its standard output. */
export class Child implements AsyncDisposable {
  readonly #name: string;
  readonly #process;
  readonly #lines: AsyncIterator<string>;
  #errors = "";

  constructor(name: string, [program, ...args]: readonly [string, ...string[]]) {
    this.#name = name;
    this.#process = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#process.on("error", (error) => (this.#errors += error.message)); // it could not be started
    this.#process.stdin.on("error", () => undefined); // it has ended, which `line` tells
    this.#process.stderr.setEncoding("utf8").on("data", (text: string) => (this.#errors += text));
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** That of the program itself, since whatever starts it takes its place. */
  get pid(): number {
    return this.#process.pid ?? -1;
  }

  ask(question: string): Promise<string> {
    this.#process.stdin.write(`${question}\n`);
    return this.line();
  }

  /** The next line that it prints. */
  async line(): Promise<string> {
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), PATIENCE);
    const next = await this.#lines.next();
    clearTimeout(timer);
    if (next.done !== true) return next.value;
    if (!this.#ended) await once(this.#process, "close");
    const how = this.#process.signalCode ?? `exit code ${this.#process.exitCode}`;
    throw new Error(`the ${this.#name} ended (${how})\n${this.#errors.trim().slice(0, 2000)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin.end();
    if (this.#ended) return;
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), GRACE);
    await once(this.#process, "exit");
    clearTimeout(timer);
  }

  get #ended(): boolean {
    const { exitCode, signalCode, pid } = this.#process;
    return exitCode !== null || signalCode !== null || pid === undefined;
  }
}
