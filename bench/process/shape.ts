/** What the jobs of all subjects share; cpython.py repeats it. */

export const MIB = 1_048_576; // bytes
export const WORD = "hello";

/** A word for each child. */
export function wordsFor(n: number): string[] {
  return Array.from({ length: n }, () => WORD);
}

/** How many words came back. */
export function countWords(answers: readonly string[]): number {
  return answers.filter((answer) => answer === WORD).length;
}
