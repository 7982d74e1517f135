/** Worker threads, kept by piscina. */

import { fileURLToPath } from "node:url";
import type { ResourceLimits, TransferListItem, Worker } from "node:worker_threads";
import type * as Pool from "piscina";
import { runInRoot } from "../../core/scope.ts";
import { BrokenExecutorError } from "../errors.ts";
import { describePortable } from "../functions/portable.ts";
import { optionalPackage } from "../optional-package.ts";
import type { Reply, Request } from "../transport/messages.ts";
import type { Assignment, Crew, CrewOptions } from "./crew.ts";

export interface ThreadCrewOptions extends CrewOptions {
  readonly resourceLimits: ResourceLimits | undefined;
}

const MAIN = fileURLToPath(new URL("../workers/thread-main.js", import.meta.url));

export class ThreadCrew implements Crew {
  readonly #pool: Pool.Piscina<Request, Reply>;
  /** The jobs that threads have, or will have as soon as they are ready, and how to fail them. */
  readonly #waiting = new Map<AbortController, (error: Error) => void>();

  constructor({ maxWorkers, initializer, idleTimeout, resourceLimits }: ThreadCrewOptions) {
    const { Piscina } = optionalPackage("piscina", "Worker threads need") as typeof Pool; // loaded with the first job
    this.#pool = new Piscina({
      filename: MAIN,
      minThreads: 0,
      maxThreads: maxWorkers,
      idleTimeout,
      atomics: "disabled", // else a thread sleeps between jobs, and what a job left to be done stands still
      workerData: { initializer },
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    });
    this.#pool.on("error", ignore); // an idle thread has died: it will not be missed
    this.#pool.on("workerDestroy", () => void setImmediate(() => this.#failStranded()));
  }

  get size(): number {
    return this.#pool.threads.length;
  }

  assign(request: Request, transfers: readonly TransferListItem[]): Assignment {
    const controller = new AbortController();
    const options = { signal: controller.signal, transferList: [...transfers] };
    const reply = new Promise<Reply>((resolve, reject) => {
      this.#waiting.set(controller, reject);
      runInRoot(() => this.#pool.run(request, options)).then(
        (answer) => {
          this.#waiting.delete(controller);
          resolve(answer);
        },
        (error: unknown) => {
          this.#waiting.delete(controller);
          reject(explain(error, request));
        },
      );
    });
    return { reply, stop: () => this.#stop(controller) };
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  /** Aborting takes the thread out of the pool and ends it; the pool does not say which, nor when it has ended. */
  async #stop(controller: AbortController): Promise<void> {
    this.#waiting.delete(controller);
    const before = this.#pool.threads;
    runInRoot(() => controller.abort());
    const after = new Set(this.#pool.threads);
    await Promise.all(before.filter((thread) => !after.has(thread)).map(hasEnded));
  }

  /** When a thread ends before it is ready, its job stays in the pool's queue, which nobody looks at when there is no thread. */
  #failStranded(): void {
    if (this.size > 0) return;
    for (const [controller, reject] of this.#waiting) {
      reject(new BrokenExecutorError("No worker thread could be started: it ended before its first job."));
      controller.abort();
    }
    this.#waiting.clear();
  }
}

async function hasEnded(thread: Worker): Promise<void> {
  await thread.terminate(); // it is being ended already: this tells when it has
}

function explain(error: unknown, request: Request): unknown {
  if (!(error instanceof Error) || error.name === "DataCloneError" || error.name === "AbortError")
    return error;
  if (error instanceof TypeError && "code" in error && error.code === "ERR_INVALID_TRANSFER_OBJECT")
    return error;
  return new BrokenExecutorError(
    `A worker thread ended in the middle of ${describePortable(request.fn)}: ${error.message}. The next job gets a new one.`,
    { cause: error },
  );
}

function ignore(): void {}
