import { isCancelled, RuntimeError } from "../core/errors.ts";
import type { Awaitable } from "../core/task.ts";
import { ExceptionGroup } from "../tasks/exception-group.ts";

/**
 * What a test needs around it: makes something, hands it to `use`, which runs the test, and cleans up.
 *
 * @param use - to be awaited, once
 */
export type Fixture<F> = (use: (value: F) => Promise<void>) => Awaitable<unknown>;

type Ending = { readonly passed: true } | { readonly passed: false; readonly error: unknown };

/** Runs a fixture with the body in it. What fails there, and what fails in cleaning up, are both seen. */
export async function throughFixture<F>(
  fixture: Fixture<F>,
  body: (value: F) => Awaitable<unknown>,
): Promise<void> {
  const inner = new Inner(body);
  try {
    await fixture((value) => inner.run(value));
  } catch (error) {
    throw inner.lostBy(error)
      ? new ExceptionGroup([inner.error, error], "the test and its fixture failed")
      : error;
  }
  inner.requirePassed();
}

class Inner<F> {
  readonly #body: (value: F) => Awaitable<unknown>;
  #begun = false;
  #ending: Ending | null = null;

  constructor(body: (value: F) => Awaitable<unknown>) {
    this.#body = body;
  }

  get error(): unknown {
    return this.#ending?.passed === false ? this.#ending.error : null;
  }

  async run(value: F): Promise<void> {
    if (this.#begun) throw misused("called use() a second time. Each test gets one value");
    this.#begun = true;
    try {
      await this.#body(value);
      this.#ending = { passed: true };
    } catch (error) {
      this.#ending = { passed: false, error };
      throw error;
    }
  }

  /** Whether the body failed with something that the fixture's error does not tell of. */
  lostBy(error: unknown): boolean {
    if (this.#ending?.passed !== false || isCancelled(this.#ending.error)) return false;
    return !tellsOf(error, this.#ending.error);
  }

  requirePassed(): void {
    if (!this.#begun) throw misused("ended without calling use(value), so that the test did not run");
    if (this.#ending === null) throw misused("ended before the test did. Write: await use(value)");
    if (!this.#ending.passed) throw this.#ending.error; // the fixture has caught it, which does not make it good
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
