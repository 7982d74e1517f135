/** One run of a test: with an end in real time, and a look at what it left behind. */

import { describeWaits } from "../core/deadlock.ts";
import { TimeoutError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import type { ExceptionContext } from "../core/exception-handler.ts";
import { runInRoot } from "../core/scope.ts";
import type { Coroutine, Task } from "../core/task.ts";
import { ExceptionGroup } from "../tasks/exception-group.ts";
import { Runner } from "../tasks/runner.ts";
import { LeakedTasksError, ReportedError } from "./errors.ts";

const GRACE = 250; // real ms that a test gets to end after its cancellation
const LONGEST_TIMEOUT = 2 ** 31 - 1; // real ms; the host fires a longer one at once
const startTimer = setTimeout; // that of the host, also where a test puts another in its place
const stopTimer = clearTimeout;

export interface CheckOptions {
  /** Real milliseconds; null: none. */
  readonly timeout: number | null;
  /** Whether what is left behind fails the test. */
  readonly leaks: boolean;
  /** Ends the test when its framework gives it up. */
  readonly signal: AbortSignal | null;
  /** Says what it means that main failed, or did not. */
  readonly judge?: (failure: Failed | null) => Failed | null;
}

export interface Failed {
  readonly error: unknown;
}

/** Connections, servers and the like that were still open when the test had ended. */
export class LeakedResourcesError extends Error {
  override readonly name = "LeakedResourcesError";
  readonly code = "GYRE_LEAKED_RESOURCES";

  constructor(resources: readonly string[]) {
    super(`The test ended and left this open: ${resources.join(", ")}. Close it, and await waitClosed().`);
  }
}

/** Runs `main` on a loop of its own, which is closed in any case. Throws what went wrong, in main or after it. */
export async function checkedRun(
  main: Coroutine<unknown>,
  loop: EventLoop,
  options: CheckOptions,
): Promise<void> {
  const { timeout, signal } = options;
  const run = new CheckedRun(loop, options);
  const ending = run.play(main);
  const alarm = new Alarm(timeout, run);
  const onAbort = (): void => run.cancel();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([ending, alarm.failure]);
  } finally {
    alarm.stop();
    signal?.removeEventListener("abort", onAbort);
  }
}

class CheckedRun {
  readonly #loop: EventLoop;
  readonly #leaks: boolean;
  readonly #judge: (failure: Failed | null) => Failed | null;
  readonly #reports: ExceptionContext[] = [];
  #task: Task<unknown> | null = null;
  #timeoutError: TimeoutError | null = null;
  #abandoned = false;

  constructor(loop: EventLoop, { leaks, judge = (failure) => failure }: CheckOptions) {
    this.#loop = loop;
    this.#leaks = leaks;
    this.#judge = judge;
    if (leaks) loop.setExceptionHandler((_loop, context) => void this.#reports.push(context));
  }

  async play(main: Coroutine<unknown>): Promise<void> {
    const runner = new Runner({ loop: this.#loop, handleSignals: false });
    let failure: Failed | null = null;
    try {
      const running = runner.run(main, { name: "test" });
      [this.#task = null] = this.#loop.tasks.all();
      await running;
    } catch (error) {
      failure = { error };
    }
    failure = this.#judge(failure);
    const troubles: unknown[] = failure === null && this.#leaks ? this.#leftovers() : [];
    await this.#close(runner);
    if (this.#timeoutError !== null) throw this.#timeoutError;
    if (failure !== null) {
      for (const report of this.#reports) this.#loop.defaultExceptionHandler(report); // it may be why
      throw failure.error;
    }
    troubles.push(...this.#reports.map((report) => new ReportedError(report)));
    if (troubles.length > 1) throw new ExceptionGroup(troubles, "the test passed, but left trouble behind");
    if (troubles.length === 1) throw troubles[0];
  }

  cancel(): void {
    this.#task?.cancel();
  }

  /** Cancels the test; what it waits for is in the error. */
  giveUp(timeout: number): TimeoutError {
    this.#timeoutError = new TimeoutError(
      `The test took longer than ${timeout} ms. ${describeWaits(this.#loop)}`,
    );
    this.cancel();
    return this.#timeoutError;
  }

  /** For a test that does not heed its cancellation: nothing of it runs from now on. */
  abandon(): void {
    this.#abandoned = true;
    this.#loop.setExceptionHandler(() => undefined);
    this.#loop.stop();
  }

  #leftovers(): Error[] {
    const tasks = [...this.#loop.tasks.all()];
    const resources = this.#loop.resources.forgotten();
    return [
      ...(tasks.length === 0 ? [] : [new LeakedTasksError(tasks)]),
      ...(resources.length === 0 ? [] : [new LeakedResourcesError(resources)]),
    ];
  }

  async #close(runner: Runner): Promise<void> {
    try {
      if (!this.#abandoned) await runner.close();
    } finally {
      if (this.#leaks || this.#abandoned) this.#loop.resources.abandon(); // they were told of already
      await this.#loop.close();
    }
  }
}

/** Fails the run at its time, at the latest a moment after it was asked to end. */
class Alarm {
  readonly failure: Promise<never>;
  #timer: NodeJS.Timeout | null = null;

  constructor(timeout: number | null, run: CheckedRun) {
    this.failure = new Promise((_resolve, reject) => {
      if (timeout === null || timeout > LONGEST_TIMEOUT) return;
      const abandon = (error: TimeoutError): void => {
        run.abandon();
        reject(error);
      };
      runInRoot(() => {
        this.#timer = startTimer(() => {
          const error = run.giveUp(timeout);
          this.#timer = startTimer(abandon, GRACE, error);
        }, timeout);
      });
    });
  }

  stop(): void {
    if (this.#timer !== null) stopTimer(this.#timer);
  }
}
