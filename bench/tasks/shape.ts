/** The figures that the jobs of all subjects share; cpython.py repeats them. */

/** Tasks that switch among each other. */
export const SWITCHING = 10;

/** After so many new sleepers those who make them let them fall asleep. */
export const SLEEPERS_PER_BATCH = 10_000;

/** Milliseconds: ten different timeouts, as in a program with a few kinds of requests. */
export function timeoutOf(i: number): number {
  return 30_000 + (i % 10) * 1000;
}
