/** A line of the script that was carried out: `expect("HELLO\r\n")`. */
export type Step = string;

const SHOWN_STEPS = 5;
const SHOWN_BYTES = 60; // of a step, in its line

/** The code under test said something that the script does not expect. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
  readonly code = "GYRE_SCRIPT";
}

/**
 * The error of a deviation.
 *
 * @param steps - those carried out so far, and the one that failed
 * @param problem - what happened instead
 */
export function deviation(steps: readonly Step[], problem: string, cause?: unknown): ScriptError {
  const first = Math.max(0, steps.length - SHOWN_STEPS);
  const lines = steps.slice(first).map((step, index) => {
    const number = first + index + 1;
    return `  ${number === steps.length ? ">" : " "} ${number}. ${step}`;
  });
  const more = first === 0 ? [] : [`    … ${first} before`];
  const message = [
    `The code under test left the script at step ${steps.length}: ${problem}`,
    "The script so far:",
    ...more,
    ...lines,
  ].join("\n");
  return new ScriptError(message, cause === undefined ? {} : { cause });
}

/** Expected and got, with a mark below the first difference. */
export function difference(expected: Buffer, got: Buffer): string {
  const same = commonLength(expected, got);
  const column = escaped(expected.subarray(0, same)).length;
  return [
    `byte ${same} differs`,
    `  expected "${escaped(expected)}"`,
    `  got      "${escaped(got)}"`,
    `            ${" ".repeat(column)}^`,
  ].join("\n");
}

export function commonLength(one: Buffer, other: Buffer): number {
  const most = Math.min(one.length, other.length);
  for (let index = 0; index < most; index++) if (one[index] !== other[index]) return index;
  return most;
}

/** For the line of a step. */
export function shown(bytes: Buffer): string {
  const more = bytes.length > SHOWN_BYTES ? `… ${bytes.length} bytes` : "";
  return `"${escaped(bytes.subarray(0, SHOWN_BYTES))}"${more}`;
}

const NAMED: ReadonlyMap<number, string> = new Map([
  [9, "\\t"],
  [10, "\\n"],
  [13, "\\r"],
  [34, '\\"'],
  [92, "\\\\"],
]);

/** Bytes as text that shows each of them: what is not printable ASCII is `\x00` or has a name. */
export function escaped(bytes: Buffer): string {
  let text = "";
  for (const byte of bytes) {
    const printable = byte >= 32 && byte < 127;
    text +=
      NAMED.get(byte) ?? (printable ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`);
  }
  return text;
}
