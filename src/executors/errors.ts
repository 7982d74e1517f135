/**
 * A worker ended in the middle of a job, or none can be started: `process.exit`, a crash, no memory left, an initialiser that
 * failed (`cause` is its error).
 *
 * Python: `concurrent.futures.BrokenExecutor`, after which a pool of Python's is lost; one of ours replaces the worker.
 */
export class BrokenExecutorError extends Error {
  override readonly name = "BrokenExecutorError";
  readonly code = "GYRE_BROKEN_EXECUTOR";
}
