/** What goes wrong on the site, and where: the same pages on every run. */

/**
 * - `slow`: answers late, but in time
 * - `stuck`: takes the request and never answers
 * - `endless`: answers, and the body never ends
 * - `reset`: the connection breaks
 */
export type Trouble = "slow" | "stuck" | "endless" | "reset" | "error" | "gone" | "moved";

/** Every so many pages one of this kind. Primes, so that they seldom meet. */
const EVERY: readonly (readonly [number, Trouble])[] = [
  [61, "gone"],
  [59, "reset"],
  [53, "endless"],
  [47, "error"],
  [37, "stuck"],
  [31, "moved"],
  [23, "slow"],
];

/** Only the pages of single rows misbehave, so that every page can still be reached. */
export function assignTroubles(paths: Iterable<string>): ReadonlyMap<string, Trouble> {
  const rows = [...paths].filter((path) => /[A-Z]-\d+\.html$/.test(path));
  const troubles = new Map<string, Trouble>();
  for (const [index, path] of rows.entries()) {
    const found = EVERY.find(([step]) => index % step === step - 1);
    if (found !== undefined) troubles.set(path, found[1]);
  }
  return troubles;
}
