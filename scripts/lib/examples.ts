/** The TypeScript examples of the documentation: fenced blocks, found, named and judged. */

export type Expectation = "runs" | "compiles" | "does not compile";

export interface Example {
  readonly file: string;
  /** The line of the first line of code. */
  readonly line: number;
  readonly code: string;
  readonly expectation: Expectation;
}

const EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  "": "runs",
  "no-run": "compiles",
  "fail-to-compile": "does not compile",
};
const FENCE = /^(\s*)(`{3,})(.*)$/;

/** All ```ts blocks of a page; the word behind `ts` says what is expected of them. */
export function extractExamples(file: string, markdown: string): Example[] {
  const examples: Example[] = [];
  let open: { fence: string; info: string; indent: string; line: number; code: string[] } | undefined;
  for (const [index, text] of markdown.split("\n").entries()) {
    const [, indent = "", fence = "", info = ""] = FENCE.exec(text) ?? [];
    if (!open && fence !== "") {
      open = { fence, info: info.trim(), indent, line: index + 2, code: [] };
    } else if (open && fence === open.fence && info.trim() === "") {
      if (/^ts\b/.test(open.info)) examples.push(toExample(file, open));
      open = undefined;
    } else if (open) {
      open.code.push(text.startsWith(open.indent) ? text.slice(open.indent.length) : text);
    }
  }
  if (open) throw new Error(`${file}:${open.line - 1}: this code block is not closed`);
  return examples;
}

/** The lines that an example says it prints: the comments `// => text`. */
export function expectedLines(code: string): string[] {
  return [...code.matchAll(/\/\/ => ?(.*)$/gm)].map((match) => match[1] ?? "");
}

/** Why the output of an example is not what its comments say, or undefined. */
export function outputProblem(code: string, stdout: string): string | undefined {
  const expected = expectedLines(code);
  if (expected.length === 0) return undefined;
  const printed = stdout === "" ? [] : stdout.replace(/\n$/, "").split("\n");
  if (printed.length === expected.length && printed.every((line, index) => line === expected[index])) {
    return undefined;
  }
  return ["says that it prints", ...expected.map(indented), "but prints", ...printed.map(indented)].join(
    "\n",
  );
}

function toExample(file: string, block: { info: string; line: number; code: string[] }): Example {
  const word = block.info.slice("ts".length).trim();
  const expectation = EXPECTATIONS[word];
  if (!expectation) {
    throw new Error(
      `${file}:${block.line - 1}: "ts ${word}" is unknown: write ts, ts no-run or ts fail-to-compile`,
    );
  }
  return { file, line: block.line, code: `${block.code.join("\n")}\n`, expectation };
}

function indented(line: string): string {
  return `    ${line}`;
}
