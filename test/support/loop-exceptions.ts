/** What some loop cannot do, and why. Every entry has to match a test: see test/unit/support. */

export interface LoopException {
  readonly loop: string;
  /** A row of docs/features.md, as `FD-01`, or the whole title of a test. */
  readonly test: string;
  readonly reason: string;
}

export const LOOP_EXCEPTIONS: readonly LoopException[] = [];

/** The exception for a test on a loop, if there is one. */
export function exceptionFor(
  loop: string,
  title: string,
  exceptions: readonly LoopException[] = LOOP_EXCEPTIONS,
): LoopException | undefined {
  return exceptions.find((exception) => exception.loop === loop && matches(exception, title));
}

/** The exceptions that match none of the titles. */
export function staleExceptions(
  titles: readonly string[],
  exceptions: readonly LoopException[] = LOOP_EXCEPTIONS,
): LoopException[] {
  return exceptions.filter((exception) => !titles.some((title) => matches(exception, title)));
}

function matches({ test }: LoopException, title: string): boolean {
  if (title === test) return true;
  const rows = /\[([^\]]*)\]$/.exec(title)?.[1]?.split(" ") ?? [];
  return rows.includes(test);
}
