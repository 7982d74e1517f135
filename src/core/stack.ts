/** Stack frames as data: V8's text, parsed. */

import { nameOf } from "./inspect.ts";

export class StackFrame {
  readonly function: string;
  /** A path or URL; null where only the function is known. */
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;

  constructor(
    fn: string,
    file: string | null = null,
    line: number | null = null,
    column: number | null = null,
  ) {
    this.function = fn;
    this.file = file;
    this.line = line;
    this.column = column;
  }

  toString(): string {
    return this.file === null
      ? `in ${this.function}`
      : `${this.file}:${this.line}:${this.column} in ${this.function}`;
  }
}

const FRAME = /^\s*at (?:async )?(?:(.*?) \()?(.*?):(\d+):(\d+)\)?$/;

/** The frames of an error's `stack`, or of a site, oldest call first. */
export function parseFrames(stack: string): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const line of stack.split("\n")) {
    const [, name = "(anonymous)", file, row, column] = FRAME.exec(line) ?? [];
    if (file !== undefined) frames.unshift(new StackFrame(name, file, Number(row), Number(column)));
  }
  return frames;
}

/** All that is known of a function that is suspended somewhere; `place` is where it was defined, as `file:line:column`. */
export function functionFrame(fn: object, place: string | null): StackFrame {
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/.exec(place ?? "") ?? [];
  if (file === undefined) return new StackFrame(nameOf(fn));
  return new StackFrame(nameOf(fn), file, Number(line), Number(column));
}
