/** What a stage of `npm test` found. */
export interface Result {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Shown beside the counts: why something was skipped, what was looked at. */
  readonly note?: string;
  /** Shown when something failed. */
  readonly details?: string;
}

export const NOTHING: Result = { passed: 0, failed: 0, skipped: 0 };

/** The result of a check that either holds or lists its problems. */
export function check(problems: readonly string[], note?: string): Result {
  return problems.length === 0
    ? { ...NOTHING, passed: 1, ...(note === undefined ? {} : { note }) }
    : { ...NOTHING, failed: 1, details: problems.join("\n") };
}

/** The result of a command that either succeeds or says why not. */
export function checkCommand({ ok, output }: { readonly ok: boolean; readonly output: string }): Result {
  return check(ok ? [] : [output.trim()]);
}

/** Several results as one. */
export function sum(results: readonly Result[]): Result {
  const notes = results.flatMap(({ note }) => note ?? []);
  const details = results.flatMap((result) => result.details ?? []);
  return {
    passed: total(results, "passed"),
    failed: total(results, "failed"),
    skipped: total(results, "skipped"),
    ...(notes.length > 0 && { note: notes.join("; ") }),
    ...(details.length > 0 && { details: details.join("\n") }),
  };
}

/** `3 passed, 1 failed`, and `, 2 skipped` where something was. */
export function summary({ passed, failed, skipped }: Result): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function total(results: readonly Result[], key: "passed" | "failed" | "skipped"): number {
  return results.reduce((count, result) => count + result[key], 0);
}
