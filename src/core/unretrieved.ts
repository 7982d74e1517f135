/** Errors of futures that nobody looked at. They are reported when the future is collected, or when its loop ends. */

import type { ExceptionContext } from "./exception-handler.ts";

interface Failure {
  readonly owner: UnretrievedErrors;
  readonly exception: unknown;
  /** Not the future itself: that must remain collectable. */
  readonly description: string;
  readonly site: string | null;
}

const collected = new FinalizationRegistry<Failure>((failure) => failure.owner.report(failure));

export class UnretrievedErrors {
  readonly #failures = new Set<Failure>();
  readonly #call: (context: ExceptionContext) => void;

  constructor(callExceptionHandler: (context: ExceptionContext) => void) {
    this.#call = callExceptionHandler;
  }

  /** Remembers a failure; the answer is to be called when somebody has looked at it. */
  watch(future: object, exception: unknown, description: string, site: string | null): () => void {
    const failure: Failure = { owner: this, exception, description, site };
    this.#failures.add(failure);
    collected.register(future, failure, failure);
    return () => {
      if (this.#failures.delete(failure)) collected.unregister(failure);
    };
  }

  report(failure: Failure): void {
    if (!this.#failures.delete(failure)) return;
    this.#call({
      message: `${failure.description} failed, and its exception was never retrieved`,
      exception: failure.exception,
      ...(failure.site === null ? {} : { sourceTraceback: failure.site }),
    });
  }

  /** Reports, in the order of failure, what has not been looked at by now. */
  reportAll(): void {
    for (const failure of this.#failures) {
      collected.unregister(failure);
      this.report(failure);
    }
  }
}
