/** Worker processes: children of ours with a channel. */

import type { TransferListItem } from "node:worker_threads";
import { runInRoot } from "../../core/scope.ts";
import type { Request } from "../transport/messages.ts";
import type { Assignment, Crew, CrewOptions } from "./crew.ts";
import { WorkerProcess } from "./worker-process.ts";

export interface ProcessCrewOptions extends CrewOptions {
  /** How many jobs one process does before another takes its place. */
  readonly maxTasksPerChild: number;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly grace: number;
}

export class ProcessCrew implements Crew {
  readonly #options: ProcessCrewOptions;
  readonly #all = new Set<WorkerProcess>();
  /** The one that was idle last is the warmest. */
  readonly #idle: WorkerProcess[] = [];

  constructor(options: ProcessCrewOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#all.size;
  }

  assign(request: Request, _transfers: readonly TransferListItem[]): Assignment {
    const worker = this.#idle.pop() ?? this.#add();
    const reply = worker.perform(request).finally(() => this.#rest(worker));
    return { reply, stop: () => worker.stop(this.#options.grace) };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((worker) => worker.stop(this.#options.grace)));
  }

  #add(): WorkerProcess {
    const worker = runInRoot(() => new WorkerProcess(this.#options.initializer, () => this.#forget(worker)));
    this.#all.add(worker);
    return worker;
  }

  #forget(worker: WorkerProcess): void {
    this.#all.delete(worker);
    const index = this.#idle.indexOf(worker);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  #rest(worker: WorkerProcess): void {
    if (!this.#all.has(worker) || worker.isEnding) return;
    const { maxTasksPerChild, idleTimeout } = this.#options;
    if (worker.jobs >= maxTasksPerChild) void worker.leave();
    else {
      this.#idle.push(worker);
      worker.rest(idleTimeout);
    }
  }
}
