import { isCancelled, RuntimeError } from "../core/errors.ts";
import type { Awaitable } from "../core/task.ts";
import { ExceptionGroup } from "../tasks/exception-group.ts";
import type { Failed } from "./checked-run.ts";

/**
 * What a test needs around it: makes something, hands it to `use`, which runs the test, and cleans up.
 *
 * @param use - to be awaited, once
 */
export type Fixture<F> = (use: (value: F) => Promise<void>) => Awaitable<unknown>;

type Ending = { readonly passed: true } | { readonly passed: false; readonly error: unknown };

/** A test within its fixture. What fails in it, and what fails in cleaning up, are both seen. */
export class FixtureRun<F> {
  readonly #body: (value: F) => Awaitable<unknown>;
  #begun = false;
  #ending: Ending | null = null;

  constructor(body: (value: F) => Awaitable<unknown>) {
    this.#body = body;
  }

  /** What the fixture is given. */
  readonly use = async (value: F): Promise<void> => {
    if (this.#begun) throw misused("called use() a second time. Each test gets one value");
    this.#begun = true;
    try {
      await this.#body(value);
      this.#ending = { passed: true };
    } catch (error) {
      this.#ending = { passed: false, error };
      throw error;
    }
  };

  /** What the whole has failed with, if the fixture failed with this, or not at all. */
  readonly judge = (failure: Failed | null): Failed | null => {
    const own = this.#ending?.passed === false ? this.#ending : null;
    if (failure === null) return own ?? this.#misuse(); // to catch the failure of a test does not make it good
    if (own === null || isCancelled(own.error) || tellsOf(failure.error, own.error)) return failure;
    return { error: new ExceptionGroup([own.error, failure.error], "the test and its fixture failed") };
  };

  #misuse(): Failed | null {
    if (!this.#begun)
      return { error: misused("ended without calling use(value), so that the test did not run") };
    return this.#ending === null
      ? { error: misused("ended before the test did. Write: await use(value)") }
      : null;
  }
}

function tellsOf(error: unknown, wanted: unknown): boolean {
  if (error === wanted) return true;
  if (!(error instanceof Error)) return false;
  const parts = error instanceof AggregateError ? error.errors : [];
  return [error.cause, ...suppressed(error), ...parts].some(
    (part) => part !== undefined && part !== null && tellsOf(part, wanted),
  );
}

/** The two errors of a `SuppressedError`, which `await using` throws. */
function suppressed(error: Error): unknown[] {
  return ["error" in error ? error.error : undefined, "suppressed" in error ? error.suppressed : undefined];
}

function misused(what: string): RuntimeError {
  return new RuntimeError("GYRE_INVALID_STATE", `The fixture ${what}.`);
}
