import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { watchdog } from "../../process/watchdog.ts";
import { BrokenExecutorError } from "../errors.ts";
import { describePortable } from "../functions/portable.ts";
import type { Initializer, Reply, Request } from "../transport/messages.ts";

const MAIN = fileURLToPath(new URL("../workers/process-main.js", import.meta.url));
const LONGEST_TIMEOUT = 2 ** 31 - 1; // ms

/** Flags of this process that are about its own main program, and would start it again or fight for a port. */
const OF_THE_PROGRAM = /^(?:-e|--eval|-p|--print|-pe|-i|--interactive|-c|--check)$/;
const NOT_INHERITED = /^--(?:inspect|test|watch|input-type|cpu-prof|heap-prof)/;

interface Current {
  readonly request: Request;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

/** One child process, which has at most one job at a time. While it is idle it keeps nobody alive. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #current: Current | null = null;
  #idleTimer: NodeJS.Timeout | null = null;
  #ending = false;
  #jobs = 0;

  constructor(initializer: Initializer | null, onExit: () => void) {
    this.#child = fork(MAIN, { serialization: "advanced", execArgv: inheritedFlags() });
    this.#exited = once(this.#child, "exit").catch(() => once(this.#child, "close"));
    this.#child.on("message", (reply: Reply) => this.#finish((current) => current.resolve(reply)));
    this.#child.on("error", (error) => this.#lose(`could not be started: ${error.message}`, onExit));
    this.#child.on("exit", (code, signal) => this.#lose(describeExit(code, signal), onExit));
    children.add(this.#child);
    if (initializer !== null) this.#child.send({ initializer });
  }

  get isEnding(): boolean {
    return this.#ending;
  }

  /** How many it has been given. */
  get jobs(): number {
    return this.#jobs;
  }

  perform(request: Request): Promise<Reply> {
    this.#jobs++;
    this.#wake();
    return new Promise((resolve, reject) => {
      this.#current = { request, resolve, reject };
      try {
        this.#child.send({ request });
      } catch (error) {
        // The channel has an error of its own for what cannot be cloned.
        this.#finish((current) => current.reject(new DOMException(String(error), "DataCloneError")));
      }
    });
  }

  rest(idleTimeout: number): void {
    this.#child.unref();
    this.#channel?.unref?.();
    if (idleTimeout < LONGEST_TIMEOUT)
      this.#idleTimer = setTimeout(() => void this.leave(), idleTimeout).unref();
  }

  /** Lets an idle process end by itself. */
  async leave(): Promise<void> {
    this.#ending = true;
    this.#stopTimer();
    if (this.#child.connected) this.#child.disconnect();
    await this.#exited;
  }

  async stop(grace: number): Promise<void> {
    this.#ending = true;
    this.#wake();
    const killer = setTimeout(() => this.#child.kill("SIGKILL"), grace);
    this.#child.kill("SIGTERM");
    await this.#exited;
    clearTimeout(killer);
  }

  #wake(): void {
    this.#stopTimer();
    this.#child.ref();
    this.#channel?.ref?.();
  }

  /** Bun's has neither. */
  get #channel(): { readonly ref?: () => void; readonly unref?: () => void } | null | undefined {
    return this.#child.channel;
  }

  #stopTimer(): void {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#idleTimer = null;
  }

  #finish(how: (current: Current) => void): void {
    const current = this.#current;
    this.#current = null;
    if (current !== null) how(current);
  }

  #lose(what: string, onExit: () => void): void {
    this.#ending = true;
    this.#stopTimer();
    children.delete(this.#child);
    onExit();
    this.#finish(({ request, reject }) => {
      reject(
        new BrokenExecutorError(
          `Worker process ${this.#child.pid ?? ""} ${what}, in the middle of ${describePortable(request.fn)}. The next job gets a new one.`,
        ),
      );
    });
  }
}

function describeExit(code: number | null, signal: string | null): string {
  return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
}

function inheritedFlags(): string[] {
  const flags: string[] = [];
  for (let index = 0; index < process.execArgv.length; index++) {
    const flag = process.execArgv[index] ?? "";
    if (OF_THE_PROGRAM.test(flag)) index++;
    else if (!NOT_INHERITED.test(flag)) flags.push(flag);
  }
  return flags;
}

/** A child that computes for ever does not notice that its parent has ended. The watchdog does, if there can be one. */
class Children {
  readonly #alive = new Set<ChildProcess>();
  readonly #kill = (): void => {
    for (const child of this.#alive) child.kill("SIGKILL");
  };

  /** Before a child gets its first job. */
  add(child: ChildProcess): void {
    if (this.#alive.size === 0) process.on("exit", this.#kill);
    this.#alive.add(child);
    if (child.pid === undefined || process.platform === "win32") return;
    void watchdog.ready();
    watchdog.watch(child.pid);
  }

  delete(child: ChildProcess): void {
    if (!this.#alive.delete(child)) return;
    if (child.pid !== undefined) watchdog.unwatch(child.pid);
    if (this.#alive.size === 0) process.off("exit", this.#kill);
  }
}

const children = new Children();
