import type { TransferListItem } from "node:worker_threads";
import type { Initializer, Reply, Request } from "../transport/messages.ts";

/** A job that a worker has. */
export interface Assignment {
  /** What the worker answers; a `BrokenExecutorError` if it ends instead, the host's error if the request cannot be sent. */
  readonly reply: Promise<Reply>;
  /** Ends the worker, and with it the job. Is over when the worker is. */
  stop(): Promise<void>;
}

/** Workers of one kind. It is never given more jobs at a time than it has been told to have workers. */
export interface Crew {
  /** How many workers there are, idle or busy. */
  readonly size: number;
  assign(request: Request, transfers: readonly TransferListItem[]): Assignment;
  /** Ends all workers; nothing is assigned any more. */
  close(): Promise<void>;
}

export interface CrewOptions {
  readonly maxWorkers: number;
  readonly initializer: Initializer | null;
  /** After how many idle milliseconds a worker ends; `Infinity`: never. */
  readonly idleTimeout: number;
}
